import Postgres
import Tenancy

/// Removes what is long over, a little at a time. The newest job of each cron entry stays, because it is the memory of its slot.
struct Pruner: Sendable {
    let tenancy: Tenancy
    let keepDone: Duration
    let keepCron: Duration
    let keepDead: Duration
    private let limit = 2000

    init(tenancy: Tenancy, settings: JobWorkerSettings) {
        self.tenancy = tenancy
        keepDone = settings.keepDone
        keepCron = settings.keepCron
        keepDead = settings.keepDead
    }

    /// Answers whether there may be more.
    func prune(_ database: String?) async throws -> Bool {
        let done = try await tenancy.queueRead(
            database,
            """
            delete from queue.job where id in (
                select job.id from queue.job where job.state = 'done' and job.cron is null
                    and job.finished_at < now() - \(keepDone.milliseconds) * interval '1 millisecond'
                limit \(limit) for update skip locked)
            """
        ).affected
        let cron = try await tenancy.queueRead(
            database,
            """
            delete from queue.job where id in (
                select job.id from queue.job where job.state = 'done' and job.cron is not null
                    and job.finished_at < now() - \(keepCron.milliseconds) * interval '1 millisecond'
                    and exists (
                        select from queue.job as newer
                        where newer.location = job.location and newer.cron = job.cron and newer.created_at > job.created_at)
                limit \(limit) for update skip locked)
            """
        ).affected
        let dead = try await tenancy.queueRead(
            database,
            """
            delete from queue.job where id in (
                select job.id from queue.job
                where job.state in ('dead', 'discarded') and job.finished_at < now() - \(keepDead.milliseconds) * interval '1 millisecond'
                    and job.cron is null
                limit \(limit) for update skip locked)
            """
        ).affected
        let events = try await tenancy.queueRead(
            database,
            """
            delete from queue.event where id in (
                select event.id from queue.event
                where event.state = 'relayed' and event.relayed_at < now() - \(keepDone.milliseconds) * interval '1 millisecond'
                limit \(limit) for update skip locked)
            """
        ).affected
        return max(done, cron, dead, events) == limit
    }
}
