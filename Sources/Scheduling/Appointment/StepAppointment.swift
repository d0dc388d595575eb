import Access
import Jobs
import Postgres
import Values

/// Takes one step in an appointment's life that changes nothing but itself: two flights.
struct StepAppointment {
    let id: AppointmentID
    let step: Appointment.Step
    let event: String

    /// `apply` sets what the step leaves behind, besides the status; `then` adds statements of its own.
    func run(_ work: Work, apply: (inout Appointment) -> Void = { _ in }, then: (Appointment) throws -> Void = { _ in }) async throws
        -> Appointment
    {
        guard let row = try await work.query(AppointmentStore.locked(id)).first else { throw Problem.notFound }
        let old = try AppointmentStore.appointment(row)
        try work.expect(old.version)
        var new = old
        new.status = try old.status(after: step)
        try old.isTime(for: step, at: work.now)
        new.set(step, at: work.now)
        apply(&new)
        new.version += 1
        new.updatedAt = work.now
        try then(new)
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
        try await StepAppointment(id: id, step: .cancel, event: "appointment.cancelled").run(work) { appointment in
            appointment.cancelReason = body.reason
            appointment.cancelNote = body.note
            appointment.cancelledLate = appointment.startsAt.seconds(since: work.now) < Int64(lateWithinHours) * 3600
        } then: { _ in
            work.enqueue(OccupancyStore.free(id))
        }
    }
}
