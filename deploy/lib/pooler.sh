# shellcheck shell=bash
# PgBouncer in transaction mode before the test servers: the isolation suites run through it. Operators find the same
# settings in docs/operating.md.

pooler_settings() {
    local state=$1 home=$2
    cat <<SETTINGS
[databases]
* = host=127.0.0.1 port=$(port_of "$state" postgres)

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(port_of "$state" pooler)
unix_socket_dir =
pool_mode = transaction
auth_type = scram-sha-256
auth_file = $home/pooler.users
client_tls_sslmode = require
client_tls_cert_file = $home/tls/pooler.crt
client_tls_key_file = $home/tls/pooler.key
server_tls_sslmode = verify-full
server_tls_ca_file = $home/tls/ca.crt
max_client_conn = 2000
default_pool_size = 20
server_idle_timeout = 5
pidfile = $home/pooler.pid
logfile = $home/log/pooler.log
log_connections = 0
log_disconnections = 0
SETTINGS
}

pooler_pid() {
    local pid
    pid=$(cat "$(server_home "$1")/pooler.pid" 2>/dev/null) || return 1
    [[ $(cat "/proc/$pid/comm" 2>/dev/null) == pgbouncer ]] && echo "$pid"
}

# The logins are made later, by `polyclinic install`.
pooler_listens() { ! port_is_free "$(port_of "$1" pooler)"; }

start_pooler() {
    local state=$1 home made
    home=$(server_home "$state")
    choose_port "$state" pooler 27432
    make_certificate "$state" pooler
    give_service "$state/tls/ca.crt" "$home/tls/ca.crt"
    made=$(mktemp -d)
    (umask 077 && printf '"polyclinic_%s" "%s"\n' owner "$(cat "$state/secrets/owner")" gateway "$(cat "$state/secrets/gateway")" worker "$(cat "$state/secrets/worker")" >"$made/users")
    pooler_settings "$state" "$home" >"$made/settings"
    give_service "$made/users" "$home/pooler.users"
    give_service "$made/settings" "$home/pooler.ini"
    rm -rf "$made"
    stop_pooler "$state"
    rm -f "$home/pooler.pid"
    as_service /usr/sbin/pgbouncer --daemon --quiet "$home/pooler.ini"
    wait_until 30 pooler_listens "$state" || fail "PgBouncer does not listen; see $home/log/pooler.log"
}

stop_pooler() {
    local pid
    pid=$(pooler_pid "$1") || return 0
    kill -TERM "$pid"
    wait_until 10 process_is_gone "$pid" || kill -KILL "$pid"
}
