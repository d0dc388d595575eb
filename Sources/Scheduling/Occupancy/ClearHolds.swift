import Jobs
import Values

/// Deletes holds that have run out. Nobody sees them any more and a booking deletes those in its way; this keeps the table small.
struct ClearHolds: ParameterlessJob, Job {
    static let kind = "scheduling.clear_holds"
    static let policy = JobPolicy(attempts: 3, timeLimit: .seconds(60))

    func run(_ context: JobContext) async throws {
        try await context.work("clear") { work in
            work.enqueue(OccupancyStore.clearExpired(at: work.now))
            work.enqueue(HoldStore.forget(at: work.now))
        }
    }
}
