import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Books a series: look at everything without locks, lock, look again and take, save. As many flights as for one appointment and one more,
/// however many occurrences there are; each look is one more where some find no place on their own day.
struct BookSeries {
    let body: SeriesBody
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Series {
        let plan = try PlanSeries(body, at: work.location, now: work.now)
        let showsAppointments = work.caller.may(.appointmentsRead, at: work.location)
        let answers = try await work.query(plan.statements(at: work.now))
        let found = try plan.found(answers)
        let timetable = try TimetableStore.timetable(answers[4], work.location.rules)
        let allotments = try await AllotmentStore.read(found.cast.all, at: work.location, in: plan.whole, tenancy)
        let ids = plan.occurrences.map { _ in work.id(AppointmentID.self) }
        // Who comes too late hears so at once and queues for nothing.
        let first = try OccupancyStore.all(answers[3])
        _ = try await plan.look(found, taken: first, timetable, allotments, ids, at: work.now) { try await work.query($0) }
            .places(body.choice, showsAppointments: showsAppointments)

        let many = TakeMany(
            resources: found.cast.all.map(\.id),
            patients: [found.patron.id],
            windows: plan.windows,
            margin: NearbyDays.margin
        )
        let (taken, hours) = try await many.lock(work)
        let looked = try await plan.look(found, taken: taken, hours, allotments, ids, at: work.now) { try await work.query($0) }
        let places = try looked.places(body.choice, showsAppointments: showsAppointments)
        let booked = zip(looked.occurrences, places).compactMap { occurrence, place in
            place.map { (want: plan.want(occurrence.appointment, found), span: $0) }
        }
        try await TakeMany.take(booked, work)
        return save(looked, places, plan, found, work)
    }

    private func save(
        _ looked: SeriesPlan,
        _ places: [InstantRange?],
        _ plan: PlanSeries,
        _ found: PlanSeries.Found,
        _ work: Work
    ) -> Series {
        let entries = zip(looked.occurrences, places).map { occurrence, place in
            Series.Entry(
                ordinal: occurrence.ordinal,
                day: occurrence.day,
                outcome: place == nil ? .skipped : occurrence.state == .free ? .booked : .shifted,
                appointment: place == nil ? nil : occurrence.appointment
            )
        }
        let series = Series(
            id: work.id(),
            patient: found.patron.id,
            type: found.type.id,
            provider: body.provider,
            resources: found.cast.uses.map(\.id),
            rule: body.rule,
            startDay: body.startDay,
            time: body.time,
            minutes: plan.minutes(found),
            exceptions: body.exceptions,
            extraDays: body.extraDays,
            timeZone: work.location.timeZone.name,
            choice: body.choice,
            entries: entries,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        let actor = work.caller.actor.id
        let appointments = zip(looked.occurrences, places).compactMap { occurrence, place in
            place.map {
                Appointment(occurrence.appointment, found.patron.id, found.type, found.cast, at: $0, note: body.note, work)
            }
        }
        for appointment in appointments {
            work.enqueue(AppointmentStore.insert(appointment, by: actor))
            work.tell(appointment.event("appointment.booked"))
        }
        for statement in SeriesStore.insert(series, by: actor) { work.enqueue(statement) }
        work.audit(Act("series.book", "series", series.id, patients: [found.patron.id], objects: appointments.map(\.id.uuid)))
        return series
    }
}

extension Appointment {
    /// One that is booked now.
    init(
        _ id: AppointmentID,
        _ patient: PatientID,
        _ type: AppointmentType,
        _ cast: Cast,
        at span: InstantRange,
        note: String?,
        _ work: Work
    ) {
        let clock = work.location.rules.wallClock(at: span.start)
        self.init(
            id: id,
            patient: patient,
            type: type.id,
            typeName: type.name,
            provider: ProviderID(cast.provider.id.uuid),
            providerName: cast.provider.name,
            resources: cast.uses,
            span: span,
            timeZone: work.location.timeZone.name,
            day: clock.day,
            time: clock.time,
            status: .booked,
            note: note,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
    }
}
