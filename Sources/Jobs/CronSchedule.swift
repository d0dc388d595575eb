public import Values

/// When a cron entry is due. Slots are counted from fixed points, so every worker computes the same ones without talking.
public enum CronSchedule: Sendable, Hashable {
    /// Every so many seconds since 1970, in UTC.
    case every(seconds: Int)
    case hourly(minute: Int)
    case daily(TimeOfDay)
    /// 1 is Monday.
    case weekly(weekday: Int, TimeOfDay)
    /// Days 1 to 28, which every month has.
    case monthly(day: Int, TimeOfDay)

    var isSound: Bool {
        switch self {
        case .every(let seconds): (1...86_400).contains(seconds)
        case .hourly(let minute): (0..<60).contains(minute)
        case .daily: true
        case .weekly(let weekday, _): (1...7).contains(weekday)
        case .monthly(let day, _): (1...28).contains(day)
        }
    }

    /// The latest slot that has come. A worker that was away makes up for this one only, never for all it missed.
    func latest(at now: Instant, _ rules: TimeZoneRules) -> CronSlot {
        switch self {
        case .every(let seconds): return CronSchedule.even(now, Int64(max(1, seconds)), 0, rules)
        case .hourly(let minute): return CronSchedule.even(now, 3600, Int64(minute) * 60, rules)
        case .daily(let time): return back(from: now, time, rules) { _ in true }
        case .weekly(let weekday, let time): return back(from: now, time, rules) { $0.weekday == weekday }
        case .monthly(let day, let time): return back(from: now, time, rules) { $0.parts.day == day }
        }
    }

    private static func even(_ now: Instant, _ step: Int64, _ offset: Int64, _ rules: TimeZoneRules) -> CronSlot {
        let seconds = now.seconds(since: Instant(seconds: 0)) - offset
        let instant = Instant(seconds: seconds - (seconds % step + step) % step + offset)
        return CronSlot(key: "\(instant)", day: rules.wallClock(at: instant).day, instant: instant)
    }

    /// A slot on a wall clock is named by its day: a new zone database may move it, but does not fire it twice.
    private func back(from now: Instant, _ time: TimeOfDay, _ rules: TimeZoneRules, where matches: (Day) -> Bool) -> CronSlot {
        var day = rules.wallClock(at: now).day.adding(days: 1)
        // A month has a matching day within 31; the loop is bounded in any case.
        for _ in 0..<63 {
            if matches(day) {
                let instant = CronSchedule.instant(day, time, rules)
                if instant <= now { return CronSlot(key: "\(day)", day: day, instant: instant) }
            }
            day = day.adding(days: -1)
        }
        return CronSlot(key: "\(day)", day: day, instant: rules.start(of: day))
    }

    /// A skipped time is due when the gap ends; a repeated one the first time.
    private static func instant(_ day: Day, _ time: TimeOfDay, _ rules: TimeZoneRules) -> Instant {
        switch rules.read(day, time) {
        case .once(let instant), .skipped(let instant), .repeated(let instant, _): instant
        }
    }
}

/// One firing of a cron entry.
public struct CronSlot: Sendable, Hashable {
    /// Names the slot in the job's unique key.
    public let key: String
    /// The day on the entry's wall clock.
    public let day: Day
    public let instant: Instant
}
