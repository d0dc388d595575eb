public import Values

/// A date or date-time of a calendar file (RFC 5545 section 3.3.5).
public enum CalendarTime: Hashable, Sendable {
    /// A whole day.
    case day(Day)
    case utc(Instant)
    /// On whatever wall the reader looks at ("floating"): an import takes the location's.
    case floating(Day, TimeOfDay)
    /// On the wall of a zone.
    case zoned(Day, TimeOfDay, ZoneName)

    /// What the time means, floating ones on a location's wall; nil for a whole day.
    public func reading(at location: TimeZoneRules) -> WallClockReading? {
        switch self {
        case .day: nil
        case .utc(let instant): .once(instant)
        case .floating(let day, let time): location.read(day, time)
        case .zoned(let day, let time, let zone): TimeZoneRules(zone).read(day, time)
        }
    }

    /// One instant where the clocks are ambiguous, to compare times: of two moments the first, as in RFC 5545 section 3.3.5; for a skipped
    /// time the first moment after the gap. nil for a whole day.
    func instant(at location: TimeZoneRules) -> Instant? {
        switch reading(at: location) {
        case .once(let instant), .repeated(let instant, _), .skipped(let instant): instant
        case nil: nil
        }
    }

    /// Times are compared with times, days with days.
    var isDay: Bool {
        if case .day = self { true } else { false }
    }
}

/// How long an event takes (RFC 5545 section 3.3.6), without a sign: `PT45M`, `P1DT2H`, `P2W`.
struct CalendarDuration: Hashable {
    /// Whole minutes; a day is 24 hours.
    let minutes: Int

    /// nil for other forms, for zero, for parts of a minute, and beyond 366 days.
    init?(_ text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard rest.popFirst() == UInt8(ascii: "P") else { return nil }
        var seconds = 0
        var isTime = false
        // Each unit at most once, larger units first.
        var smallest = Int.max
        while let next = rest.first {
            if next == UInt8(ascii: "T"), !isTime {
                isTime = true
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            rest = rest.dropFirst(digits.count)
            guard let number = Digits.number(digits), let letter = rest.popFirst(),
                let unit = CalendarDuration.unit(letter, isTime: isTime),
                unit < smallest
            else { return nil }
            smallest = unit
            seconds += number * unit  // at most 999,999,999 weeks, five times: far from overflowing
        }
        guard seconds > 0, seconds % 60 == 0, seconds <= 366 * 86_400 else { return nil }
        minutes = seconds / 60
    }

    private static func unit(_ letter: UInt8, isTime: Bool) -> Int? {
        switch (letter, isTime) {
        case (UInt8(ascii: "W"), false): 604_800
        case (UInt8(ascii: "D"), false): 86_400
        case (UInt8(ascii: "H"), true): 3600
        case (UInt8(ascii: "M"), true): 60
        case (UInt8(ascii: "S"), true): 1
        default: nil
        }
    }
}
