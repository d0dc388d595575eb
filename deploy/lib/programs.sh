# shellcheck shell=bash
# The three programs of a state folder: STATE/lib holds copies, so that a later build does not change what runs, and
# STATE/bin/polyclinic is the command line with the settings loaded.

PROGRAMS=(polyclinic polyclinic-gateway polyclinic-worker)

# What operators run is optimized across modules, and needs no Swift on its machine; docs/performance.md has what that gains.
RELEASE=(--configuration release --static-swift-stdlib -Xswiftc -cross-module-optimization)

# build_programs OPTIONS OF swift build
build_programs() {
    local name
    for name in "${PROGRAMS[@]}"; do
        swift build --package-path "$ROOT" "$@" --product "$name"
    done
}

# install_programs STATE CONFIGURATION [OPTIONS OF swift build]
install_programs() {
    local state=$1 configuration=$2 built name
    shift 2
    built=$(swift build --package-path "$ROOT" --configuration "$configuration" "$@" --show-bin-path)
    mkdir -p "$state/bin" "$state/lib"
    for name in "${PROGRAMS[@]}"; do
        cmp -s "$built/$name" "$state/lib/$name" && continue
        cp "$built/$name" "$state/lib/$name.new"
        mv "$state/lib/$name.new" "$state/lib/$name"
    done
    cat >"$state/bin/polyclinic.new" <<SCRIPT
#!/usr/bin/env bash
set -euo pipefail
source "$LIB/servers.sh"
load_settings "$state" polyclinic
export POLYCLINIC_ENVIRONMENT_FILE="$state/environment"
exec "$state/lib/polyclinic" "\$@"
SCRIPT
    chmod 0755 "$state/bin/polyclinic.new"
    mv "$state/bin/polyclinic.new" "$state/bin/polyclinic"
}

# start_program STATE NAME: waits until it is ready. Run in a subshell: it loads that program's settings. Only the command
# line knows the owner of the databases.
start_program() {
    local state=$1 name=$2 port
    load_settings "$state" "$name"
    unset POLYCLINIC_OWNER_USER POLYCLINIC_OWNER_PASSWORD_FILE
    start_process "$state" "$name"
    port=$POLYCLINIC_HTTP_PORT
    [[ $name == worker ]] && port=$POLYCLINIC_WORKER_METRICS_PORT
    wait_ready "$state" "$name" "127.0.0.1:$port"
}
