/// What the iCalendar reader and writer accept at most (DESIGN L11). Whatever exceeds one is a finding, or a refusal.
public struct CalendarLimits: Hashable, Sendable {
    /// Bytes of a whole file.
    public var bytes = 8 * 1024 * 1024
    /// Bytes of one unfolded line. Pictures are written into such lines; they are skipped, and nothing else is so long.
    public var lineBytes = 256 * 1024
    /// Components inside each other. An alarm in an event in a calendar is three.
    public var depth = 8
    /// Components of one file: events with several alarms each.
    public var components = 100_000
    /// Events of one file or feed.
    public var events = 20_000
    /// Lines of one event that are of interest.
    public var lines = 256
    /// Parameters of one line.
    public var parameters = 32
    /// Exception dates of one event, and extra dates.
    public var dates = 1_000
    /// Zones that one file defines.
    public var zones = 200
    /// Characters of a UID; longer ones cannot be matched.
    public var uidBytes = 512
    /// Characters of a summary; the rest is cut.
    public var summaryCharacters = 1_000
    /// Findings of each severity that are kept; the others are counted.
    public var findings = 1_000

    public init() {}

    public static let standard = CalendarLimits()
}
