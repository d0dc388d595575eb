import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Makes an appointment of a hold: its time is its own already, so nobody can have come before. Errors: `hold_expired`, `hold_used`,
/// `hold_for_waitlist`.
struct ConfirmHold {
    let id: HoldID
    let body: ConfirmHoldBody

    func run(_ work: Work) async throws -> Appointment {
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
        try await claim(hold, patron, type, cast, work)
        let clock = work.location.rules.wallClock(at: hold.startsAt)
        let appointment = Appointment(
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
        work.enqueue(AppointmentStore.insert(appointment, by: work.caller.actor.id))
        work.enqueue(HoldStore.use(id, at: work.now))
        work.audit(Act("appointment.book", "appointment", appointment.id, patients: [patron.id], objects: [id.uuid]))
        work.tell(appointment.event("appointment.booked"))
        return appointment
    }

    /// The time is kept for good; whoever was not named before takes theirs as well.
    private func claim(_ hold: Hold, _ patron: Patron, _ type: AppointmentType, _ cast: Cast, _ work: Work) async throws {
        var statements: [Statement] = []
        let theirs = Demand(patient: patron.id)
        if hold.patient == nil {
            let now = work.now
            let showsAppointments = work.caller.may(.appointmentsRead, at: work.location)
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
            let answers = try await work.query([OccupancyStore.keep(hold.appointment, at: work.now)] + statements)
            // Somebody whose clock is ahead may have taken the time of a hold in its last moment.
            guard answers[0].count == cast.all.count + (hold.patient == nil ? 0 : 1) else { throw Hold.expired }
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            throw SlotTaken.problem
        }
    }
}
