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
        guard let (provider, span, stands) = try answers[0].first?.decode((ProviderID, InstantRange, Bool).self),
            question.isAbout(provider, span, stands: stands)
        else { throw RepairQuestion.withdrawn }
        question.answer(accepts, by: .link, work)
        if !accepts {
            var cancel = CancelAppointmentBody()
            cancel.reason = AnswerRepairQuestion.declined
            _ = try await CancelAppointment(id: question.appointment, body: cancel, lateWithinHours: 0).run(work)
        }
        return AnsweredRepairQuestion(accepted: accepts, answeredAt: work.now)
    }
}

extension RepairQuestion {
    /// How a patient said it.
    enum Way: String {
        case link
        /// To staff, who confirmed the appointment.
        case confirmation
    }

    /// Writes down what the patient said. Its appointment is locked. Who accepts knows of it: a change after that is news to them.
    mutating func answer(_ accepts: Bool, by way: Way, _ work: Work) {
        status = accepts ? .accepted : .declined
        answeredAt = work.now
        if accepts { tell(provider, span, work) }
        work.enqueue(RepairQuestionStore.close(self, at: work.now, by: work.caller.actor.id))
        work.audit(
            Act("repair.answer", "repair_question", id, patients: [patient], changed: ["status"], objects: [appointment.uuid])
        )
        work.tell(event("repair.answered", at: work.location, ["answer": status.rawValue, "how": way.rawValue]))
    }

    /// What the patient knows from now on.
    private func tell(_ provider: ProviderID, _ span: InstantRange, _ work: Work) {
        let told = ToldAppointment(stands: true, startsAt: span.start, provider: provider)
        work.enqueue(NoticeStore.save(told, of: appointment, at: work.now))
    }

    /// Takes back an answer that the patient has not given. When the time for it is over meanwhile, nobody waits for it again.
    mutating func reopen(_ work: Work) {
        status = answerBy > work.now ? .open : .lapsed
        answeredAt = nil
        tell(previousProvider, previousSpan, work)
        work.enqueue(RepairQuestionStore.reopen(self, at: work.now, by: work.caller.actor.id))
        work.audit(
            Act("repair.reopen", "repair_question", id, patients: [patient], changed: ["status"], objects: [appointment.uuid])
        )
        work.tell(
            status == .open ? event("repair.asked", at: work.location, ["answer_by": answerBy]) : event("repair.lapsed", at: work.location)
        )
    }
}
