import Access
import Jobs
import Postgres
import Synchronization
import Tenancy
import Values
import Web

/// Makes an appointment of a hold: its time is its own already, so nobody can have come before. But hours and blocks may have been set since: they are
/// looked at again under the locks, as a booking does. Errors: `hold_expired`, `hold_used`, `hold_for_waitlist`, `not_bookable`.
struct ConfirmHold {
    let id: HoldID
    let body: ConfirmHoldBody

    func run(_ work: Work) async throws -> Appointment {
        let reason = try body.override?.reason(work)
        let answers = try await work.query([
            HoldStore.locked(id), HoldStore.type(of: id), HoldStore.patron(of: id, or: body.patient), HoldStore.resources(of: id),
        ])
        guard let hold = try answers[0].first.map(HoldStore.hold) else { throw Problem.notFound }
        guard !hold.isForWaitlist else { throw Hold.forWaitlist }
        try hold.check(at: work.now)
        guard hold.patient == nil || body.patient == nil || body.patient == hold.patient else { throw Hold.otherPatient }
        guard hold.patient != nil || body.patient != nil else { throw Hold.patientMissing }
        let (type, found, cast) = try Asked(
            type: hold.type,
            patient: hold.patient ?? body.patient,
            provider: hold.provider,
            further: hold.resources
        )
        .found([answers[1], answers[2], answers[3]])
        guard let patron = found else { throw Problem.notFound }
        let standing = type.standing(for: patron)
        guard standing.isEmpty else { throw NotBookable.problem(standing, alternatives: [], showsAppointments: false) }
        let overridden = try await claim(hold, patron, type, cast, overrides: reason != nil, work)
        let clock = work.location.rules.wallClock(at: hold.startsAt)
        var appointment = Appointment(
            id: hold.appointment,
            patient: patron.id,
            type: type.id,
            typeName: type.name,
            provider: hold.provider,
            providerName: cast.provider.name,
            resources: cast.uses,
            span: hold.span,
            timeZone: work.location.timeZone.name,
            day: clock.day,
            time: clock.time,
            status: .booked,
            note: body.note,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        if let reason, !overridden.isEmpty { appointment.override(overridden, reason, work) }
        work.enqueue(AppointmentStore.insert(appointment, by: work.caller.actor.id))
        work.enqueue(HoldStore.use(id, at: work.now))
        work.audit(Act("appointment.book", "appointment", appointment.id, patients: [patron.id], objects: [id.uuid]))
        work.tell(appointment.event("appointment.booked"))
        return appointment
    }

    /// The time is kept for good; whoever was not named before takes theirs as well. The rules that are set aside.
    private func claim(_ hold: Hold, _ patron: Patron, _ type: AppointmentType, _ cast: Cast, overrides: Bool, _ work: Work) async throws
        -> [Obstacle.Rule]
    {
        let (now, rules) = (work.now, work.location.rules)
        let showsAppointments = work.caller.may(.appointmentsRead, at: work.location)
        let minutes = Int(clamping: hold.span.end.seconds(since: hold.span.start) / 60)
        let window = DiaryHours(around: hold.startsAt, minutes: minutes, rules).window
        let ids = cast.all.map(\.id)
        let verdict = SlotVerdict()
        work.tx.prelude([OccupancyStore.lock(ids), TimetableStore.of(ids.map(\.uuid), in: window)]) { answers in
            let rulebook = Rulebook(
                type: type,
                patron: patron,
                cast: cast.all,
                timetable: try TimetableStore.timetable(answers[1], rules),
                diary: Diary([], in: window),
                now: now
            )
            let obstacles = rulebook.ofHours(hold.span) + rulebook.ofBlocks(hold.span)
            guard obstacles.isEmpty || overrides else {
                throw NotBookable.problem(obstacles, alternatives: [], showsAppointments: showsAppointments)
            }
            verdict.overridden.withLock { $0 = Set(obstacles.map(\.rule)).sorted { $0.rawValue < $1.rawValue } }
        }
        var statements: [Statement] = []
        let theirs = Demand(patient: patron.id)
        if hold.patient == nil {
            work.tx.prelude([
                OccupancyStore.lock(patron.id), OccupancyStore.clearExpired([patron.id.uuid], at: now),
                OccupancyStore.taken([patron.id.uuid], in: hold.span, at: now),
            ]) { answers in
                let taken = try OccupancyStore.all(answers[2])
                guard taken.isEmpty else {
                    throw SlotTaken.problem(taken, alternatives: [], patient: patron.id, showsAppointments: showsAppointments)
                }
            }
            statements.append(OccupancyStore.take([theirs], for: hold.span, by: hold.appointment, type.id))
        }
        do {
            let answers = try await work.query([OccupancyStore.keep(hold.appointment, at: now)] + statements)
            // Somebody whose clock is ahead may have taken the time of a hold in its last moment.
            guard answers[0].count == cast.all.count + (hold.patient == nil ? 0 : 1) else { throw Hold.expired }
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            throw SlotTaken.problem
        }
        return verdict.overridden.withLock { $0 }
    }
}
