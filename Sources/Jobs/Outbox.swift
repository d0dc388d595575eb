import Access
import Postgres
import Synchronization
import Values

/// Writes events and jobs in the transaction of their cause, and remembers what there will be to hint at after COMMIT.
final class Outbox: Sendable {
    private let caller: Caller
    private let ambient: Ambient
    private let written = Mutex(Wake.News())

    init(caller: Caller, ambient: Ambient) {
        self.caller = caller
        self.ambient = ambient
    }

    var news: Wake.News { written.withLock { $0 } }

    func tell(_ event: Event) -> Statement {
        written.withLock { $0.hasEvents = true }
        let actor = caller.actor
        return """
            insert into queue.event (id, name, version, members, request, actor_kind, actor_id, account_id)
            values (\(ambient.id(EventID.self)), \(event.name), \(event.version), \(event.members.json)::jsonb, \(caller.requestID),
                \(actor.kind.rawValue), \(actor.id), \(actor.account))
            """
    }

    /// A job without a key, or the first with its key; otherwise nothing. The database's clock dates what is due now, so that a
    /// worker's clock that is behind delays nothing.
    func start(_ id: JobID, _ job: some JobDescription, unique key: String?, delay: Duration, at instant: Instant?) -> Statement {
        let wait = max(0, delay.milliseconds)
        // What is due later is found when it is due: by then a hint would have been forgotten.
        if wait == 0, instant.map({ $0 <= ambient.now() }) ?? true { written.withLock { $0.name(id) } }
        let actor = caller.actor
        return """
            insert into queue.job (id, kind, parameters, unique_key, run_at, request, actor_kind, actor_id, account_id)
            values (\(id), \(type(of: job).kind), \(job.parameters.json)::jsonb, \(key),
                coalesce(\(instant), pg_catalog.now()) + \(wait) * interval '1 millisecond',
                \(caller.requestID), \(actor.kind.rawValue), \(actor.id), \(actor.account))
            on conflict do nothing
            """
    }

    /// Starts the job unless an unfinished one holds the key; either way the id of the one that holds it.
    func start(
        _ job: some JobDescription,
        unique key: String,
        delay: Duration,
        at instant: Instant?,
        through tx: Transaction
    ) async throws -> JobID {
        // The holder may finish between the two statements, seldom and hardly twice.
        for _ in 0..<5 {
            let id = ambient.id(JobID.self)
            let answers = try await tx.query([
                start(id, job, unique: key, delay: delay, at: instant),
                """
                select id from queue.job
                where location = current_user and unique_key = \(key) and state in ('ready', 'running') and cron is null
                """,
            ])
            if let row = answers[1].first { return try row.value(0, as: JobID.self) }
        }
        throw Problem(.unavailable, "job_key_busy", "Jobs with this key end as fast as they begin. Try again.", retryAfter: 1)
    }
}
