import Postgres
import Values

/// The days around the occurrences of a series that find no place on their own: each may go to the nearest of them that has one, at the same time
/// on the clocks or as near to it as can be; of two days equally far to the one that keeps the time better, then to the earlier. None goes onto the
/// day of another occurrence, past it, to a day that was excepted, or into the past. Pure, but for what is read.
struct NearbyDays: Sendable {
    /// As many days either way: within a week, so that a weekly visit stays in its week.
    static let reach = 6
    /// Hours and blocks of as many minutes around a series are read, whatever the clocks do.
    static let margin = (reach + 1) * 1440

    let rules: TimeZoneRules
    let today: Day
    private let excepted: Set<Day>
    /// Days of occurrences, and of places that were found for some.
    private var kept: [Day]
    /// Those whose days are read.
    private let seekers: [AppointmentID: Seeker]

    private struct Seeker {
        let days: ClosedRange<Day>
        let minutes: Int
    }

    /// - Parameters:
    ///   - plan: Looked at with each on its own day.
    ///   - others: Days of appointments of the series that are not in the plan.
    init(_ plan: SeriesPlan, others: [Day] = [], excepted: [Day], _ rules: TimeZoneRules, now: Instant) {
        self.rules = rules
        self.excepted = Set(excepted)
        today = rules.wallClock(at: now).day
        let kept = plan.occurrences.map(\.day) + others
        self.kept = kept
        var seekers: [AppointmentID: Seeker] = [:]
        for one in plan.occurrences where one.state != .free && one.proposed == nil {
            let days = NearbyDays.days(around: one.day, among: kept, notBefore: today)
            if days.lowerBound < days.upperBound { seekers[one.appointment] = Seeker(days: days, minutes: one.minutes) }
        }
        self.seekers = seekers
    }

    /// Whether nobody needs them.
    var isEmpty: Bool { seekers.isEmpty }

    /// What is taken on them and in these windows; nil when it is more than can be looked at together: then each keeps to its own day.
    func taken(
        _ holders: [UUID],
        _ windows: [InstantRange],
        at now: Instant,
        _ read: (Statement) async throws -> Rows
    ) async throws -> [Occupancy]? {
        let around = seekers.values.map { seeker in
            let first = DiaryHours(around: rules.start(of: seeker.days.lowerBound), minutes: seeker.minutes, rules).window
            // One that begins late ends on the day after.
            let last = rules.start(of: seeker.days.upperBound.adding(days: 1)).adding(minutes: seeker.minutes)
            return InstantRange(first.start, last.adding(minutes: AppointmentType.bufferRange.upperBound)) ?? first
        }
        let rows = try await read(OccupancyStore.taken(holders, inAny: windows + around, at: now))
        return rows.count < OccupancyStore.limit ? try OccupancyStore.all(rows) : nil
    }

    /// Where one goes that has no place on its own day; its day is another's no more.
    mutating func place(of one: PlannedOccurrence, _ want: Want, _ agenda: Agenda) -> InstantRange? {
        guard seekers[one.appointment] != nil else { return nil }
        let days = NearbyDays.days(around: one.day, among: kept, notBefore: today)
        for distance in 1...NearbyDays.reach {
            let found = [-distance, distance].map { one.day.adding(days: $0) }.filter { days.contains($0) && !excepted.contains($0) }
                .compactMap { day in agenda.nearest(want, at: one.time, minutes: one.minutes, on: day).map { (day: day, place: $0) } }
            // The first of those that are equally near, which is the earlier.
            guard let best = found.min(by: { $0.place.off < $1.place.off }) else { continue }
            kept.append(best.day)
            return best.place.span
        }
        return nil
    }

    /// From the day after the occurrence before until the day before the next, its own among them.
    private static func days(around day: Day, among kept: [Day], notBefore today: Day) -> ClosedRange<Day> {
        var first = max(day.adding(days: -reach), min(day, today))
        var last = day.adding(days: reach)
        for other in kept {
            if other < day { first = max(first, other.adding(days: 1)) } else if other > day { last = min(last, other.adding(days: -1)) }
        }
        return min(first, day)...max(last, day)
    }
}
