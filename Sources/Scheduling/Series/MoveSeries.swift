import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Moves this occurrence, this and the following, or all that are not over, in time, to another provider or to other rooms; what the body does not
/// name each keeps. The wall clock that is asked for holds on each day. What they have now is no obstacle to each other, unless it stays where it is.
struct MoveSeries {
    let id: SeriesID
    let body: MoveSeriesBody
    let tenancy: Tenancy

    /// One that is to move.
    private struct Move {
        let old: Appointment
        let cast: Cast
        let new: SeriesMoves.One

        var keepsCast: Bool {
            cast.provider.id == old.provider.resource && Set(cast.further.map(\.id)) == Set(old.resources.map(\.id))
        }
    }

    static let nothingAsked = Problem.invalid("nothing_to_change", "Send days, time, minutes, provider_id or resource_ids.")
    static let tooEarly = Problem.invalid("/days", "too_early", "Each may begin yesterday at the earliest.")
    static let tooLate = Problem.invalid("/days", "too_late", "Each may begin five years from now at the latest.")

    func run(_ work: Work) async throws -> SeriesEdit {
        guard !changed.isEmpty else { throw MoveSeries.nothingAsked }
        let ordinals = try body.scope.ordinals()
        let appointments = SeriesStore.appointments(id, ordinals)
        let answers = try await work.query([
            SeriesStore.locked(id), AppointmentStore.locked(appointments),
            AppointmentTypeStore.chosen(SeriesStore.type(of: id)),
            PatronStore.chosen(SeriesStore.patient(of: id)), ResourceStore.these(named, orUsedBy: appointments), SeriesStore.days(of: id),
        ])
        guard var series = try answers[0].first.map(SeriesStore.series), let type = try answers[2].first.map(AppointmentTypeStore.type),
            let patron = try answers[3].first.map(PatronStore.patron)
        else { throw Problem.notFound }
        try work.expect(series.version)
        let open = try answers[1].map(AppointmentStore.appointment).filter {
            $0.startsAt > work.now && Appointment.Step.move.allowed.contains($0.status)
        }
        guard !open.isEmpty else { throw SeriesScope.nothingLeft }
        let resources = try answers[4].map(ResourceStore.resource)
        let moves = try open.map { try move($0, series, type, patron, resources, work) }.sorted {
            $0.new.planned.ordinal < $1.new.planned.ordinal
        }
        let windows = moves.map(\.new.planned).map { DiaryHours(around: $0.span.start, minutes: $0.minutes, work.location.rules).window }
        let used = Set(open.flatMap(\.allResources))
        let many = TakeMany(
            resources: used.union(named).sorted(),
            patients: Array(Set(open.map(\.patient))).sorted(),
            windows: windows + open.map(\.span),
            margin: NearbyDays.margin
        )
        let (taken, timetable) = try await many.lock(work, kept: used)
        var agenda = Agenda([], timetable, now: work.now)
        if let whole = windows.whole {
            agenda.allotments = try await AllotmentStore.read(
                resources,
                at: work.location,
                in: whole.widened(by: NearbyDays.margin),
                tenancy
            )
        }
        var together = SeriesMoves(
            all: moves.map(\.new),
            taken: taken,
            empty: agenda,
            timeZone: work.location.timeZone.name,
            choice: body.choice,
            showsAppointments: work.caller.may(.appointmentsRead, at: work.location)
        )
        if body.choice != .skip {
            let moving = Set(open.map(\.id))
            let others = try answers[5].decode((AppointmentID, Day).self).filter { !moving.contains($0.0) }.map(\.1)
            let nearby = NearbyDays(together.plan(), others: others, excepted: series.exceptions, work.location.rules, now: work.now)
            if !nearby.isEmpty, let taken = try await nearby.taken(many.holders, many.windows, at: work.now, { try await work.query($0) }) {
                together.taken = taken
                together.nearby = nearby
            }
        }
        let (looked, places) = try together.places()
        return try await save(moves, looked, places, &series, work)
    }

    private func move(
        _ old: Appointment,
        _ series: Series,
        _ type: AppointmentType,
        _ patron: Patron,
        _ resources: [Resource],
        _ work: Work
    ) throws(Problem) -> Move {
        let cast = try cast(old, type, resources)
        let day = old.day.adding(days: body.days)
        guard day >= work.today.adding(days: -1) else { throw MoveSeries.tooEarly }
        guard day < work.today.adding(days: 5 * 366) else { throw MoveSeries.tooLate }
        let time = body.time ?? old.time
        // Where neither is asked for, it begins when it does: it may be the later of two moments the clocks show alike.
        let isSame = day == old.day && time == old.time
        var settled = MoveAppointment.settled(from: old.provider, to: body.provider ?? old.provider)
        if isSame { settled.formUnion([.leadTime, .horizon]) }
        let want = Want(
            appointment: old.id,
            patron: Patron(id: old.patient, isReturning: patron.isReturning),
            resources: cast.all,
            type: type,
            settled: settled
        )
        let planned = try PlannedOccurrence(
            ordinal: series.entries.first { $0.appointment == old.id }?.ordinal ?? 1,
            appointment: old.id,
            day: day,
            time: time,
            isExtra: false,
            isSame ? .once(old.startsAt) : work.location.rules.read(day, time),
            minutes: body.minutes ?? old.minutes
        )
        return Move(old: old, cast: cast, new: SeriesMoves.One(want: want, planned: planned))
    }

    private var named: [ResourceID] { (body.provider.map { [$0.resource] } ?? []) + (body.resources ?? []) }

    /// Errors: as of one appointment that moves.
    private func cast(_ old: Appointment, _ type: AppointmentType, _ found: [Resource]) throws(Problem) -> Cast {
        var errors: [Problem.Member] = []
        let cast = Cast(
            provider: body.provider ?? old.provider,
            further: body.resources ?? old.resources.map(\.id),
            found: found,
            kept: Set(old.allResources),
            &errors
        )
        if let cast, body.resources != nil { errors += cast.missing(for: type) }
        guard let cast, errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        return cast
    }

    private func save(_ moves: [Move], _ looked: SeriesPlan, _ places: [InstantRange?], _ series: inout Series, _ work: Work)
        async throws -> SeriesEdit
    {
        let moving = zip(moves, places).compactMap { move, place in place.map { (move: move, span: $0) } }.filter {
            $0.span != $0.move.old.span || !$0.move.keepsCast
        }
        try await TakeMany.take(
            moving.map { (want: $0.move.new.want, span: $0.span) },
            freeing: moving.map(\.move.old.id),
            work
        )
        for (move, span) in moving {
            var new = move.old
            new.span = span
            new.provider = ProviderID(move.cast.provider.id.uuid)
            new.providerName = move.cast.provider.name
            new.resources = move.cast.uses
            (new.day, new.time) = work.location.rules.wallClock(at: span.start)
            new.timeZone = work.location.timeZone.name
            new.overridden = []
            new.overrideCode = nil
            new.overrideText = nil
            new.version += 1
            new.updatedAt = work.now
            work.enqueue(AppointmentStore.update(new, by: work.caller.actor.id))
            work.record(Appointment.Step.move.rawValue, from: move.old, to: new)
            work.tell(new.event("appointment.moved", previousDay: new.day == move.old.day ? nil : move.old.day))
        }
        if body.scope.reach == .all {
            series.time = body.time ?? series.time
            series.minutes = body.minutes ?? series.minutes
            series.provider = body.provider ?? series.provider
            series.resources = body.resources?.sorted() ?? series.resources
        }
        series.version += 1
        series.updatedAt = work.now
        work.enqueue(SeriesStore.update(series, by: work.caller.actor.id))
        work.audit(
            Act(
                "series.move",
                "series",
                id,
                patients: [series.patient],
                changed: changed,
                objects: moving.map(\.move.old.id.uuid)
            )
        )
        let showsAppointments = work.caller.may(.appointmentsRead, at: work.location)
        return SeriesEdit(
            series: series,
            changed: moving.map(\.move.old.id),
            left: zip(looked.occurrences, places).filter { $0.1 == nil }.map { $0.0.shown(withAppointments: showsAppointments) }
        )
    }

    /// What is asked for.
    private var changed: [String] {
        (body.days == 0 && body.time == nil ? [] : ["starts_at"]) + (body.minutes == nil ? [] : ["minutes"])
            + (body.provider == nil ? [] : ["provider_id"]) + (body.resources == nil ? [] : ["resource_ids"])
    }
}
