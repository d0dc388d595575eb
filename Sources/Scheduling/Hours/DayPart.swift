import Values
import Web

/// A part of a day on the location's clocks: minutes since midnight, half-open.
public struct DayPart: Sendable, Hashable {
    public static let day = 1440

    /// 0..<1440.
    public let from: Int
    /// At most 1440, which is the end of the day.
    public let until: Int

    /// nil unless `from < until`, both inside one day.
    init?(from: Int, until: Int) {
        guard 0 <= from, from < until, until <= DayPart.day else { return nil }
        self.from = from
        self.until = until
    }

    /// 00:00 as the end is the end of the day.
    init?(_ from: TimeOfDay, _ until: TimeOfDay) {
        self.init(from: from.minutes, until: until.minutes == 0 ? DayPart.day : until.minutes)
    }

    var starts: TimeOfDay { TimeOfDay(minutes: from) ?? .midnight }
    var ends: TimeOfDay { TimeOfDay(minutes: until % DayPart.day) ?? .midnight }

    func overlaps(_ other: DayPart) -> Bool { from < other.until && other.from < until }

    static let backwards =
        "Its end must come after its beginning; 00:00 is the end of the day, and what goes on after midnight is a part of the next day."
}

/// A part of a day as it is sent and shown.
struct DayPartBody: Sendable {
    var from = TimeOfDay.midnight
    var until = TimeOfDay.midnight

    static let shape = Shape("DayPart", DayPartBody()) {
        Field("from", \.from, .time, example: TimeOfDay("08:30"))
        Field("until", \.until, .time, example: TimeOfDay("12:00"), about: "00:00 is the end of the day.")
    }

    init() {}

    init(_ part: DayPart) {
        from = part.starts
        until = part.ends
    }
}
