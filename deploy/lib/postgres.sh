# shellcheck shell=bash
# A private PostgreSQL 15 cluster: TLS and scram only, on 127.0.0.1, no Unix socket, no statement or value in its log.

POSTGRES_BIN=/usr/lib/postgresql/15/bin

postgres_settings() {
    local state=$1 home=$2 buffers=256MB connections=200 dynamic=posix log=2GB
    # Suites run beside each other, each with connections of its own.
    if [[ $(state_kind "$state") == test ]]; then buffers=128MB connections=800; fi
    # A thousand locations, and no checkpoint in the middle of a round.
    if [[ $(state_kind "$state") == bench ]]; then buffers=2GB log=8GB; fi
    # When an ordinary user logs out, systemd removes that user's segments of /dev/shm.
    is_root || dynamic=mmap
    cat <<SETTINGS
listen_addresses = '127.0.0.1'
port = $(port_of "$state" postgres)
unix_socket_directories = ''
cluster_name = 'polyclinic'
ssl = on
ssl_min_protocol_version = 'TLSv1.2'
ssl_cert_file = '$home/tls/postgres.crt'
ssl_key_file = '$home/tls/postgres.key'
password_encryption = 'scram-sha-256'

# A schema per location: a dump or a large migration locks many relations at once.
max_connections = $connections
max_locks_per_transaction = 512
# After a power cut every file is synchronized first. A schema per location means hundreds of thousands of them: one by one takes minutes.
recovery_init_sync_method = syncfs
shared_buffers = $buffers
dynamic_shared_memory_type = $dynamic
max_wal_size = $log
wal_level = replica
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'

# Logs name SQLSTATE and constraint, never a statement, a bind or a DETAIL line: those hold people's data.
logging_collector = on
log_directory = '$home/log'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_line_prefix = '%m [%p] %e '
log_statement = none
log_duration = off
log_min_duration_statement = -1
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
SETTINGS
}

make_cluster() {
    local home=$2
    [[ -s $home/postgres/PG_VERSION ]] && return
    rm -rf "$home/postgres"
    give_service "$1/secrets/superuser" "$home/superuser"
    as_service "$POSTGRES_BIN/initdb" --pgdata="$home/postgres.new" --username=polyclinic_superuser --pwfile="$home/superuser" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums
    rm -f "$home/superuser"
    as_service sh -c 'printf "hostssl %s all 127.0.0.1/32 scram-sha-256\n" all replication >"$0/pg_hba.conf" &&
        echo "include '\''polyclinic.conf'\''" >>"$0/postgresql.conf"' "$home/postgres.new"
    as_service mv "$home/postgres.new" "$home/postgres"
}

postgres_is_running() { as_service "$POSTGRES_BIN/pg_ctl" status --pgdata="$(server_home "$1")/postgres" >/dev/null 2>&1; }

start_postgres() {
    local state=$1 home settings
    home=$(server_home "$state")
    make_certificate "$state" postgres
    make_cluster "$state" "$home"
    settings=$(mktemp)
    postgres_settings "$state" "$home" >"$settings"
    if postgres_is_running "$state" && ! cmp -s "$settings" "$home/postgres/polyclinic.conf"; then stop_postgres "$state"; fi
    give_service "$settings" "$home/postgres/polyclinic.conf"
    rm -f "$settings"
    if ! postgres_is_running "$state"; then
        require_free_port "$state" postgres
        as_service "$POSTGRES_BIN/pg_ctl" start --wait --timeout=120 --silent --pgdata="$home/postgres" --log="$home/log/postgres-start.log" ||
            { cat "$home/log/postgres-start.log" && return 1; }
    fi
    write_superuser_passfile "$state"
    wait_until 60 superuser_sql "$state" postgres --command='select 1' || fail "PostgreSQL does not answer; see $home/log"
}

write_superuser_passfile() {
    local state=$1
    (umask 077 && printf '127.0.0.1:%s:*:polyclinic_superuser:%s\n' "$(port_of "$state" postgres)" "$(cat "$state/secrets/superuser")" \
        >"$state/secrets/superuser.pgpass")
}

# superuser_sql STATE DATABASE PSQL-ARGUMENTS…
superuser_sql() {
    local state=$1 database=$2
    shift 2
    PGPASSFILE="$state/secrets/superuser.pgpass" PGCONNECT_TIMEOUT=5 \
        psql --no-psqlrc --quiet --no-password --variable=ON_ERROR_STOP=1 "$@" \
        "host=127.0.0.1 port=$(port_of "$state" postgres) dbname=$database user=polyclinic_superuser sslmode=verify-full sslrootcert='$state/tls/ca.crt'"
}

# Tests clone template databases, so that their owner may create some.
make_databases() {
    local state=$1 attributes=nocreatedb database
    [[ $(state_kind "$state") == test ]] && attributes=createdb
    OWNER_PASSWORD_FILE="$state/secrets/owner" superuser_sql "$state" postgres --variable=owner_attributes="$attributes" --file="$LIB/cluster.sql"
    for database in polyclinic_control polyclinic_a polyclinic_b; do
        superuser_sql "$state" "$database" --file="$LIB/database.sql"
    done
}

# stop_postgres STATE [MODE]
stop_postgres() {
    local home
    home=$(server_home "$1")
    postgres_is_running "$1" || return 0
    as_service "$POSTGRES_BIN/pg_ctl" stop --mode="${2:-fast}" --wait --timeout=60 --silent --pgdata="$home/postgres" ||
        as_service "$POSTGRES_BIN/pg_ctl" stop --mode=immediate --wait --timeout=30 --silent --pgdata="$home/postgres"
}
