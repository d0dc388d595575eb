# shellcheck shell=bash
# The Debian packages that building and running need. As root the lacking ones are installed, otherwise one command is named.

PACKAGES=(
    postgresql-15 postgresql-contrib redis-server       # servers; extensions btree_gist and pg_trgm
    libpq-dev libhiredis-dev libssl-dev libargon2-dev   # C libraries the Swift targets wrap
    libjemalloc-dev                                     # the allocator of release builds
    pkg-config openssl curl ca-certificates
    python3 python3-venv                                # scripts here; the contract tools of deploy/test
)
TEST_PACKAGES=(pgbouncer libfaketime)                   # the suites that run through a pooler; programs whose clocks are apart

# lacking_packages NAME…
lacking_packages() {
    local name
    for name in "$@"; do
        [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null) == installed ]] || echo "$name"
    done
}

# require_packages [MORE…]
require_packages() {
    local lacking=()
    command -v dpkg-query >/dev/null || fail "this script sets up Debian 12; elsewhere, install the packages listed in deploy/lib/packages.sh"
    mapfile -t lacking < <(lacking_packages "${PACKAGES[@]}" "$@")
    ((${#lacking[@]} > 0)) || return 0
    if ! is_root; then
        say "These system packages are lacking. As root, run:"
        say "    apt-get update && apt-get install --yes --no-install-recommends ${lacking[*]}"
        exit 1
    fi
    step "Installing ${#lacking[@]} system packages" install_packages "${lacking[@]}"
}

# The packages would start servers of the system and make a cluster; we want their programs only.
install_packages() {
    local policy=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.d
    POLICIES=() # not local: the trap runs after this function has ended
    trap 'rm -f "${POLICIES[@]}"' EXIT
    if [[ ! -e $policy ]]; then
        POLICIES+=("$policy")
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 0755 "$policy"
    fi
    if [[ ! -e $clusters/polyclinic.conf ]]; then
        POLICIES+=("$clusters/polyclinic.conf")
        mkdir -p "$clusters"
        echo "create_main_cluster = false" >"$clusters/polyclinic.conf"
    fi
    # Lists that know every package are used as they are.
    if ! apt-cache show "$@" >/dev/null 2>&1; then apt_get update; fi
    apt_get install --yes --no-install-recommends "$@" || { apt_get update && apt_get install --yes --no-install-recommends "$@"; }
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get --quiet -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
