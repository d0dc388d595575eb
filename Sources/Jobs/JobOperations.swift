public import Access
import Postgres
public import Tenancy
public import Values

/// What an operator sees of and does to a queue. Needs the worker's login. `database` nil is the control database.
public struct JobOperations: Sendable {
    private let tenancy: Tenancy
    private let ambient: Ambient
    private let wake: Wake?

    public init(tenancy: Tenancy, ambient: Ambient, wake: Wake?) {
        self.tenancy = tenancy
        self.ambient = ambient
        self.wake = wake
    }

    // MARK: Starting

    /// A job of the platform's own, in control's queue, unless an unfinished one has the same key.
    public func startForPlatform(_ job: some JobDescription, unique key: String, by caller: Caller) async throws {
        let outbox = Outbox(caller: caller, ambient: ambient)
        try await tenancy.queue(nil) { tx in
            tx.enqueue(outbox.start(ambient.id(JobID.self), job, unique: key, delay: .zero, at: nil))
        }
        wake?.hint(nil, outbox.news)
    }

    // MARK: Looking

    /// The newest first; nil asks for all.
    public func list(
        database: String?,
        state: JobState? = nil,
        kind: String? = nil,
        location: String? = nil,
        limit: Int = 100
    ) async throws -> [JobRecord] {
        try await tenancy.queueRead(
            database,
            """
            select id, location::text, organization_id, kind, state, attempt, spent, run_at, reason, parameters::text, progress_done, progress_total,
                created_at, finished_at
            from queue.job
            where (\(state)::text is null or state = \(state)) and (\(kind)::text is null or kind = \(kind))
                and (\(location)::text is null or location = \(location)::name)
            order by created_at desc limit \(min(max(limit, 1), 10_000))
            """
        ).map(JobRecord.init)
    }

    public func dead(database: String?, limit: Int = 100) async throws -> [JobRecord] {
        try await list(database: database, state: .dead, limit: limit)
    }

    /// How many jobs of each location, kind and state there are, and since when the oldest waits.
    public func counts(database: String?) async throws -> [JobCount] {
        try await tenancy.queueRead(
            database,
            """
            select location::text, kind, state, count(*), min(run_at) from queue.job group by location, kind, state
            order by location, kind, state limit 10000
            """
        ).decode((String, String, JobState, Int, Instant).self).map {
            JobCount(location: $0.0, kind: $0.1, state: $0.2, count: $0.3, oldest: $0.4)
        }
    }

    public func workers(database: String?) async throws -> [WorkerRecord] {
        try await tenancy.queueRead(
            database,
            """
            select id, name, started_at, seen_at, lease_until, (select count(*) from queue.job where state = 'running' and worker = worker.id)
            from queue.worker order by started_at limit 1000
            """
        ).decode((UUID, String, Instant, Instant, Instant, Int).self).map {
            WorkerRecord(id: $0.0, name: $0.1, startedAt: $0.2, seenAt: $0.3, leaseUntil: $0.4, running: $0.5)
        }
    }

    // MARK: Dead jobs

    /// Makes a dead or discarded job ready again, with all its tries. False when there is no such job, or another holds its unique key.
    public func retry(_ id: JobID, database: String?) async throws -> Bool {
        do {
            let retried = try await tenancy.queueRead(
                database,
                """
                update queue.job set state = 'ready', spent = 0, run_at = now(), finished_at = null
                where id = \(id) and state in ('dead', 'discarded')
                """
            ).affected
            if retried > 0 { wake?.hint(database, .jobs) }
            return retried > 0
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            return false
        }
    }

    /// Retries every dead job of a kind whose unique key nobody holds; answers how many.
    public func retryDead(kind: String, database: String?) async throws -> Int {
        var retried = 0
        for job in try await list(database: database, state: .dead, kind: kind, limit: 10_000)
        where try await retry(job.id, database: database) {
            retried += 1
        }
        return retried
    }

    // MARK: Events

    /// Begins the numbers of events anew, so that whoever follows them is told to look again: a database that lost commits gives numbers a
    /// second time. Answers how many locations' they are.
    public func restartStreams(database: String) async throws -> Int {
        try await tenancy.queueRead(database, "update queue.stream set epoch = \(ambient.id(EventID.self).uuid)").affected
    }

    // MARK: Pauses

    /// Nothing of this kind at this location (nil: all) is claimed until `resume`; what runs is not touched. Paused again, it keeps the
    /// first reason.
    public func pause(kind: String?, location: String?, database: String?, by: String, reason: String) async throws {
        _ = try await tenancy.queueRead(
            database,
            """
            insert into queue.pause (id, location, kind, paused_by, reason)
            values (\(ambient.id(JobID.self)), \(location)::name, \(kind), \(by), \(reason)) on conflict do nothing
            """
        )
    }

    /// False when it was not paused.
    public func resume(kind: String?, location: String?, database: String?) async throws -> Bool {
        let resumed = try await tenancy.queueRead(
            database,
            """
            delete from queue.pause where location is not distinct from \(location)::name and kind is not distinct from \(kind)
            """
        ).affected
        if resumed > 0 { wake?.hint(database, .jobs) }
        return resumed > 0
    }

    public func pauses(database: String?) async throws -> [JobPause] {
        try await tenancy.queueRead(
            database,
            "select location::text, kind, paused_by, reason, paused_at from queue.pause order by paused_at limit 10000"
        ).decode((String?, String?, String, String, Instant).self).map {
            JobPause(location: $0.0, kind: $0.1, by: $0.2, reason: $0.3, at: $0.4)
        }
    }
}
