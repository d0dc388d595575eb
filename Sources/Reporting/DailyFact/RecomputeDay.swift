import Jobs
import Values

/// Recomputes one day of the job's location. Running twice is harmless: the facts come from the rows, not from what changed.
struct RecomputeDay: Job {
    static let kind = "reporting.recompute_day"
    static let policy = JobPolicy(timeLimit: .seconds(60))

    let day: Day

    init(day: Day) {
        self.day = day
    }

    init(_ parameters: JobParameters) throws {
        day = try parameters.value("day")
    }

    var parameters: JobParameters { ["day": day] }

    func run(_ context: JobContext) async throws {
        try await ComputeDay(tenancy: context.tenancy, location: try context.requireLocation()).run(day, at: context.now)
    }
}

/// Every night: the days whose facts may still be looked at, in case an event was lost with a database that was restored.
struct RecomputeRecentDays: Job {
    static let kind = "reporting.recompute_recent_days"
    static let policy = JobPolicy(timeLimit: .seconds(600))
    static let count = 40

    /// The newest of them.
    let until: Day

    init(until: Day) {
        self.until = until
    }

    init(_ parameters: JobParameters) throws {
        until = try parameters.value("until")
    }

    var parameters: JobParameters { ["until": until] }

    func run(_ context: JobContext) async throws {
        let compute = ComputeDay(tenancy: context.tenancy, location: try context.requireLocation())
        for back in 0..<RecomputeRecentDays.count {
            try context.checkLease()
            try await compute.run(until.adding(days: -back), at: context.now)
            await context.progress(back + 1, of: RecomputeRecentDays.count)
        }
    }
}
