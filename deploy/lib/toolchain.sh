# shellcheck shell=bash
# Finding Swift and building with it.

require_swift() {
    local folder
    for folder in "" /opt/swift/usr/bin /usr/local/swift/usr/bin "${HOME:-/root}/.local/share/swiftly/bin"; do
        if [[ -n $folder && -x $folder/swift ]]; then PATH=$folder:$PATH; fi
        if command -v swift >/dev/null; then
            export PATH
            return
        fi
    done
    fail "no Swift toolchain on PATH; install Swift 6.3 (https://www.swift.org/install/linux)"
}
