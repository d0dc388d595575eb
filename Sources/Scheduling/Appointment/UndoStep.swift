import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Takes the last step back. One that was cancelled takes its time again, if nobody has it and it was not blocked meanwhile.
struct UndoStep {
    let id: AppointmentID
    let tenancy: Tenancy

    static let notCanceller = Problem.forbidden(
        "booking_denied",
        "Taking a cancellation back books the time again: it needs appointments.book."
    )

    func run(_ work: Work) async throws -> Appointment {
        let answers = try await work.query([
            AppointmentStore.locked(id), AppointmentTypeStore.of(id), ResourceStore.these([], orOf: id), PatronStore.of(id),
            RepairQuestionStore.accepted(about: id),
        ])
        guard let row = answers[0].first, let type = try answers[1].first.map(AppointmentTypeStore.type),
            let patron = try answers[3].first.map(PatronStore.patron)
        else { throw Problem.notFound }
        let old = try AppointmentStore.appointment(row)
        try work.expect(old.version)
        var (new, step) = try old.undone(at: work.now)
        if step == .cancel {
            guard work.caller.may(.appointmentsBook, at: work.location) else { throw UndoStep.notCanceller }
            try await takeAgain(old, type, try answers[2].map(ResourceStore.resource), patron, work)
        }
        // A confirmation that was a slip accepted nothing; what was changed since rests on it.
        if step == .confirm, old.updatedAt == old.confirmedAt, var question = try answers[4].first.map(RepairQuestionStore.question),
            question.answeredAt == old.confirmedAt
        {
            question.reopen(work)
        }
        new.version += 1
        new.updatedAt = work.now
        work.enqueue(AppointmentStore.update(new, by: work.caller.actor.id))
        work.record("undo_" + step.rawValue, from: old, to: new)
        work.audit(Act("appointment.undo", "appointment", id, patients: [new.patient], changed: ["status"]))
        work.tell(new.event("appointment.restored"))
        return new
    }

    private func takeAgain(_ old: Appointment, _ type: AppointmentType, _ resources: [Resource], _ patron: Patron, _ work: Work)
        async throws
    {
        let hours = DiaryHours(around: old.startsAt, minutes: old.minutes, work.location.rules)
        let slot = Slot(
            appointment: id,
            patron: Patron(id: old.patient, isReturning: patron.isReturning),
            resources: resources,
            type: type,
            span: old.span,
            hours: hours,
            // It was allowed when it was booked: only whose the time is now is asked, and who was blocked since.
            settled: Set(
                Obstacle.Rule.allCases.filter {
                    !$0.isTaken && $0 != .outsideAllotment && ($0 != .block || old.overridden.contains(.block))
                }
            ),
            allotments: try await AllotmentStore.read(resources, at: work.location, in: hours.window, tenancy),
            regains: true
        )
        try await slot.take(work)
    }
}

struct UndoRoutes {
    let tenancy: Tenancy

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/appointments/{appointment}/undo",
                "Takes the last step back within a day; a cancelled appointment takes its time again",
                .permission(.appointmentsCheckIn),
                body: NoDetails.shape,
                answer: Appointment.shape,
                errors: [
                    Appointment.nothingToUndo, Appointment.tooLateToUndo, UndoStep.notCanceller, SlotTaken.problem, Slot.resourceGone,
                    Slot.outsideAllotment, NotBookable.problem, AllotmentStore.tooMany, TimetableStore.tooMuch,
                ],
                status: 200,
                version: .optional
            ) { [tenancy] call, work, _ in
                try await UndoStep(id: try call.path.id("appointment", AppointmentID.self), tenancy: tenancy).run(work)
            }
        ]
    }
}
