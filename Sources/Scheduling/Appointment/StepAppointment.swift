import Access
import Jobs
import Postgres
import Values

/// Takes one step in an appointment's life that changes nothing but itself: two flights.
struct StepAppointment {
    let id: AppointmentID
    let step: Appointment.Step
    let event: String
    /// Asked when the appointment is locked, in the same flight.
    var also: Statement?

    /// `apply` sets what the step leaves behind, besides the status; `then` adds statements of its own. `isEnough`: what it does itself is all there is
    /// to do. The two are given what was asked as well.
    func run(
        _ work: Work,
        isEnough: (Appointment, Rows?) throws -> Bool = { _, _ in false },
        apply: (inout Appointment) -> Void = { _ in },
        then: (Appointment, Rows?) throws -> Void = { _, _ in }
    ) async throws -> Appointment {
        let answers = try await work.query([AppointmentStore.locked(id)] + (also.map { [$0] } ?? []))
        guard let row = answers[0].first else { throw Problem.notFound }
        let old = try AppointmentStore.appointment(row)
        try work.expect(old.version)
        let asked = also.map { _ in answers[1] }
        guard try !isEnough(old, asked) else { return old }
        var new = old
        new.status = try old.status(after: step)
        try old.isTime(for: step, at: work.now)
        new.set(step, at: work.now)
        apply(&new)
        new.version += 1
        new.updatedAt = work.now
        try then(new, asked)
        work.enqueue(AppointmentStore.update(new, by: work.caller.actor.id))
        work.record(step.rawValue, from: old, to: new)
        work.audit(Act("appointment." + step.rawValue, "appointment", id, patients: [new.patient], changed: ["status"]))
        work.tell(new.event(event))
        return new
    }
}

/// Cancels: its time is free again at once.
struct CancelAppointment {
    let id: AppointmentID
    let body: CancelAppointmentBody
    /// A cancellation less than so many hours before the start is late.
    let lateWithinHours: Int

    func run(_ work: Work) async throws -> Appointment {
        try await StepAppointment(id: id, step: .cancel, event: "appointment.cancelled").run(
            work,
            apply: { appointment in
                appointment.cancelReason = body.reason
                appointment.cancelNote = body.note
                appointment.cancelledLate = appointment.startsAt.seconds(since: work.now) < Int64(lateWithinHours) * 3600
            },
            then: { _, _ in work.enqueue(OccupancyStore.free(id)) }
        )
    }
}

/// Confirms: whoever says they will come accepts what a repair asked of them, and no link takes it back behind the staff's back. Who had confirmed
/// before the repair only accepts.
struct ConfirmAppointment {
    let id: AppointmentID

    func run(_ work: Work) async throws -> Appointment {
        let open = RepairQuestionStore.open(about: id)
        return try await StepAppointment(id: id, step: .confirm, event: "appointment.confirmed", also: open).run(
            work,
            isEnough: { old, asked in try old.status == .confirmed && accept(asked, about: old, work) },
            then: { new, asked in _ = try accept(asked, about: new, work) }
        )
    }

    /// False without a question that waits for an answer.
    private func accept(_ asked: Rows?, about appointment: Appointment, _ work: Work) throws -> Bool {
        guard var question = try asked?.first.map(RepairQuestionStore.question),
            question.isAbout(appointment.provider, appointment.span, stands: true)
        else { return false }
        question.answer(true, by: .confirmation, work)
        return true
    }
}
