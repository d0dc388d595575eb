public import Postgres
public import Values

/// A job as its own location, or organization, may see it.
public struct JobStatus: Sendable, Hashable {
    public let id: JobID
    public let kind: String
    public let state: JobState
    /// Runs begun so far.
    public let attempt: Int
    public let done: Int?
    public let total: Int?
    /// A code: why it is dead, was discarded, or is tried again.
    public let reason: String?
    public let createdAt: Instant
    public let finishedAt: Instant?

    /// To be sent through a location's door, or an organization's; row-level security shows each its own rows only.
    public static func statement(_ id: JobID) -> Statement {
        """
        select id, kind, state, attempt, progress_done, progress_total, reason, created_at, finished_at from queue.job where id = \(id)
        """
    }

    public init(_ row: Row) throws {
        (id, kind, state, attempt, done, total, reason, createdAt, finishedAt) = try row.decode(
            (JobID, String, JobState, Int, Int?, Int?, String?, Instant, Instant?).self
        )
    }
}
