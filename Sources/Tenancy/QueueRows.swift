import Postgres
import Values

/// The rows of a location in the queue of a database, as JSON. A job that ran when it was read is ready again where it is inserted: its
/// receipts in the location's schema keep what it did from being done twice.
enum QueueRows {
    /// What has still to have its effect: new events, unfinished jobs; and the slots of cron, which are held for ever so that none fires twice.
    static func pendingEvents(_ role: RoleName) -> Statement {
        "select to_jsonb(event)::text from queue.event where location = \(role.name) and state = 'new' order by id"
    }

    static func pendingJobs(_ role: RoleName) -> Statement {
        select + "where location = \(role.name) and (state in ('ready', 'running') or cron is not null) order by id"
    }

    static func slots(_ role: RoleName) -> Statement { select + "where location = \(role.name) and cron is not null order by id" }

    private static let select: Statement = """
        select (to_jsonb(job) || case when state = 'running' then '{"state": "ready", "worker": null, "deadline": null}'::jsonb else '{}'::jsonb end)::text
        from queue.job \n
        """

    /// Rows that are there already, by id, by unique key or by event and subscriber, stay as they are.
    static func insert(events: [String]) -> Statement {
        """
        insert into queue.event (id, location, organization_id, name, version, members, request, actor_kind, actor_id, account_id, state, created_at,
            relayed_at)
        select row.id, row.location, row.organization_id, row.name, row.version, row.members, row.request, row.actor_kind, row.actor_id,
            row.account_id, row.state, row.created_at, row.relayed_at
        from jsonb_populate_recordset(null::queue.event, \(list(events))::jsonb) as row on conflict do nothing
        """
    }

    static func insert(jobs: [String]) -> Statement {
        """
        insert into queue.job (id, location, organization_id, kind, parameters, unique_key, cron, event_id, subscriber, request, actor_kind, actor_id,
            account_id, state, run_at, attempt, spent, claimed_at, reason, progress_done, progress_total, created_at, finished_at)
        select row.id, row.location, row.organization_id, row.kind, row.parameters, row.unique_key, row.cron, row.event_id, row.subscriber, row.request,
            row.actor_kind, row.actor_id, row.account_id, row.state, row.run_at, row.attempt, row.spent, row.claimed_at, row.reason,
            row.progress_done, row.progress_total, row.created_at, row.finished_at
        from jsonb_populate_recordset(null::queue.job, \(list(jobs))::jsonb) as row on conflict do nothing
        """
    }

    /// What keeps the location's jobs, or those of one kind, from being claimed. A pause of a kind everywhere is the database's own.
    static func pauses(_ role: RoleName) -> Statement {
        "select to_jsonb(pause)::text from queue.pause where location = \(role.name) order by id"
    }

    /// The first reason stays.
    static func insert(pauses: [String]) -> Statement {
        """
        insert into queue.pause (id, location, kind, paused_by, reason, paused_at)
        select row.id, row.location, row.kind, row.paused_by, row.reason, row.paused_at
        from jsonb_populate_recordset(null::queue.pause, \(list(pauses))::jsonb) as row on conflict do nothing
        """
    }

    /// The last of what leaves a queue: until the jobs are gone the pause has to hold them there.
    static func movePauses(_ role: RoleName, from old: Database, to new: Database) async throws {
        try await old.transaction(.login) { tx in
            let rows = try await tx.query(
                "delete from queue.pause where location = \(role.name) returning to_jsonb(pause)::text"
            ).decode(String.self)
            guard !rows.isEmpty else { return }
            _ = try await new.transaction(.login) { target in try await target.query(insert(pauses: rows)) }
        }
    }

    /// Whoever follows its events begins anew: what has a number now came in the new queue, and none was told here since.
    static func forgetNumbers(_ role: RoleName, in old: Database) async throws {
        _ = try await old.flight(.login, ["delete from queue.stream where location = \(role.name)"])
    }

    /// All that a queue holds of a location. Events first: a relay that is turning one into jobs ends before we look for jobs.
    static func clear(_ role: RoleName, _ tx: Transaction) async throws {
        try await tx.query("delete from queue.event where location = \(role.name)")
        tx.enqueue("delete from queue.job where location = \(role.name)")
        tx.enqueue("delete from queue.stream where location = \(role.name)")
        tx.enqueue(AuditIntake.clear(role))
        try await tx.query("delete from queue.pause where location = \(role.name)")
    }

    static func list(_ rows: [String]) -> String { "[" + rows.joined(separator: ",") + "]" }

    /// Moves a batch from one queue to another, finished rows too: people ask what became of their job. The old rows are locked until the new
    /// ones are committed, so nobody takes them meanwhile; killed in between, a repetition finds the new ones there and only deletes the
    /// old. What runs now is left. Answers how many rows it moved, and whether some run.
    static func move(_ role: RoleName, from old: Database, to new: Database) async throws -> (moved: Int, isRunning: Bool) {
        try await old.transaction(.login) { tx in
            let events = try await tx.query(
                "select id, to_jsonb(event)::text from queue.event where location = \(role.name) order by id limit 2000 for update"
            ).decode((EventID, String).self)
            let jobs = try await tx.query(
                """
                select id, to_jsonb(job)::text from queue.job where location = \(role.name) and state <> 'running' order by id limit 2000 for update
                """
            ).decode((JobID, String).self)
            if !events.isEmpty || !jobs.isEmpty {
                try await new.transaction(.login) { target in
                    target.enqueue(insert(events: events.map(\.1)))
                    try await target.query(insert(jobs: jobs.map(\.1)))
                }
                tx.enqueue("delete from queue.event where id = any(\(events.map(\.0)))")
                tx.enqueue("delete from queue.job where id = any(\(jobs.map(\.0)))")
            }
            let running = try await tx.query("select 1 from queue.job where location = \(role.name) and state = 'running' limit 1")
            return (events.count + jobs.count, !running.isEmpty)
        }
    }
}
