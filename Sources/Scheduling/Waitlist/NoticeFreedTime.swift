import Access
import Jobs
import Postgres
import Values

/// Notes what a cancellation or a move freed, once for each such change, and begins to offer it.
struct NoticeFreedTime: JobDescription {
    static let kind = "scheduling.notice_freed_time"
    static let policy = JobPolicy(timeLimit: .seconds(30))

    let appointment: AppointmentID

    init(appointment: AppointmentID) {
        self.appointment = appointment
    }

    init(_ parameters: JobParameters) throws {
        appointment = try parameters.id("appointment")
    }

    var parameters: JobParameters { ["appointment": appointment] }

    /// The newest changes of one appointment; one that was changed more often is not followed further back: that was noticed when it happened.
    private static let history = 500
    /// Sooner than that nobody comes.
    private static let noticeMinutes = 10

    func run(_ context: JobContext) async throws {
        _ = try await context.work("notice") { work in try await notice(work) }
    }

    func notice(_ work: Work) async throws {
        let answers = try await work.query([
            AppointmentStore.one(appointment), AppointmentChangeStore.newest(of: appointment, limit: NoticeFreedTime.history),
        ])
        guard let now = try answers[0].first.map(AppointmentStore.appointment) else { return }
        let history = try answers[1].map(AppointmentChangeStore.change).reversed()
        for (cause, place) in FreedSlot.freed(by: Array(history), of: now)
        where place.span.start > work.now.adding(minutes: NoticeFreedTime.noticeMinutes) {
            let slot = FreedSlot(
                id: work.id(),
                cause: cause,
                appointment: appointment,
                type: now.type,
                provider: ProviderID(place.provider.uuid),
                resources: place.further,
                span: place.span,
                status: .offered,
                waves: 0,
                version: 1,
                createdAt: work.now
            )
            // Noted by an earlier change's job when several come at once.
            guard try await !work.query(FreedSlotStore.insert(slot, by: work.caller.actor.id)).isEmpty else { continue }
            work.tell(slot.event("waitlist.freed", work, ["appointment": appointment]))
            work.start(OfferWave(slot: slot.id, wave: 1))
        }
    }
}
