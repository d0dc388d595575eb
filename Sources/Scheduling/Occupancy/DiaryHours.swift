import Values

/// The hours of one day that a slot is looked for in, and the window of time that is read to know what is taken in them.
struct DiaryHours: Sendable {
    /// When clinics are open, as long as they do not say when they are.
    static let usual = DayPart(from: 7 * 60, until: 19 * 60)

    let hours: InstantRange
    let day: Day
    /// All of the day.
    let whole: InstantRange
    let window: InstantRange

    /// Where a slot is looked for: in the hours that are set for somebody who takes part, else when clinics are usually open.
    func search(_ timetable: Timetable, _ resources: [ResourceID]) -> InstantRange {
        timetable.isSet(resources, on: day) ? whole : hours
    }

    /// Around a start; `minutes` is the longest that the appointment can be.
    init(around start: Instant, minutes: Int, _ rules: TimeZoneRules) {
        day = rules.wallClock(at: start).day
        whole = rules.span(of: day)
        let buffer = AppointmentType.bufferRange.upperBound
        let clock = DayClock(day, through: day, rules)
        hours = DiaryHours.usual.flatMap { clock.span(of: $0, on: clock.first) } ?? whole
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
