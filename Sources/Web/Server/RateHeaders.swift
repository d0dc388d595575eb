import Values

/// `RateLimit` and `RateLimit-Policy` as the IETF draft writes them.
enum RateHeaders {
    static func policy(_ rate: Rate) -> String {
        "\"caller\";q=\(rate.burst);w=\(max(1, Int((Double(rate.burst) / max(rate.perSecond, 0.001)).rounded(.up))))"
    }

    static func of<Key>(_ answer: TokenBuckets<Key>.Answer, _ policy: String) -> [(name: String, value: String)] {
        [("RateLimit", "\"caller\";r=\(answer.remaining);t=\(answer.reset)"), ("RateLimit-Policy", policy)]
    }

    static func refusal<Key>(_ answer: TokenBuckets<Key>.Answer) -> Problem {
        Problem(.tooMany, "too_many_requests", "You sent more requests than you may. Wait, then go on.", retryAfter: answer.reset)
    }
}
