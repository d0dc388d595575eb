import Values
import Web

/// What the caller wants to happen to occurrences that cannot be booked at their time.
enum SeriesChoice: String, Sendable, CaseIterable {
    /// None is booked when one cannot be.
    case allOrNothing = "all_or_nothing"
    /// They are left out.
    case skip
    /// They go to the nearest opening of their day, else of the days around it (`NearbyDays`); without one nothing is booked.
    case shift
}

/// One occurrence of a series that was looked at: whether it can be booked at its time, and where else it could be.
struct PlannedOccurrence: Sendable {
    /// What the wall clock does then.
    enum Clock: String, Sendable, CaseIterable {
        case plain
        /// Clocks are put forward over its time.
        case skipped
        /// Clocks are put back over its time: it happens twice.
        case repeated
    }

    enum State: String, Sendable, CaseIterable {
        case free
        /// Somebody has the time of a resource or of the patient.
        case conflict
        /// The location is closed, a resource does not work, or time is blocked.
        case closed
        /// Another rule of the schedule is against it.
        case refused
        /// Its time does not exist that day, or twice.
        case clock
    }

    let ordinal: Int
    let appointment: AppointmentID
    let day: Day
    let time: TimeOfDay
    let isExtra: Bool
    let clock: Clock
    /// At its time; where clocks are put forward the first moment after, where they are put back the earlier of the two.
    let span: InstantRange
    var obstacles: [Obstacle] = []
    /// Where it could be instead.
    var proposed: InstantRange?

    var state: State {
        if clock != .plain { return .clock }
        if obstacles.isEmpty { return .free }
        if obstacles.contains(where: \.rule.isTaken) { return .conflict }
        return obstacles.contains { PlannedOccurrence.closing.contains($0.rule) } ? .closed : .refused
    }

    private static let closing: Set<Obstacle.Rule> = [.closed, .outsideHours, .block]

    var minutes: Int { Int(clamping: span.end.seconds(since: span.start) / 60) }

    init(ordinal: Int, appointment: AppointmentID, day: Day, time: TimeOfDay, isExtra: Bool, _ reading: WallClockReading, minutes: Int)
        throws(Problem)
    {
        self.ordinal = ordinal
        self.appointment = appointment
        self.day = day
        self.time = time
        self.isExtra = isExtra
        clock =
            switch reading {
            case .once: .plain
            case .skipped: .skipped
            case .repeated: .repeated
            }
        let start = reading.first
        guard let span = InstantRange(start, start.adding(minutes: minutes)) else { throw StartTime.tooLate }
        self.span = span
    }
}

extension WallClockReading {
    /// The first moment at which clocks show this time or a later one.
    var first: Instant {
        switch self {
        case .once(let instant), .skipped(let instant), .repeated(let instant, _): instant
        }
    }
}

/// All occurrences of a series, each looked at. Pure.
struct SeriesPlan: Sendable {
    /// The zone whose wall clock is kept.
    let timeZone: String
    var occurrences: [PlannedOccurrence]
    var strayExceptions: [Day] = []

    var freeCount: Int { occurrences.count { $0.state == .free } }

    static let problem = Problem.conflict(
        "series_not_bookable",
        "Some of the series' times cannot be booked, so none is. See occurrences for which and why; skip leaves them out, shift moves them."
    )
    /// As many are named in a refusal; a preview names all.
    private static let shown = 50

    /// Looks at each occurrence at its own time first, then for places of those that cannot be there: so that nothing that is free gives way
    /// to one that is moved.
    /// - Parameters:
    ///   - staying: Those that keep the time they have; they are in the agenda.
    ///   - proposing: Whether other places are looked for, by far the most of the work.
    ///   - nearby: The days around those that have no place on their own; nil where they were not read.
    ///   - want: nil for what nobody wants.
    mutating func look(
        _ agenda: inout Agenda,
        staying: Set<AppointmentID> = [],
        proposing: Bool = true,
        nearby: NearbyDays? = nil,
        _ want: (PlannedOccurrence) -> Want?
    ) {
        var nearby = nearby
        for index in occurrences.indices {
            guard let one = want(occurrences[index]) else { continue }
            let span = occurrences[index].span
            occurrences[index].obstacles = agenda.obstacles(to: one, at: span)
            guard occurrences[index].state == .free, !staying.contains(one.appointment) else { continue }
            agenda.take(one, at: span)
        }
        for index in occurrences.indices where proposing && occurrences[index].state != .free {
            let occurrence = occurrences[index]
            guard let one = want(occurrence), !staying.contains(one.appointment) else { continue }
            // What only the clocks are against can be at the moment that is nearest.
            let isOnlyClock = occurrence.obstacles.isEmpty && agenda.obstacles(to: one, at: occurrence.span).isEmpty
            let own: InstantRange? = isOnlyClock ? occurrence.span : agenda.nearest(one, to: occurrence.span)
            guard let place = own ?? nearby?.place(of: occurrence, one, agenda) else { continue }
            occurrences[index].proposed = place
            agenda.take(one, at: place)
        }
    }

    /// Where each is booked, and nil where it is left out. Errors: `series_not_bookable`.
    func places(_ choice: SeriesChoice, showsAppointments: Bool) throws(Problem) -> [InstantRange?] {
        let failed = occurrences.filter { $0.state != .free && (choice == .allOrNothing || choice == .shift && $0.proposed == nil) }
        guard failed.isEmpty else { throw SeriesPlan.problem(failed, showsAppointments: showsAppointments) }
        let places = occurrences.map { $0.state == .free ? $0.span : choice == .shift ? $0.proposed : nil }
        guard places.contains(where: { $0 != nil }) else { throw SeriesPlan.problem(occurrences, showsAppointments: showsAppointments) }
        return places
    }

    static func problem(_ failed: [PlannedOccurrence], showsAppointments: Bool) -> Problem {
        var problem = problem
        var writer = JSONWriter()
        writer.beginArray()
        for occurrence in failed.prefix(shown) {
            PlannedOccurrence.shape.write(occurrence.shown(withAppointments: showsAppointments), into: &writer, viewer: .everything)
        }
        writer.endArray()
        problem.extra["occurrences"] = String(decoding: writer.bytes, as: UTF8.self)
        problem.extra["refused"] = String(failed.count)
        return problem
    }

    func shown(withAppointments: Bool) -> SeriesPlan {
        var plan = self
        plan.occurrences = occurrences.map { $0.shown(withAppointments: withAppointments) }
        return plan
    }
}

extension PlannedOccurrence {
    /// As many obstacles of one occurrence are named.
    static let namedObstacles = 10

    /// The same without what the caller may not see.
    func shown(withAppointments: Bool) -> PlannedOccurrence {
        var copy = self
        copy.obstacles = obstacles.prefix(PlannedOccurrence.namedObstacles).map { $0.shown(withAppointments: withAppointments) }
        return copy
    }
}
