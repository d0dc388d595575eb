import Values

/// A zone's offsets over some days, as a VTIMEZONE (RFC 5545 section 3.6.5): one STANDARD or DAYLIGHT part for each change of the clocks.
/// Changes are listed, not described by rules: zones change their rules, and what is listed cannot be read in two ways.
struct ZoneObservances {
    private let zone: ZoneName
    private let rules: TimeZoneRules
    private let changes: [Change]
    private let first: Change

    private struct Change {
        let at: Instant
        /// Minutes east of UTC.
        let before: Int
        let after: Int
    }

    /// Over the days and a year before them, so that a part is in force when they begin.
    init(_ zone: ZoneName, over days: ClosedRange<Day>) {
        self.zone = zone
        rules = TimeZoneRules(zone)
        let start = rules.start(of: days.lowerBound.adding(days: -366))
        let end = rules.start(of: days.upperBound.adding(days: 2))
        let offset = ZoneObservances.offset(rules, start)
        first = Change(at: start, before: offset, after: offset)
        changes = ZoneObservances.changes(rules, from: start, to: end)
    }

    /// Looks once a week, for no zone has changed its clocks there and back within one; then halves down to the minute.
    private static func changes(_ rules: TimeZoneRules, from start: Instant, to end: Instant) -> [Change] {
        var found: [Change] = []
        var at = start
        var offset = offset(rules, at)
        while at < end {
            let next = min(at.adding(minutes: 7 * 1440), end)
            let after = self.offset(rules, next)
            if after != offset {
                var (early, late) = (0, Int(next.seconds(since: at) / 60))
                while late - early > 1 {
                    let middle = (early + late) / 2
                    if self.offset(rules, at.adding(minutes: middle)) == offset { early = middle } else { late = middle }
                }
                let moment = at.adding(minutes: late)
                let reached = self.offset(rules, moment)
                found.append(Change(at: moment, before: offset, after: reached))
                offset = reached
                at = moment
            } else {
                at = next
            }
        }
        return found
    }

    private static func offset(_ rules: TimeZoneRules, _ instant: Instant) -> Int {
        let (day, time) = rules.wallClock(at: instant)
        return Int(day.daysSinceEpoch) * 1440 + time.minutes - Int(instant.seconds(since: Instant(seconds: 0)) / 60)
    }

    var lines: [String] {
        ["BEGIN:VTIMEZONE", "TZID:\(zone)"] + ([first] + changes).flatMap { ZoneObservances.lines($0) } + ["END:VTIMEZONE"]
    }

    private static func lines(_ change: Change) -> [String] {
        let kind = change.after > change.before ? "DAYLIGHT" : "STANDARD"
        // A part begins on the wall as it was before the change.
        let onset = CalendarStamp.text(change.at.adding(minutes: change.before)).dropLast()
        return [
            "BEGIN:" + kind, "DTSTART:" + onset, "TZOFFSETFROM:" + text(change.before), "TZOFFSETTO:" + text(change.after), "END:" + kind,
        ]
    }

    /// `+0530`, `-0500`.
    private static func text(_ minutes: Int) -> String {
        (minutes < 0 ? "-" : "+") + Digits.padded(abs(minutes) / 60) + Digits.padded(abs(minutes) % 60)
    }
}
