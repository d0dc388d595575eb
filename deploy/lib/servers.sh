# shellcheck shell=bash
# The private servers of one state folder (.local for deploy/up, .local/test for deploy/test): made once, started when
# they are not running, stopped, removed. Nothing here looks at or touches a server of the system.

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
ROOT=$(cd "$LIB/../.." && pwd -P)
for part in progress accounts packages toolchain secrets certificates ports environment postgres pooler redis processes programs; do
    # shellcheck source=/dev/null
    source "$LIB/$part.sh"
done

# demo, production, test or bench: what the state folder was made for.
state_kind() { cat "$1/kind"; }

# first_port_of_kind KIND: each kind has ports of its own, so that they run beside each other.
first_port_of_kind() {
    case "$1" in
    test) echo 1000 ;;
    bench) echo 2000 ;;
    *) echo 0 ;;
    esac
}

# What every process needs, also with servers made by somebody else: secrets, ports and folders of its own.
prepare_state() {
    local state=$1 kind=$2 first
    first=$(first_port_of_kind "$kind")
    mkdir -p "$state"
    chmod 0711 "$state"
    echo "$kind" >"$state/kind"
    make_secrets "$state"
    choose_port "$state" http $((8910 + first))
    choose_port "$state" metrics $((8911 + first))
    choose_port "$state" worker_metrics $((8912 + first))
    write_environment "$state"
}

# start_servers STATE: idempotent; restarts a server only when its settings changed.
start_servers() {
    local state=$1 first
    first=$(first_port_of_kind "$(state_kind "$state")")
    make_server_home "$state"
    make_authority "$state"
    choose_port "$state" postgres $((24910 + first))
    choose_port "$state" redis $((26910 + first))
    write_environment "$state"
    step "PostgreSQL on 127.0.0.1:$(port_of "$state" postgres)" start_postgres "$state"
    step "Databases polyclinic_control, polyclinic_a, polyclinic_b" make_databases "$state"
    step "Redis on 127.0.0.1:$(port_of "$state" redis)" start_redis "$state"
}

stop_servers() {
    [[ -e $1/servers ]] || return 0
    stop_redis "$1"
    stop_pooler "$1"
    stop_postgres "$1"
}

# Removes the servers with their data, and nothing outside STATE but the one folder whose name is made from STATE.
wipe_servers() {
    local state=$1
    stop_servers "$state"
    if [[ -L $state/servers && $(readlink "$state/servers") == "$(outside_home "$state")" ]]; then
        rm -rf "$(outside_home "$state")"
    fi
    rm -rf "$state"
}
