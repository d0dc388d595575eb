import Access
import Jobs
import Postgres
import Values

/// Something changed the figures of one or two days: sees to it that each is recomputed after this, and a burst of changes once.
struct NoteDays: Job {
    static let kind = "reporting.note_days"
    static let policy = JobPolicy(timeLimit: .seconds(30))
    /// How long changes are gathered.
    static let delay: Duration = .seconds(1)

    let days: [Day]

    /// nil when the event names no day.
    init?(_ event: Event) throws {
        let days = try [event.members.optional("day", as: Day.self), event.members.optional("previous_day", as: Day.self)].compactMap(
            \.self
        )
        guard !days.isEmpty else { return nil }
        self.days = days
    }

    init(_ parameters: JobParameters) throws {
        days = try parameters.list("days")
    }

    var parameters: JobParameters { JobParameters(["days": JobParameters.list(days)]) }

    func run(_ context: JobContext) async throws {
        for day in days {
            _ = try await context.work("\(day)") { work in
                let job = try await work.start(RecomputeDay(day: day), unique: "reporting.day:\(day)", delay: NoteDays.delay)
                let state = try await work.query(JobStatus.statement(job)).first.map(JobStatus.init)?.state
                // One that has begun may have read the day before this change. When it is over there is room for the next.
                guard state == .ready else { throw JobDecision.snooze(.milliseconds(500)) }
            }
        }
    }
}
