# shellcheck shell=bash
# Who runs the servers. PostgreSQL refuses to run as root, so root hands both servers to a system user.

is_root() { [[ $EUID -eq 0 ]]; }

service_user() {
    if ! is_root; then
        id -un
    elif id -u postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}

# Runs a command as the service user with a bare environment, so that no secret of ours is inherited.
as_service() {
    local user group
    user=$(service_user)
    group=$(id -gn "$user")
    local bare=(env -i "PATH=$PATH" HOME=/ LC_ALL=C.UTF-8 TZ=UTC "$@")
    if is_root; then
        (cd / && umask 077 && exec setpriv "--reuid=$user" "--regid=$group" --init-groups --inh-caps=-all -- "${bare[@]}")
    else
        (umask 077 && exec "${bare[@]}")
    fi
}

# give_service FILE TARGET: a copy that only the service user can read.
give_service() {
    local user
    user=$(service_user)
    if is_root; then
        install -m 0600 -o "$user" -g "$(id -gn "$user")" "$1" "$2"
    else
        install -m 0600 "$1" "$2"
    fi
}

# server_home STATE: the folder in which the servers of a state folder keep their data. It is STATE/servers, which is a
# link elsewhere when the service user cannot reach STATE (a checkout below a folder that only root may enter).
server_home() { readlink -f "$1/servers"; }

outside_home() { echo "/var/lib/polyclinic-$(printf '%s' "$1" | sha256sum | cut -c1-16)"; }

make_server_home() {
    local state=$1 user home
    user=$(service_user)
    if [[ ! -e $state/servers ]]; then
        home=$state/servers
        if ! as_service test -x "$state"; then
            home=$(outside_home "$state")
            ln -sfn "$home" "$state/servers"
        fi
        mkdir -p "$home"
    fi
    home=$(server_home "$state")
    mkdir -p "$home/log" "$home/tls" "$home/redis"
    chmod 0700 "$home" "$home/log" "$home/tls" "$home/redis"
    if is_root; then chown "$user:$(id -gn "$user")" "$home" "$home/log" "$home/tls" "$home/redis"; fi
}
