import Postgres
public import Values

/// A job as an operator sees it.
public struct JobRecord: Sendable, Hashable {
    public let id: JobID
    /// The role that wrote it: a location's, or the organizations' or the worker's in control.
    public let location: String
    public let organization: OrganizationID?
    public let kind: String
    public let state: JobState
    /// Claims so far.
    public let attempt: Int
    /// Tries that failed.
    public let spent: Int
    public let runAt: Instant
    public let reason: String?
    /// JSON: ids only.
    public let parameters: String
    public let done: Int?
    public let total: Int?
    public let createdAt: Instant
    public let finishedAt: Instant?

    init(_ row: Row) throws {
        (id, location, organization, kind, state, attempt, spent, runAt, reason, parameters, done, total, createdAt, finishedAt) =
            try row.decode(
                (
                    JobID, String, OrganizationID?, String, JobState, Int, Int, Instant, String?, String, Int?, Int?, Instant, Instant?
                ).self
            )
    }
}

public struct JobCount: Sendable, Hashable {
    public let location: String
    public let kind: String
    public let state: JobState
    public let count: Int
    public let oldest: Instant
}

public struct JobPause: Sendable, Hashable {
    /// nil: all locations of the database.
    public let location: String?
    /// nil: all kinds.
    public let kind: String?
    public let by: String
    public let reason: String
    public let at: Instant
}

public struct WorkerRecord: Sendable, Hashable {
    public let id: UUID
    public let name: String
    public let startedAt: Instant
    public let seenAt: Instant
    public let leaseUntil: Instant
    public let running: Int
}
