public import Access
public import Logging
import Postgres
public import Tenancy
public import Values

/// Why a job exists.
public enum JobCause: Sendable, Hashable {
    case request
    case event(EventID)
    case cron(String)
}

/// One run of a job: who asked, where, and the ways to have effects.
public struct JobContext: Sendable {
    public let id: JobID
    public let kind: String
    /// 1 for the first try. Runs that were handed back or snoozed do not count.
    public let attempt: Int
    /// The location whose queue row this is; nil in control's queue.
    public let location: Location?
    public let organization: OrganizationID?
    public let cause: JobCause
    /// Of the request that caused it, through however many events and jobs.
    public let requestID: UUID
    /// Who asked for it; nil when time or the platform did. Its display name is empty: the queue holds ids.
    public let startedBy: Actor?
    /// Who acts: the person with their grants of now for a delegated job, else the system on the person's behalf.
    public private(set) var caller: Caller
    public let ambient: Ambient
    public let tenancy: Tenancy
    public let access: Access
    public let logger: Logger
    let authority: JobPolicy.Authority
    let lease: Lease
    let wake: Wake?

    public var now: Instant { ambient.now() }

    /// The job's location. Errors: a job of control's queue has none, which no repetition changes.
    public func requireLocation() throws -> Location {
        guard let location else { throw JobDecision.dead("no_location") }
        return location
    }

    public func requireOrganization() throws -> OrganizationID {
        guard let organization else { throw JobDecision.dead("no_organization") }
        return organization
    }

    /// One transaction in the job's location, or the named one, whose first act is the receipt of this job and step. When the step was
    /// committed before, `body` does not run and the answer is nil. A run that lost its lease writes nothing.
    public func work<Value: Sendable>(
        _ step: String,
        at location: Location? = nil,
        _ body: (Work) async throws -> Value
    ) async throws -> Value? {
        let place = try location ?? requireLocation()
        try checkLease()
        let isHome = lease.database == place.database && self.location?.id == place.id
        return try await tenancy.work(place, by: caller, ambient: ambient, wake: wake) { work -> Value? in
            let receipt: Statement = """
                insert into {location}.job_receipt (job, step, at) values (\(id), \(step), \(work.now)) on conflict do nothing
                """
            guard try await isFirst(receipt, isHome: isHome, through: work.tx) else { return nil }
            return try await body(work)
        }
    }

    /// The same for organization data in control.
    public func organizationWork<Value: Sendable>(
        _ step: String,
        of organization: OrganizationID? = nil,
        _ body: (OrganizationWork) async throws -> Value
    ) async throws -> Value? {
        let organization = try organization ?? requireOrganization()
        try checkLease()
        let isHome = lease.database == nil && self.organization == organization
        return try await tenancy.organizationWork(organization, by: caller, ambient: ambient, wake: wake) { work -> Value? in
            let receipt: Statement = """
                insert into control.job_receipt (job, step, organization_id, at) values (\(id), \(step), \(organization), \(work.now))
                on conflict do nothing
                """
            guard try await isFirst(receipt, isHome: isHome, through: work.tx) else { return nil }
            return try await body(work)
        }
    }

    /// Whether the receipt is new. Where the row of the job can be seen, it is looked at in the same flight: a worker that was stopped
    /// past its lease and goes on must not write.
    private func isFirst(_ receipt: Statement, isHome: Bool, through tx: Transaction) async throws -> Bool {
        guard isHome else { return try await tx.query(receipt).affected == 1 }
        let answers = try await tx.query([
            "select 1 from queue.job where id = \(id) and attempt = \(lease.attempt) and state = 'running'", receipt,
        ])
        guard !answers[0].isEmpty else { throw LeaseLost() }
        return answers[1].affected == 1
    }

    /// The key of an outside effect: the job and the step, never the attempt.
    public func idempotencyKey(_ step: String) -> String { "\(id):\(step)" }

    /// Shows how far the job is. A failure to say so is no failure.
    public func progress(_ done: Int, of total: Int) async {
        let statement: Statement = """
            update queue.job set progress_done = \(done)::int8::int4, progress_total = \(total)::int8::int4
            where id = \(id) and attempt = \(lease.attempt) and state = 'running'
            """
        do {
            _ = try await tenancy.queueRead(lease.database, statement)
        } catch {
            logger.debug("progress not shown", metadata: ["job": "\(id)", "error": "\(JobFailure.reason(error))"])
        }
    }

    /// Before anything slow or outside: ends a run whose job is no longer its own, or that is to stop.
    public func checkLease() throws {
        try Task.checkCancellation()
        guard lease.isHeld() else { throw LeaseLost() }
    }

    /// A delegated job calls it before each batch: the person may have lost the right meanwhile, which ends the job. Returns at once for
    /// others.
    public func checkAuthority() async throws {
        guard case .delegated(let permission) = authority, let startedBy else { return }
        _ = try await Authority.check(permission, of: startedBy, at: location, in: organization, requestID: requestID, access: access)
    }

    /// The same run, acting as a person whom the job names, with their grants of now. Errors: `JobDecision.discard("authority_lost")` when they do
    /// not hold the right of the job's policy at the location any more.
    public func acting(for actor: Actor, at location: Location) async throws -> JobContext {
        guard case .named(let permission) = authority else { throw JobDecision.dead("authority_undeclared") }
        var context = self
        context.caller = try await Authority.check(
            permission,
            of: actor,
            at: location,
            in: location.organization,
            requestID: requestID,
            access: access
        )
        return context
    }
}

/// The claim a run holds on its job.
struct Lease: Sendable {
    let database: String?
    /// The fencing token.
    let attempt: Int
    let isHeld: @Sendable () -> Bool
}

/// The job belongs to somebody else by now: this run ends and records nothing.
struct LeaseLost: Error {}
