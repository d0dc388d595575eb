# shellcheck shell=bash
# Settings are KEY=VALUE lines in files, read as data and never run. Secrets are named by file.

# load_environment FILE: exports every line; what is loaded later wins.
load_environment() {
    local line
    while IFS= read -r line || [[ -n $line ]]; do
        [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && continue
        [[ $line =~ ^(POLYCLINIC_[A-Z0-9_]+)=(.*)$ ]] || fail "$1: not a POLYCLINIC_NAME=value line: ${line%%=*}"
        export "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}"
    done <"$1"
}

# load_settings STATE PROGRAM: the program's documented defaults, then what set-up made, then what this machine's owner
# decided, then what the caller's environment says. Tests and benchmarks take only the first two: they must never reach other servers.
load_settings() {
    local file line caller=()
    if [[ $(state_kind "$1") == test || $(state_kind "$1") == bench ]]; then
        if [[ -f $ROOT/config/$2.env ]]; then load_environment "$ROOT/config/$2.env"; fi
        load_environment "$1/environment"
        return
    fi
    mapfile -t caller < <(env | grep '^POLYCLINIC_' || true)
    for file in "$ROOT/config/$2.env" "$1/environment" "$ROOT/config/local.env"; do
        if [[ -f $file ]]; then load_environment "$file"; fi
    done
    for line in "${caller[@]}"; do export "${line?}"; done
}

# What must be named when config/local.env points at existing servers.
SERVER_SETTINGS=(DATABASE_HOST DATABASE_PORT DATABASE_CA OWNER_USER OWNER_PASSWORD_FILE REDIS_HOST REDIS_PORT REDIS_PASSWORD_FILE REDIS_CA)

uses_existing_servers() {
    local file=$ROOT/config/local.env name lacking=()
    [[ -f $file ]] && grep -q '^POLYCLINIC_\(DATABASE\|REDIS\)_HOST=.' "$file" || return 1
    for name in "${SERVER_SETTINGS[@]}"; do
        grep -q "^POLYCLINIC_$name=." "$file" || lacking+=("POLYCLINIC_$name")
    done
    ((${#lacking[@]} == 0)) || fail "config/local.env names existing servers but lacks: ${lacking[*]}"
}

# write_environment STATE: everything a process needs to find this state folder's servers, secrets and folders.
write_environment() {
    local state=$1 folder
    for folder in outbound inbound files; do
        mkdir -p "$state/$folder"
        chmod 0700 "$state/$folder"
    done
    (umask 077 && { own_settings "$state" && server_settings "$state"; } >"$state/environment.new")
    mv "$state/environment.new" "$state/environment"
}

own_settings() {
    local state=$1 http kind
    http=$(port_of "$state" http)
    kind=$(state_kind "$state")
    # What is measured checks what a real system checks.
    if [[ $kind == bench ]]; then kind=production; fi
    cat <<LINES
POLYCLINIC_ENVIRONMENT=$kind
POLYCLINIC_HTTP_HOST=127.0.0.1
POLYCLINIC_HTTP_PORT=$http
POLYCLINIC_METRICS_PORT=$(port_of "$state" metrics)
POLYCLINIC_WORKER_METRICS_PORT=$(port_of "$state" worker_metrics)
POLYCLINIC_PUBLIC_URL=http://127.0.0.1:$http
POLYCLINIC_KEY_FILE=$state/secrets/key
POLYCLINIC_OUTBOUND_FOLDER=$state/outbound
POLYCLINIC_INBOUND_FOLDER=$state/inbound
POLYCLINIC_FILES_FOLDER=$state/files
POLYCLINIC_MIGRATIONS_FOLDER=$ROOT/migrations
POLYCLINIC_CONTROL_DATABASE=polyclinic_control
POLYCLINIC_LOCATION_DATABASES=polyclinic_a,polyclinic_b
POLYCLINIC_GATEWAY_USER=polyclinic_gateway
POLYCLINIC_GATEWAY_PASSWORD_FILE=$state/secrets/gateway
POLYCLINIC_WORKER_USER=polyclinic_worker
POLYCLINIC_WORKER_PASSWORD_FILE=$state/secrets/worker
LINES
}

server_settings() {
    local state=$1
    [[ -n $(port_of "$state" postgres) ]] || return 0
    cat <<LINES
POLYCLINIC_DATABASE_HOST=127.0.0.1
POLYCLINIC_DATABASE_PORT=$(port_of "$state" postgres)
POLYCLINIC_DATABASE_CA=$state/tls/ca.crt
POLYCLINIC_OWNER_USER=polyclinic_owner
POLYCLINIC_OWNER_PASSWORD_FILE=$state/secrets/owner
POLYCLINIC_REDIS_HOST=127.0.0.1
POLYCLINIC_REDIS_PORT=$(port_of "$state" redis)
POLYCLINIC_REDIS_PASSWORD_FILE=$state/secrets/redis
POLYCLINIC_REDIS_CA=$state/tls/ca.crt
LINES
}
