import Postgres
import Tenancy
import Values

/// The lease of a worker in one database, and of those that lost theirs. The database's clock decides, so no worker's clock can.
struct LeaseStore: Sendable {
    let tenancy: Tenancy
    let database: String?
    let worker: UUID
    let name: String
    let lease: Duration

    /// A job that is this worker's, as the database sees it.
    struct Owned: Sendable {
        let key: Claim.Key
        /// Claimed so long ago that the answer to the claim must have come, or was lost.
        let isOld: Bool
    }

    /// Prolongs the lease of everything this worker runs, by one statement, and says what that is.
    func heartbeat() async throws -> [Owned] {
        let rows = try await tenancy.queueRead(
            database,
            """
            with beat as (
                insert into queue.worker (id, name, lease_until) values (\(worker), \(name), now() + \(lease.milliseconds) * interval '1 millisecond')
                on conflict (id) do update set seen_at = now(), lease_until = excluded.lease_until
            )
            select job.id, job.attempt, job.claimed_at < now() - interval '5 seconds' from queue.job
            where job.state = 'running' and job.worker = \(worker)
            """
        )
        return try rows.decode((JobID, Int, Bool).self).map { Owned(key: Claim.Key(id: $0.0, attempt: $0.1), isOld: $0.2) }
    }

    /// Takes jobs from workers whose lease ended and from runs far past their time limit: ready again at once, one try spent; from the
    /// second time on a little later each time, because such a job may be what ends workers. Answers how many.
    func rescue() async throws -> Int {
        try await tenancy.queueRead(
            database,
            """
            with gone as (
                delete from queue.worker where id in (
                    select id from queue.worker where lease_until < now() for update skip locked)
            ),
            overdue as materialized (
                select job.id from queue.job
                where job.state = 'running' and (job.deadline < now() or not exists (
                    select from queue.worker where worker.id = job.worker and worker.lease_until >= now()))
                for update skip locked
            )
            update queue.job set state = 'ready', spent = job.spent + 1, worker = null, deadline = null,
                reason = case when job.deadline < now() then 'overdue' else 'worker_lost' end,
                run_at = now() + least(job.spent, 60) * interval '1 second'
            from overdue where job.id = overdue.id
            """
        ).affected
    }

    /// A worker that ends leaves nothing: what it still holds is ready again, at no cost.
    func leave() async throws {
        try await tenancy.queue(database) { tx in
            tx.enqueue(
                "update queue.job set state = 'ready', worker = null, deadline = null where state = 'running' and worker = \(worker)"
            )
            try await tx.query("delete from queue.worker where id = \(worker)")
        }
    }
}
