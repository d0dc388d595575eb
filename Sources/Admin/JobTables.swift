import Jobs
import Values

extension Table {
    static let jobColumns = ["database", "id", "location", "kind", "state", "attempt", "run_at", "progress", "reason"]
    static let workerColumns = ["database", "id", "name", "started_at", "seen_at", "lease_until", "running"]

    /// `database` nil is control's queue.
    static func row(_ job: JobRecord, _ database: String?) -> [Cell] {
        [
            .text(database ?? "control"), .text(job.id.description), .text(job.organization?.description ?? job.location), .text(job.kind),
            .text(job.state.rawValue), .number(job.attempt), .text(job.runAt.description),
            job.total.map { .text("\(job.done ?? 0) of \($0)") } ?? .none, job.reason.map(Cell.text) ?? .none,
        ]
    }

    static func row(_ worker: WorkerRecord, _ database: String?) -> [Cell] {
        [
            .text(database ?? "control"), .text(worker.id.description), .text(worker.name), .text(worker.startedAt.description),
            .text(worker.seenAt.description), .text(worker.leaseUntil.description), .number(worker.running),
        ]
    }
}
