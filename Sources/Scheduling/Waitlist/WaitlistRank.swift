import Values

/// Why somebody is asked before others, in points that add up and can be read. Pure.
struct WaitlistRank: Sendable, Hashable {
    enum Reason: String, Sendable, CaseIterable {
        /// How urgent staff said it is.
        case urgent
        /// Each week of waiting.
        case waiting
        /// Asked for this provider.
        case provider
        /// Named times, and this is one.
        case window
        /// The visit uses all the time that is free.
        case fits
        /// Gives up a later appointment, whose time helps somebody else.
        case givesUp = "gives_up_later"
    }

    struct Part: Sendable, Hashable {
        let reason: Reason
        let points: Int
    }

    let parts: [Part]
    var points: Int { parts.reduce(0) { $0 + $1.points } }
    /// As they are told: `urgent:30`.
    var words: [String] { parts.map { "\($0.reason.rawValue):\($0.points)" } }

    init(_ entry: WaitlistEntry, minutes: Int, of free: Int, hasLater: Bool, now: Instant) {
        var parts: [Part] = []
        func add(_ reason: Reason, _ points: Int) { if points > 0 { parts.append(Part(reason: reason, points: points)) } }
        // One step of urgency outweighs a month of waiting, and every preference.
        add(.urgent, (5 - entry.urgency) * 30)
        add(.waiting, min(20, max(0, Int(clamping: now.seconds(since: entry.createdAt) / (7 * 86_400)))))
        add(.provider, entry.providers.isEmpty ? 0 : 3)
        add(.window, entry.windows.isEmpty ? 0 : 2)
        add(.fits, minutes == free ? 4 : 0)
        add(.givesUp, entry.releasesLater && hasLater || entry.elsewhere != nil ? 1 : 0)
        self.parts = parts
    }
}
