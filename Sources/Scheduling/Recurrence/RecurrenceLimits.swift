/// What a series may be at most (DESIGN L11). Whatever exceeds one is refused with a code of its own.
public struct RecurrenceLimits: Hashable, Sendable {
    /// Occurrences, extra days included. A weekly series over ten years has 522.
    public var occurrences = 1_000
    /// Days from the first occurrence to the last: ten years with three leap days.
    public var days = 3_653
    /// Exception days, and extra days.
    public var listedDays = 1_000

    public init() {}

    public static let standard = RecurrenceLimits()

    /// Bytes of a rule's text. All months, all days of the month from both ends and all weekdays are 360.
    static let ruleBytes = 1_024
    /// Values of one BY part: there are 366 positions on either side, and nobody lists them.
    static let values = 128
    /// Every ten thousandth day is beyond any series; four digits are enough for all that repeat.
    static let interval = 9_999
}
