# shellcheck shell=bash
# What a person sees while a script works: one line per step, and its elapsed time once it takes more than two seconds.

say() { printf '%s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# step TEXT COMMAND…: runs the command with its output in a log, and shows the last line of that log while it waits.
# The command runs in a subshell, so it must not be relied on to set variables. Never call step in a condition:
# bash would switch `set -e` off inside it.
step() {
    local text=$1 log status=0 began=$SECONDS pid
    shift
    log=$(mktemp)
    # Job control gives the command a process group of its own, so that an interrupted script can end all of it.
    set -m
    ("$@") >"$log" 2>&1 </dev/null &
    pid=$!
    set +m
    STEP_GROUP=$pid
    show_progress "$text" "$pid" "$began" "$log"
    wait "$pid" || status=$?
    STEP_GROUP=
    if ((status != 0)); then
        clear_line
        # A build tells an error many times, far from its end.
        { grep -E '(^|[^a-z])error:' "$log" | sort -u | head -n 30 && tail -n 5 "$log" || tail -n 60 "$log"; } >&2
        rm -f "$log"
        fail "$text: failed after $((SECONDS - began)) s (status $status)"
    fi
    rm -f "$log"
    clear_line
    if ((SECONDS - began >= 2)); then say "$text ($((SECONDS - began)) s)"; else say "$text"; fi
}

# For the EXIT trap of a script: ends a step that was interrupted.
end_step() { if [[ -n ${STEP_GROUP:-} ]]; then kill -TERM -- "-$STEP_GROUP" 2>/dev/null || true; fi; }

# On a terminal one line is rewritten each second; elsewhere a line is added every fifteen seconds.
show_progress() {
    local text=$1 pid=$2 began=$3 log=$4 elapsed latest
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.2
        elapsed=$((SECONDS - began))
        ((elapsed >= 2)) || continue
        if [[ -t 1 ]]; then
            latest=$(tail -n 1 "$log" | tr -dc '[:print:]')
            printf '\r\033[K%s … %d s  %.60s' "$text" "$elapsed" "$latest"
            sleep 0.8
        elif ((elapsed % 15 == 0)); then
            latest=$(tail -n 1 "$log" | tr -dc '[:print:]')
            printf '%s … %d s  %.90s\n' "$text" "$elapsed" "$latest"
            sleep 1
        fi
    done
}

clear_line() { if [[ -t 1 ]]; then printf '\r\033[K'; fi; }

# wait_until SECONDS COMMAND…: probes until the command succeeds; false when the deadline has passed.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}
