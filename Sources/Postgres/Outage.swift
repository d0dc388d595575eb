/// Nanoseconds of the monotonic clock.
typealias Nanoseconds = Int64

extension Duration {
    var nanoseconds: Nanoseconds {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ attoseconds / 1_000_000_000
    }
}

/// When a lane lost the database and may try again: after 50 ms, then twice as long each time up to one second, with jitter so that
/// many gateways do not return at the same moment.
struct Outage {
    private(set) var since: Nanoseconds?
    private var failures = 0
    private var nextAttempt: Nanoseconds = 0

    func mayConnect(at now: Nanoseconds) -> Bool { now >= nextAttempt }

    /// True when the database has been away so long that requests should not wait for it.
    func hasLasted(_ grace: Nanoseconds, at now: Nanoseconds) -> Bool {
        since.map { now - $0 >= grace } ?? false
    }

    /// True when this failure is the first of the outage.
    mutating func failed(at now: Nanoseconds) -> Bool {
        let first = since == nil
        if first { since = now }
        failures += 1
        let doubled: Nanoseconds = 50_000_000 << Nanoseconds(min(failures - 1, 6))
        let delay = min(doubled, 1_000_000_000)
        nextAttempt = now + delay / 2 + Nanoseconds.random(in: 0...delay / 2)
        return first
    }

    /// Another lane has a connection: this one need not wait.
    mutating func hurry() {
        nextAttempt = 0
    }

    mutating func ended() {
        self = Outage()
    }
}
