import Values

/// The hours of one day that a slot is looked for in, and the window of time that is read to know what is taken in them.
struct DiaryHours: Sendable {
    /// When clinics are open, as long as they do not say when they are.
    private static let opening = TimeOfDay(minutes: 7 * 60) ?? .midnight
    private static let closing = TimeOfDay(minutes: 19 * 60) ?? .midnight

    let hours: InstantRange
    let window: InstantRange

    /// Around a start; `minutes` is the longest that the appointment can be.
    init(around start: Instant, minutes: Int, _ rules: TimeZoneRules) {
        let day = rules.wallClock(at: start).day
        let whole = rules.span(of: day)
        let buffer = AppointmentType.bufferRange.upperBound
        hours = InstantRange(rules.first(day, DiaryHours.opening), rules.first(day, DiaryHours.closing)) ?? whole
        window =
            InstantRange(
                min(whole.start, start).adding(minutes: -buffer),
                max(whole.end, start.adding(minutes: minutes)).adding(minutes: buffer)
            ) ?? whole
    }
}

extension TimeZoneRules {
    /// The first moment at which clocks show this time or a later one.
    func first(_ day: Day, _ time: TimeOfDay) -> Instant {
        switch read(day, time) {
        case .once(let instant), .skipped(let instant), .repeated(let instant, _): instant
        }
    }
}
