# shellcheck shell=bash
# Secrets live in files that only their owner can read; they are never arguments and never printed.

# make_secret FILE: 32 random bytes in hexadecimal, once.
make_secret() {
    [[ -s $1 ]] && return
    (umask 077 && openssl rand -hex 32 >"$1.new" && mv "$1.new" "$1")
}

make_secrets() {
    local folder=$1/secrets name
    mkdir -p "$folder"
    chmod 0700 "$folder"
    for name in superuser owner gateway worker redis key; do make_secret "$folder/$name"; done
}
