// The only file that converts between wall clock and instant (DESIGN L6): Foundation and PostgreSQL read the repeated hour
// differently, so no SQL and no other file may. Foundation, because FoundationEssentials has no named zones on Linux.
import Foundation

/// A location's IANA time zone, checked to exist.
public struct ZoneName: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    public static let utc = ZoneName(known: "UTC")

    private init(known name: String) {
        self.name = name
    }

    /// nil when the zone database has no such name. Only `Area/City` names and `UTC`: abbreviations such as EST have no rules.
    public init?(_ name: some StringProtocol) {
        let name = String(name)
        guard name == "UTC" || name.utf8.contains(UInt8(ascii: "/")), name.utf8.count <= 64, TimeZone(identifier: name) != nil else {
            return nil
        }
        self.name = name
    }

    public var description: String { name }
}

/// What a wall-clock time means in a zone.
public enum WallClockReading: Hashable, Sendable {
    case once(Instant)
    /// Clocks were put forward over it: the time does not exist. `next` is the first moment after the gap.
    case skipped(next: Instant)
    /// Clocks were put back over it: it happens twice.
    case repeated(earlier: Instant, later: Instant)
}

/// The rules of one zone, from the system's zone database.
public struct TimeZoneRules: Sendable {
    private let zone: TimeZone

    public init(_ name: ZoneName) {
        zone = TimeZone(identifier: name.name) ?? .gmt
    }

    /// Reads a wall-clock time: a local time `w` is instant `t` where `t + offset(t) = w`; there are none, one or two such instants.
    public func read(_ day: Day, _ time: TimeOfDay) -> WallClockReading {
        let wall = Int64(day.daysSinceEpoch) * 86_400 + Int64(time.minutes) * 60
        // A zone's offset lies within ±26 h, so the offsets in force around the wall time are all that can apply.
        let candidates = Set([offset(at: wall - 93_600), offset(at: wall + 93_600), offset(at: wall)]).map { wall - Int64($0) }
        let matches = Set(candidates.filter { $0 + Int64(offset(at: $0)) == wall }).sorted()
        switch matches.count {
        case 0: return .skipped(next: transition(after: wall - 93_600, before: wall))
        case 1: return .once(Instant(seconds: matches[0]))
        default: return .repeated(earlier: Instant(seconds: matches[0]), later: Instant(seconds: matches[matches.count - 1]))
        }
    }

    /// The day and time that clocks in the zone show at an instant (seconds are dropped).
    public func wallClock(at instant: Instant) -> (day: Day, time: TimeOfDay) {
        let seconds = instant.microseconds.floorDivided(by: 1_000_000)
        let local = seconds + Int64(offset(at: seconds))
        let day = local.floorDivided(by: 86_400)
        let minutes = Int(local - day * 86_400) / 60
        return (Day(daysSinceEpoch: Int32(clamping: day)), TimeOfDay(minutes: minutes) ?? .midnight)
    }

    /// The moment a calendar day begins: midnight, or the first moment after it where midnight was skipped.
    public func start(of day: Day) -> Instant {
        switch read(day, .midnight) {
        case .once(let instant), .skipped(let instant), .repeated(let instant, _): instant
        }
    }

    /// The instants of a calendar day, half-open.
    public func span(of day: Day) -> InstantRange {
        let start = start(of: day)
        return InstantRange(start: start, end: self.start(of: day.adding(days: 1)))
    }

    private func offset(at seconds: Int64) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
    }

    private func transition(after start: Int64, before wall: Int64) -> Instant {
        let limit = wall + 93_600
        var at = Date(timeIntervalSince1970: TimeInterval(start))
        while let next = zone.nextDaylightSavingTimeTransition(after: at), next.timeIntervalSince1970 < TimeInterval(limit) {
            let moment = Int64(next.timeIntervalSince1970.rounded())
            if moment + Int64(offset(at: moment)) > wall { return Instant(seconds: moment) }
            at = next
        }
        return Instant(seconds: wall - Int64(offset(at: wall)))
    }
}
