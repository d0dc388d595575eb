import Glibc
import Postgres
import Values

/// One attempt to sign in, counted as a failure before it is judged, so that any number of attempts at once cannot pass a limit; success takes
/// it back. All counters of an attempt are locked in one order, so that attempts never deadlock.
struct GuessCounter: Sendable {
    let subjects: [(kind: GuessLimits.Kind, subject: [UInt8])]
    private let isKnown: Bool

    /// `isKnown`: the account has signed in from this source before. A stranger at another address then cannot make its owner wait, but both
    /// share the total of failures.
    init(email key: String, source: String?, isKnown: Bool, keys: KeyRing) {
        self.isKnown = isKnown
        let place = source.map(GuessCounter.network) ?? "nowhere"
        let account = (kind: GuessLimits.Kind.account, subject: keys.digest(key, purpose: "guess.account"))
        let from = (kind: GuessLimits.Kind.source, subject: keys.digest(place, purpose: "guess.source"))
        if isKnown {
            subjects = [account, (.known, keys.digest(key + "\n" + place, purpose: "guess.known")), from]
        } else {
            subjects = [account, from, (.global, Array("all".utf8))]
        }
    }

    /// Each yields one row, or none when the attempt comes too early or is one too many.
    func take(at now: Instant, _ limits: GuessLimits) -> [Statement] {
        subjects.map { kind, subject in
            let limit = limits.limit(kind)
            // Known addresses wait by their own counter; the account's only counts them.
            let waits = !(kind == .account && isKnown)
            let most = kind == .account && !isKnown ? limits.accountStrangers : limit.failures
            let expired = limit.window.map { now.adding(seconds: -Int64($0)) } ?? Instant.accepted.lowerBound
            return """
                insert into control.guess_counter as c (kind, subject, failures, window_start, blocked_until) \
                values (\(kind.rawValue), \(subject), 1, \(now), \(now)) \
                on conflict (kind, subject) do update set \
                failures = case when c.window_start <= \(expired) then 1 else c.failures + 1 end, \
                window_start = case when c.window_start <= \(expired) then \(now) else c.window_start end, \
                blocked_until = case when \(waits) and c.window_start > \(expired) then \(now) + make_interval(secs => coalesce( \
                (\(limit.waits))[least(c.failures + 1 - \(limit.free), \(limit.waits.count))], 0)) else c.blocked_until end \
                where c.window_start <= \(expired) or (c.failures < \(most) and (c.blocked_until <= \(now) or not \(waits))) \
                returning c.failures
                """
        }
    }

    /// When to come again, for an attempt that was refused.
    var waiting: Statement {
        """
        select max(blocked_until) from control.guess_counter where (kind, subject) in (select * from unnest(\(subjects.map(\.kind.rawValue)), \
        array[\(subjects[0].subject), \(subjects[1].subject), \(subjects[2].subject)]))
        """
    }

    /// It was right: what the account failed before is forgiven; of a shared counter only this attempt is taken back.
    func forgive(at now: Instant) -> [Statement] {
        forgiveOwn(at: now) + subjects.filter { $0.kind != .account && $0.kind != .known }.map(takeBack)
    }

    /// Only what the account itself failed: no attempt is taken back from a shared counter.
    func forgiveOwn(at now: Instant) -> [Statement] {
        subjects.filter { $0.kind == .account || $0.kind == .known }.map { kind, subject in
            "update control.guess_counter set failures = 0, blocked_until = \(now) where kind = \(kind.rawValue) and subject = \(subject)"
        }
    }

    /// It was never judged.
    var undo: [Statement] { subjects.map(takeBack) }

    /// Changes nothing, but is a write.
    var mark: Statement {
        "update control.guess_counter set failures = failures where kind = \(subjects[0].kind.rawValue) and subject = \(subjects[0].subject)"
    }

    private func takeBack(_ kind: GuessLimits.Kind, _ subject: [UInt8]) -> Statement {
        "update control.guess_counter set failures = greatest(failures - 1, 0) where kind = \(kind.rawValue) and subject = \(subject)"
    }

    /// An IPv4 address, or the network (/64) of an IPv6 address: one household has all the addresses of that.
    static func network(_ source: String) -> String {
        var four = in_addr()
        if inet_pton(AF_INET, source, &four) == 1 { return source }
        var six = in6_addr()
        guard inet_pton(AF_INET6, source, &six) == 1 else { return source }
        return hex(withUnsafeBytes(of: six) { Array($0.prefix(8)) })
    }
}
