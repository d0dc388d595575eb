import Synchronization

/// One bucket of tokens per key, in this process. Bounded: full buckets are forgotten, for they are as good as new.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    struct Answer: Sendable {
        let isAllowed: Bool
        let remaining: Int
        /// Seconds until there is a token again (when refused), or until the bucket is full.
        let reset: Int
    }

    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
    }

    let rate: Rate
    private let maximumKeys: Int
    private let buckets = Mutex<[Key: Bucket]>([:])

    init(_ rate: Rate, maximumKeys: Int = 100_000) {
        self.rate = rate
        self.maximumKeys = maximumKeys
    }

    func take(_ key: Key, at now: ContinuousClock.Instant) -> Answer {
        buckets.withLock { buckets in
            if buckets.count >= maximumKeys, buckets[key] == nil { forget(&buckets, now) }
            var bucket = buckets[key] ?? Bucket(tokens: Double(rate.burst), at: now)
            bucket.tokens = level(bucket, now)
            bucket.at = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[key] = bucket
            let missing = isAllowed ? Double(rate.burst) - bucket.tokens : 1 - bucket.tokens
            return Answer(
                isAllowed: isAllowed,
                remaining: Int(bucket.tokens),
                reset: max(1, Int((missing / max(rate.perSecond, 0.001)).rounded(.up)))
            )
        }
    }

    private func level(_ bucket: Bucket, _ now: ContinuousClock.Instant) -> Double {
        let passed = (now - bucket.at) / .seconds(1)
        return min(Double(rate.burst), bucket.tokens + max(0, passed) * rate.perSecond)
    }

    private func forget(_ buckets: inout [Key: Bucket], _ now: ContinuousClock.Instant) {
        buckets = buckets.filter { level($0.value, now) < Double(rate.burst) - 0.5 }
        // Everybody is busy: forgetting all is kinder than growing, and a flood of keys gains one burst each.
        if buckets.count >= maximumKeys { buckets.removeAll(keepingCapacity: true) }
    }
}
