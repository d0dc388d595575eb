import Jobs
import Organizations
import Postgres
import Values

/// Waits until an appointment has been left alone for a while, then tells by `appointment.notice_due` what its patient does not know yet: a move
/// and its undo are no news. Whoever is asked about a move is told of the question in the same notice.
struct SettleNotice: JobDescription {
    static let kind = "scheduling.settle_notice"
    static let policy = JobPolicy(timeLimit: .seconds(30))

    let appointment: AppointmentID

    init(appointment: AppointmentID) {
        self.appointment = appointment
    }

    init(_ parameters: JobParameters) throws {
        appointment = try parameters.id("appointment")
    }

    var parameters: JobParameters { ["appointment": appointment] }

    func run(_ context: JobContext, _ settings: SettingReader) async throws {
        let minutes = try await settings.values(at: try context.requireLocation()).number(.noticeDelayMinutes)
        _ = try await context.work("settle") { work in try await settle(work, after: minutes) }
    }

    func settle(_ work: Work, after minutes: Int) async throws {
        let answers = try await work.query([
            AppointmentStore.locked(appointment), NoticeStore.known(appointment), RepairQuestionStore.open(about: appointment),
        ])
        guard let now = try answers[0].first.map(AppointmentStore.appointment) else { return }
        let rest = now.updatedAt.adding(minutes: minutes).seconds(since: work.now)
        guard rest <= 0 else { throw JobDecision.snooze(.seconds(rest)) }
        let known = try answers[1].first.map(NoticeStore.told)
        // What has begun needs no announcement.
        guard now.startsAt > work.now, let news = now.toTell.news(after: known) else { return }
        work.enqueue(NoticeStore.save(now.toTell, of: appointment, at: work.now))
        var members: QueueMembers = ["appointment": appointment, "patient": now.patient, "news": news.rawValue, "starts_at": now.startsAt]
        if let known, news != .booked { members["previous_starts_at"] = known.startsAt.queueText }
        members["question"] = try answers[2].first.map(RepairQuestionStore.question)?.id.queueText
        work.tell(Event("appointment.notice_due", members))
    }
}
