import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Makes a link for a question; a newer one replaces it. Errors: `answer_used`, `answer_expired`, `answer_withdrawn`.
struct MakeRepairQuestionLink {
    let id: RepairQuestionID

    func run(_ work: Work) async throws -> RepairQuestionLink {
        let row = try await work.query(RepairQuestionStore.locked(id)).first
        guard let question = try row.map(RepairQuestionStore.question) else { throw Problem.notFound }
        try question.check(at: work.now)
        let token = PlacedToken(.repair, at: work.location.id, work.ambient)
        work.enqueue(RepairQuestionStore.link(id, token.hash, at: work.now, by: work.caller.actor.id))
        work.audit(Act("repair.link", "repair_question", id, patients: [question.patient]))
        return RepairQuestionLink(question: id, token: token.text, expiresAt: question.answerBy)
    }
}

/// Takes the answer of whoever has the link, once. Who declines gives the appointment up, and not late: they were moved without being asked.
struct AnswerRepairQuestion {
    let token: PlacedToken
    let accepts: Bool

    static let declined = "repair_declined"

    /// Errors: `not_found`, `answer_used`, `answer_expired`, `answer_withdrawn`.
    func run(_ work: Work) async throws -> AnsweredRepairQuestion {
        let answers = try await work.query([
            RepairQuestionStore.lockAppointment(ofLink: token.hash), RepairQuestionStore.locked(of: token.hash),
        ])
        guard var question = try answers[1].first.map(RepairQuestionStore.question) else { throw Problem.notFound }
        try question.check(at: work.now)
        question.status = accepts ? .accepted : .declined
        question.answeredAt = work.now
        work.enqueue(RepairQuestionStore.close(question, at: work.now, by: work.caller.actor.id))
        work.audit(
            Act(
                "repair.answer",
                "repair_question",
                question.id,
                patients: [question.patient],
                changed: ["status"],
                objects: [question.appointment.uuid]
            )
        )
        work.tell(question.event("repair.answered", at: work.location, ["answer": question.status.rawValue]))
        if !accepts {
            var cancel = CancelAppointmentBody()
            cancel.reason = AnswerRepairQuestion.declined
            _ = try await CancelAppointment(id: question.appointment, body: cancel, lateWithinHours: 0).run(work)
        }
        return AnsweredRepairQuestion(accepted: accepts, answeredAt: work.now)
    }
}
