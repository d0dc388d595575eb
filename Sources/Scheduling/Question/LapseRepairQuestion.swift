import Access
import Jobs
import Postgres
import Values

/// Closes a question when the time to answer is over: the move stands, and staff need not wait any more.
struct LapseRepairQuestion: Job {
    static let kind = "scheduling.lapse_repair_question"
    static let policy = JobPolicy(timeLimit: .seconds(30))

    let question: RepairQuestionID

    init(question: RepairQuestionID) {
        self.question = question
    }

    init(_ parameters: JobParameters) throws {
        question = try parameters.id("question")
    }

    var parameters: JobParameters { ["question": question] }

    func run(_ context: JobContext) async throws {
        _ = try await context.work("lapse") { work in try await lapse(work) }
    }

    func lapse(_ work: Work) async throws {
        let answers = try await work.query([RepairQuestionStore.lockAppointment(of: question), RepairQuestionStore.locked(question)])
        guard var asked = try answers[1].first.map(RepairQuestionStore.question), asked.status == .open else { return }
        let rest = asked.answerBy.seconds(since: work.now)
        guard rest <= 0 else { throw JobDecision.snooze(.seconds(rest)) }
        asked.status = .lapsed
        work.enqueue(RepairQuestionStore.close(asked, at: work.now, by: work.caller.actor.id))
        work.audit(Act("repair.lapse", "repair_question", question, patients: [asked.patient], objects: [asked.appointment.uuid]))
        work.tell(asked.event("repair.lapsed", at: work.location))
    }
}
