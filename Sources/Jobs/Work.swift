public import Access
public import Postgres
public import Tenancy
public import Values

/// Inside one transaction of a location: on whose behalf, and when. What every use case takes.
public struct Work: Sendable {
    public let tx: Transaction
    public let location: Location
    public let caller: Caller
    public let now: Instant
    public let ambient: Ambient
    /// The version the caller says is current (If-Match).
    public let expectedVersion: Int?
    let outbox: Outbox

    /// Sends what was enqueued and this, and waits: one flight.
    @discardableResult
    public func query(_ statement: Statement) async throws -> Rows { try await tx.query(statement) }

    /// All in one flight.
    public func query(_ statements: [Statement]) async throws -> [Rows] { try await tx.query(statements) }

    /// Rides with the next flight; its error appears there.
    public func enqueue(_ statement: Statement) { tx.enqueue(statement) }

    public func audit(_ act: Act) { tx.audit(act, by: caller, at: now, ambient: ambient) }

    /// Says what happened, in this transaction. Rides with the next flight.
    public func tell(_ event: Event) { tx.enqueue(outbox.tell(event)) }

    /// Starts a job when this transaction commits. Rides with the next flight.
    /// - Parameter delay: Counted from `at`, or from now.
    @discardableResult
    public func start(_ job: some JobDescription, delay: Duration = .zero, at instant: Instant? = nil) -> JobID {
        let id = ambient.id(JobID.self)
        tx.enqueue(outbox.start(id, job, unique: nil, delay: delay, at: instant))
        return id
    }

    /// Starts a job unless an unfinished one of this location has the same key; the id of the one that has it. One flight.
    @discardableResult
    public func start(_ job: some JobDescription, unique key: String, delay: Duration = .zero, at instant: Instant? = nil) async throws
        -> JobID
    {
        try await outbox.start(job, unique: key, delay: delay, at: instant, through: tx)
    }

    /// What is changed must be what the caller has read. Errors: `stale`.
    public func expect(_ version: Int) throws(Problem) {
        guard expectedVersion.map({ $0 == version }) ?? true else { throw Problem.stale }
    }

    public func id<Of>(_ type: ID<Of>.Type = ID<Of>.self) -> ID<Of> { ambient.id(type) }

    /// The day on the location's calendar.
    public var today: Day { location.rules.wallClock(at: now).day }
}
