import Access
import Postgres
import Tenancy
import Values
import Web

/// Expands a series and looks at every occurrence: what is read for all of them is one flight.
struct PlanSeries {
    let body: SeriesBody
    let rules: TimeZoneRules
    private let zone: String
    let recurrence: Recurrence
    let occurrences: [Recurrence.Occurrence]
    /// Around each occurrence: what is read of what is taken.
    let windows: [InstantRange]
    /// From the first of them to the last, and the days around them.
    let whole: InstantRange

    /// What was found of the ids, and what never changes under the locks.
    struct Found: Sendable {
        let type: AppointmentType
        let patron: Patron
        let cast: Cast
    }

    /// More than can be looked at together.
    static let limits = [OccupancyStore.tooMuch, AllotmentStore.tooMany, TimetableStore.tooMuch]

    static let tooEarly = Problem.invalid("/start_day", "too_early", "It may begin yesterday at the earliest.")
    static let tooLate = Problem.invalid("/rule", "too_late", "Its last occurrence may be five years from now at the latest.")

    /// Errors: those of a recurrence; `too_early`, `too_late`.
    init(_ body: SeriesBody, at location: Location, now: Instant) throws(Problem) {
        self.body = body
        let rules = location.rules
        self.rules = rules
        zone = location.timeZone.name
        let today = rules.wallClock(at: now).day
        guard body.startDay >= today.adding(days: -1) else { throw PlanSeries.tooEarly }
        recurrence = try Recurrence(
            try RecurrenceRule(body.rule),
            start: body.startDay,
            time: body.time,
            exceptions: body.exceptions,
            extraDays: body.extraDays,
            limits: Series.limits
        )
        occurrences = try recurrence.occurrences(rules, limits: Series.limits)
        guard let last = occurrences.last, last.day < today.adding(days: 5 * 366) else { throw PlanSeries.tooLate }
        let minutes = body.minutes ?? AppointmentType.minutesRange.upperBound
        windows = occurrences.map { DiaryHours(around: $0.reading.first, minutes: minutes, rules).window }
        guard let whole = windows.whole else { throw PlanSeries.tooLate }
        self.whole = whole.widened(by: NearbyDays.margin)
    }

    private var resources: [ResourceID] { [body.provider.resource] + body.resources }
    private var holders: [UUID] { resources.map(\.uuid) + [body.patient.uuid] }

    /// What is looked at without locks; `found` and `look` read the answers.
    func statements(at now: Instant) -> [Statement] {
        [
            AppointmentTypeStore.one(body.type), PatronStore.one(body.patient), ResourceStore.these(resources),
            OccupancyStore.taken(holders, inAny: windows, at: now), TimetableStore.of(resources.map(\.uuid), in: whole),
        ]
    }

    func found(_ answers: [Rows]) throws -> Found {
        let asked = Asked(type: body.type, patient: body.patient, provider: body.provider, further: body.resources)
        let (type, patron, cast) = try asked.found(answers)
        guard let patron else { throw Problem.notFound }
        return Found(type: type, patron: patron, cast: cast)
    }

    func minutes(_ found: Found) -> Int { body.minutes ?? found.type.minutes }

    /// Everything that was looked up, put together; `read` reads what is taken on the days around those that have no place on their own.
    func look(
        _ found: Found,
        taken: [Occupancy],
        _ timetable: Timetable,
        _ allotments: [ResourceID: [InstantRange]],
        _ ids: [AppointmentID],
        at now: Instant,
        _ read: (Statement) async throws -> Rows
    ) async throws -> SeriesPlan {
        var empty = Agenda([], timetable, now: now)
        empty.allotments = allotments
        let plan = try look(found, taken, empty, ids)
        guard body.choice != .skip else { return plan }
        let nearby = NearbyDays(plan, excepted: body.exceptions, rules, now: now)
        guard !nearby.isEmpty, let taken = try await nearby.taken(holders, windows, at: now, read) else { return plan }
        return try look(found, taken, empty, ids, nearby)
    }

    private func look(_ found: Found, _ taken: [Occupancy], _ empty: Agenda, _ ids: [AppointmentID], _ nearby: NearbyDays? = nil) throws
        -> SeriesPlan
    {
        var agenda = Agenda(taken, empty.timetable, now: empty.now)
        agenda.allotments = empty.allotments
        var planned: [PlannedOccurrence] = []
        for (index, occurrence) in occurrences.enumerated() {
            planned.append(
                try PlannedOccurrence(
                    ordinal: index + 1,
                    appointment: ids[index],
                    day: occurrence.day,
                    time: occurrence.time,
                    isExtra: occurrence.isExtra,
                    occurrence.reading,
                    minutes: minutes(found)
                )
            )
        }
        var plan = SeriesPlan(
            timeZone: zone,
            occurrences: planned,
            strayExceptions: try recurrence.strayExceptions(rules, limits: Series.limits)
        )
        plan.look(&agenda, proposing: body.choice != .skip, nearby: nearby) { want($0.appointment, found) }
        return plan
    }

    func want(_ appointment: AppointmentID, _ found: Found) -> Want {
        Want(appointment: appointment, patron: found.patron, resources: found.cast.all, type: found.type)
    }
}

/// The table of a series that nobody has booked: what would happen to each occurrence.
struct PreviewSeries {
    let body: SeriesBody
    let call: Call

    func run() async throws -> SeriesPlan {
        let location = try call.location
        let series = try PlanSeries(body, at: location, now: call.now)
        let answers = try await call.tenancy.read(location, lazily: true) { tx in
            tx.audit(
                Act("series.preview", "appointment_type", body.type, patients: [body.patient]),
                by: call.caller,
                at: call.now,
                ambient: call.ambient
            )
            return try await tx.query(series.statements(at: call.now))
        }
        let found = try series.found(answers)
        let plan = try await series.look(
            found,
            taken: try OccupancyStore.all(answers[3]),
            try TimetableStore.timetable(answers[4], location.rules),
            try await AllotmentStore.read(found.cast.all, at: location, in: series.whole, call.tenancy),
            series.occurrences.map { _ in call.ambient.id() },
            at: call.now
        ) { statement in
            try await call.tenancy.read(location, statement)
        }
        return plan.shown(withAppointments: call.may(.appointmentsRead))
    }
}
