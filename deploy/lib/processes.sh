# shellcheck shell=bash
# Gateway and worker as background processes of deploy/up: .local/run/NAME.pid, .local/log/NAME.log.

LOG_LIMIT=$((64 * 1024 * 1024))
GRACE=65 # seconds; a gateway drains within 30, a worker within 60

# The pid of a running program of ours; a number that now belongs to something else does not count.
process_pid() {
    local state=$1 name=$2 pid
    pid=$(cat "$state/run/$name.pid" 2>/dev/null) || return 1
    [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == "$state/lib/polyclinic-$name"* ]] && echo "$pid"
}

# What a process was started from: its program and its environment, secrets included.
process_stamp() {
    local state=$1 name=$2
    { cat "$state/lib/polyclinic-$name" "$state"/secrets/*; env | grep '^POLYCLINIC_' | sort; } | sha256sum
}

# start_process STATE NAME: leaves a process alone that already runs from the same program and settings.
start_process() {
    local state=$1 name=$2 stamp
    mkdir -p "$state/run" "$state/log"
    stamp=$(process_stamp "$state" "$name")
    if process_pid "$state" "$name" >/dev/null; then
        [[ $(cat "$state/run/$name.stamp" 2>/dev/null) == "$stamp" ]] && return 0
        stop_process "$state" "$name"
    fi
    keep_last_log "$state/log/$name.log"
    rm -f "$state/run/$name.pid"
    # The process writes its own number: setsid may fork.
    (cd "$ROOT" && umask 077 && exec setsid sh -c 'echo $$ >"$1" && exec "$2"' start "$state/run/$name.pid" "$state/lib/polyclinic-$name" \
        </dev/null >>"$state/log/$name.log" 2>&1) &
    wait_until 10 test -s "$state/run/$name.pid"
    echo "$stamp" >"$state/run/$name.stamp"
}

keep_last_log() {
    if [[ -f $1 ]] && (($(stat --format=%s "$1") > LOG_LIMIT)); then mv "$1" "$1.1"; fi
}

# stop_process STATE NAME: asks, waits while it drains, then ends it.
stop_process() {
    local state=$1 name=$2 pid
    if pid=$(process_pid "$state" "$name"); then
        kill -TERM "$pid"
        if ! wait_until "$GRACE" process_is_gone "$pid"; then kill -KILL "$pid"; fi
    fi
    rm -f "$state/run/$name.pid" "$state/run/$name.stamp"
}

# An ended process whose parent has not asked for its status yet (state Z) is gone too.
process_is_gone() { ! grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null; }

http_is_ready() { curl --silent --fail --max-time 2 --output /dev/null "http://$1/readyz"; }

# wait_ready STATE NAME ADDRESS: until the process says it is ready; fails at once when it has ended.
wait_ready() {
    local state=$1 name=$2 address=$3 deadline=$((SECONDS + 60))
    until http_is_ready "$address"; do
        if process_is_gone "$(cat "$state/run/$name.pid")" || ((SECONDS >= deadline)); then
            tail -n 30 "$state/log/$name.log"
            echo "the $name is not ready; its log is $state/log/$name.log"
            return 1
        fi
        sleep 0.1
    done
}
