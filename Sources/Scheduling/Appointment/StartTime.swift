import Values

/// When an appointment is to begin, as it was said: an instant, or the clock on the location's wall (DESIGN L6).
struct StartTime: Sendable, Hashable {
    var instant: Instant?
    var day: Day?
    var time: TimeOfDay?

    var isEmpty: Bool { instant == nil && day == nil && time == nil }

    static let oneForm = Problem.invalid("/starts_at", "one_start", "Send either starts_at, or day and time.")
    static let skipped = Problem(
        .invalid,
        "time_skipped",
        "Clocks are put forward over this time, so it does not exist that day. See next for the first moment after it."
    )
    static let repeated = Problem(
        .invalid,
        "time_repeated",
        "Clocks are put back over this time, so it happens twice that day. Send the one you mean as starts_at; see candidates."
    )
    static let tooEarly = Problem.invalid("/starts_at", "too_early", "It may begin yesterday at the earliest.")
    static let tooLate = Problem.invalid("/starts_at", "too_late", "It may begin five years from now at the latest.")
    static let notWholeMinute = Problem.invalid("/starts_at", "not_whole_minute", "It must begin on a whole minute.")

    /// The moment meant. Errors: as above.
    func resolved(_ rules: TimeZoneRules, now: Instant) throws(Problem) -> Instant {
        let start = try read(rules)
        let today = rules.wallClock(at: now).day
        guard start.microseconds % 60_000_000 == 0 else { throw StartTime.notWholeMinute }
        guard start >= rules.start(of: today.adding(days: -1)) else { throw StartTime.tooEarly }
        guard start < rules.start(of: today.adding(days: 5 * 366)) else { throw StartTime.tooLate }
        return start
    }

    private func read(_ rules: TimeZoneRules) throws(Problem) -> Instant {
        switch (instant, day, time) {
        case (let instant?, nil, nil): return instant
        case (nil, let day?, let time?):
            switch rules.read(day, time) {
            case .once(let instant): return instant
            case .skipped(let next):
                var problem = StartTime.skipped
                problem.errors = [Problem.Member("/time", "time_skipped", problem.detail)]
                problem.extra["next"] = "\"\(next)\""
                throw problem
            case .repeated(let earlier, let later):
                var problem = StartTime.repeated
                problem.errors = [Problem.Member("/time", "time_repeated", problem.detail)]
                problem.extra["candidates"] = "[\"\(earlier)\",\"\(later)\"]"
                throw problem
            }
        default: throw StartTime.oneForm
        }
    }
}
