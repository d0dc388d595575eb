import Redis
import Synchronization
import Values

/// A location's rate, shared by all gateways: each leases tokens from Redis a handful at a time and spends them here. Nobody waits for
/// Redis: while a lease is on its way, or Redis is away, a small share of our own is spent. Locations do not touch each other.
final class LocationTraffic: Sendable {
    private struct Lease {
        var tokens = 0
        /// Redis said that there is nothing before this moment.
        var emptyUntil: ContinuousClock.Instant?
        var isAsking = false
    }

    private let rate: Rate
    private let redis: Redis?
    private let own: TokenBuckets<LocationID>
    private let leases = Mutex<[LocationID: Lease]>([:])
    private let size: Int

    init(rate: Rate, share: Double, redis: Redis?) {
        self.rate = rate
        self.redis = redis
        own = TokenBuckets(Rate(perSecond: rate.perSecond * share, burst: max(1, Int(Double(rate.burst) * share))))
        // A fiftieth of a second's worth is asked for at once, so that gateways stay fair to each other.
        size = max(1, min(rate.burst / 10, Int(rate.perSecond / 10)))
    }

    /// nil when the request may go on, else the seconds to wait.
    func refusal(_ location: LocationID, at now: ContinuousClock.Instant) -> Int? {
        guard let redis, redis.isReady else { return alone(location, now) }
        enum Next { case go, wait, alone }
        let (next, mustAsk): (Next, Bool) = leases.withLock { leases in
            var lease = leases[location] ?? Lease()
            defer { leases[location] = lease }
            if lease.tokens > 0 {
                lease.tokens -= 1
                // Asked for before it is used up.
                let mustAsk = lease.tokens < size / 2 && !lease.isAsking
                lease.isAsking = lease.isAsking || mustAsk
                return (.go, mustAsk)
            }
            if let empty = lease.emptyUntil, empty > now { return (.wait, false) }
            defer { lease.isAsking = true }
            return (.alone, !lease.isAsking)
        }
        // Owned by this object; it ends with Redis's answer or its time limit.
        if mustAsk { Task { await ask(redis, location) } }
        switch next {
        case .go: return nil
        case .wait: return 1
        case .alone: return alone(location, now)
        }
    }

    private func alone(_ location: LocationID, _ now: ContinuousClock.Instant) -> Int? {
        let answer = own.take(location, at: now)
        return answer.isAllowed ? nil : answer.reset
    }

    private func ask(_ redis: Redis, _ location: LocationID) async {
        let milliseconds = max(1, Int(rate.perSecond * 1000))
        let granted =
            (try? await redis.run(
                LocationTraffic.script,
                keys: [RedisKey(location: location.description, "traffic")],
                arguments: [.integer(rate.burst), .integer(milliseconds), .integer(size)]
            ))?.int  // Redis is a hint: no answer, no lease
        let now = ContinuousClock.now
        leases.withLock { leases in
            var lease = leases[location] ?? Lease()
            lease.isAsking = false
            lease.tokens += granted ?? 0
            lease.emptyUntil = granted == 0 ? now + .milliseconds(100) : nil
            leases[location] = lease
            if leases.count > 100_000 { leases = leases.filter { $0.value.isAsking || $0.value.tokens > 0 } }
        }
    }

    /// Takes up to ARGV[3] tokens out of a bucket of ARGV[1] that fills with ARGV[2] thousandths of a token per second.
    private static let script = RedisScript(
        "location_traffic",
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local burst, rate, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]) / 1000000, tonumber(ARGV[3])
        local tokens = tonumber(bucket[1]) or burst
        local at = tonumber(bucket[2]) or now
        tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
        local granted = math.min(wanted, math.floor(tokens))
        redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - granted), 'at', now)
        redis.call('PEXPIRE', KEYS[1], 600000)
        return granted
        """
    )
}
