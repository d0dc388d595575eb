# shellcheck shell=bash
# A private Redis: TLS port only, a password, no eviction. It holds hints; losing it loses nothing (DESIGN L4).

redis_settings() {
    local state=$1 home=$2 allowed='+@all -@admin +config|get'
    # The failure suites pause clients and kill connections; a running system has no business with administration.
    [[ $(state_kind "$state") == test ]] && allowed='+@all'
    cat <<SETTINGS
bind 127.0.0.1
protected-mode yes
port 0
tls-port $(port_of "$state" redis)
tls-cert-file "$home/tls/redis.crt"
tls-key-file "$home/tls/redis.key"
tls-ca-cert-file "$home/tls/ca.crt"
tls-auth-clients no
tls-protocols "TLSv1.2 TLSv1.3"
user default on #$(tr -d '\n' <"$state/secrets/redis" | sha256sum | cut -d' ' -f1) ~* &* $allowed
dir "$home/redis"
pidfile "$home/redis/redis.pid"
logfile "$home/log/redis.log"
daemonize yes
appendonly yes
appendfsync everysec
maxmemory 256mb
maxmemory-policy noeviction
databases 16
SETTINGS
}

redis_pid() {
    local home pid
    home=$(server_home "$1")
    pid=$(cat "$home/redis/redis.pid" 2>/dev/null) || return 1
    [[ $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) == *redis-server*":$(port_of "$1" redis)"* ]] && echo "$pid"
}

redis_answers() {
    local answer
    answer=$(REDISCLI_AUTH=$(cat "$1/secrets/redis") redis-cli --tls --cacert "$1/tls/ca.crt" -h 127.0.0.1 -p "$(port_of "$1" redis)" ping 2>/dev/null)
    [[ $answer == PONG ]]
}

start_redis() {
    local state=$1 home settings
    home=$(server_home "$state")
    make_certificate "$state" redis
    give_service "$state/tls/ca.crt" "$home/tls/ca.crt"
    settings=$(mktemp)
    redis_settings "$state" "$home" >"$settings"
    if redis_pid "$state" >/dev/null && ! cmp -s "$settings" "$home/redis/redis.conf"; then stop_redis "$state"; fi
    give_service "$settings" "$home/redis/redis.conf"
    rm -f "$settings"
    if ! redis_pid "$state" >/dev/null; then
        require_free_port "$state" redis
        as_service redis-server "$home/redis/redis.conf"
    fi
    wait_until 60 redis_answers "$state" || fail "Redis does not answer; see $home/log/redis.log"
}

# As if its machine had lost power. Tests only.
kill_redis() {
    local pid
    pid=$(redis_pid "$1") || return 0
    kill -KILL "$pid"
    wait_until 30 process_is_gone "$pid"
}

stop_redis() {
    local pid
    pid=$(redis_pid "$1") || return 0
    kill -TERM "$pid"
    wait_until 30 process_is_gone "$pid" || kill -KILL "$pid"
}
