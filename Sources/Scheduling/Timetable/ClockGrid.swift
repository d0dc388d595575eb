import Values

/// The moments at which clocks show a multiple of so many minutes of the day: both where an hour is shown twice, none where it is skipped
/// (DESIGN L6). Asking a zone's rules is dear: one is made for a search.
struct ClockGrid: Sendable {
    private let clock: DayClock
    private let seconds: Int64
    /// Of days that are not 24 hours long.
    private let odd: [Day: [Int64]]

    /// - Parameter step: In minutes, 1 or more.
    init(_ clock: DayClock, step: Int, _ rules: TimeZoneRules) {
        self.clock = clock
        seconds = Int64(max(1, step)) * 60
        var odd: [Day: [Int64]] = [:]
        for day in clock.days where clock.span(of: day).end.seconds(since: clock.span(of: day).start) != 86_400 {
            odd[day] = stride(from: 0, to: DayPart.day, by: max(1, step)).compactMap { TimeOfDay(minutes: $0) }.flatMap { time in
                switch rules.read(day, time) {
                case .once(let moment): [moment]
                case .repeated(let earlier, let later): [earlier, later]
                case .skipped: [Instant]()
                }
            }.map { $0.wholeSeconds(roundedUp: true) }.sorted()
        }
        self.odd = odd
    }

    /// The first one that is not before a second.
    func next(_ second: Int64) -> Int64 {
        let day = clock.day(at: Instant(seconds: second))
        let whole = clock.span(of: day)
        let (start, end) = (whole.start.wholeSeconds(roundedUp: true), whole.end.wholeSeconds(roundedUp: true))
        if let moments = odd[day] {
            if let moment = moments.first(where: { $0 >= second }) { return moment }
        } else {
            let over = (second - start) % seconds
            let moment = over == 0 ? second : second + seconds - over
            if moment < end || second >= end { return moment }
        }
        // Each day's begin at its own midnight.
        return second < end && end < clock.whole.end.wholeSeconds(roundedUp: true) ? next(end) : max(second, end)
    }

    /// All of one day, in order.
    func moments(of day: Day) -> [Int64] {
        if let moments = odd[day] { return moments }
        let whole = clock.span(of: day)
        return Array(stride(from: whole.start.wholeSeconds(roundedUp: true), to: whole.end.wholeSeconds(roundedUp: true), by: Int(seconds)))
    }
}
