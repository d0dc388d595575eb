import Jobs
import Values

extension Table {
    static let jobColumns = ["database", "id", "location", "organization", "kind", "state", "attempt", "run_at", "progress", "reason"]
    static let countColumns = ["database", "location", "kind", "state", "count", "oldest"]
    static let workerColumns = ["database", "id", "name", "started_at", "seen_at", "lease_until", "running"]

    static let pauseColumns = ["database", "location", "kind", "paused_at", "paused_by", "reason"]

    /// A location's role as it stands; what belongs to an organization or to the platform has none.
    private static func location(_ role: String) -> Cell { role.hasPrefix("loc_") ? .text(role) : .none }

    static func row(_ count: JobCount, _ database: String?) -> [Cell] {
        [
            .text(database ?? "control"), location(count.location), .text(count.kind), .text(count.state.rawValue), .number(count.count),
            .text(count.oldest.description),
        ]
    }

    /// `database` nil is control's queue.
    static func row(_ job: JobRecord, _ database: String?) -> [Cell] {
        [
            .text(database ?? "control"), .text(job.id.description), location(job.location),
            job.organization.map { .text($0.description) } ?? .none, .text(job.kind),
            .text(job.state.rawValue), .number(job.attempt), .text(job.runAt.description),
            job.total.map { .text("\(job.done ?? 0) of \($0)") } ?? .none, job.reason.map(Cell.text) ?? .none,
        ]
    }

    static func row(_ pause: JobPause, _ database: String?) -> [Cell] {
        [
            .text(database ?? "control"), pause.location.map(Cell.text) ?? .none, pause.kind.map(Cell.text) ?? .none,
            .text(pause.at.description), .text(pause.by), .text(pause.reason),
        ]
    }

    static func row(_ worker: WorkerRecord, _ database: String?) -> [Cell] {
        [
            .text(database ?? "control"), .text(worker.id.description), .text(worker.name), .text(worker.startedAt.description),
            .text(worker.seenAt.description), .text(worker.leaseUntil.description), .number(worker.running),
        ]
    }
}
