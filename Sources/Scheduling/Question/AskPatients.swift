import Access
import Jobs
import Organizations
import Values

/// Asks patients whom a repair gives another time or another provider whether that suits them. Another room is no question, nor is what a patient
/// was told before: whoever is back there keeps what they know, and no notice would name the question.
struct AskPatients {
    /// How long they have to answer, from when the notice is due that tells them; never beyond the visit.
    private let minutes: Int

    init(_ settings: SettingValues) {
        minutes = settings.number(.noticeDelayMinutes) + settings.number(.repairAnswerMinutes)
    }

    /// - Parameter known: What patients were told of these appointments, read under their locks.
    func ask(_ moved: [(old: Appointment, new: Appointment)], known: [AppointmentID: ToldAppointment], _ work: Work) -> [RepairQuestion] {
        let actor = work.caller.actor.id
        let disturbed = moved.filter { $0.old.toTell != $0.new.toTell && $0.new.toTell.news(after: known[$0.new.id]) != nil }
        return disturbed.map { old, new in
            let question = RepairQuestion(
                id: work.id(),
                appointment: new.id,
                patient: new.patient,
                previousProvider: old.provider,
                previousSpan: old.span,
                provider: new.provider,
                span: new.span,
                answerBy: min(work.now.adding(minutes: minutes), new.startsAt),
                status: .open,
                version: 1,
                createdAt: work.now
            )
            work.enqueue(RepairQuestionStore.insert(question, by: actor))
            work.audit(Act("repair.ask", "repair_question", question.id, patients: [new.patient], objects: [new.id.uuid]))
            work.tell(question.event("repair.asked", at: work.location, ["answer_by": question.answerBy]))
            work.start(LapseRepairQuestion(question: question.id), at: question.answerBy)
            return question
        }
    }
}
