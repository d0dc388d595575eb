# shellcheck shell=bash
# Ports are chosen free at the first set-up and remembered in STATE/ports, so that addresses stay the same.

port_is_free() {
    python3 - "$1" <<'PYTHON'
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PYTHON
}

# choose_port STATE NAME FIRST: remembers the first free port from FIRST upwards, once.
choose_port() {
    local state=$1 name=$2 port=$3 last=$(($3 + 200))
    [[ -n $(port_of "$state" "$name") ]] && return
    until port_is_free "$port"; do
        port=$((port + 10))
        ((port <= last)) || fail "no free port for $name between $3 and $last"
    done
    echo "$name=$port" >>"$state/ports"
}

port_of() { if [[ -f $1/ports ]]; then sed -n "s/^$2=//p" "$1/ports"; fi; }

# Only whoever does not listen yet asks: a taken port then belongs to somebody else.
require_free_port() {
    local port
    port=$(port_of "$1" "$2")
    port_is_free "$port" || fail "port $port ($2) is taken by another program; stop it, or remove the line $2 from $1/ports"
}
