import Access
import Logging
import Tenancy
import Values

/// Runs one claimed job and says what became of it. Never throws, never traps on what a row holds.
struct Runner: Sendable {
    let tenancy: Tenancy
    let access: Access
    let registrations: [String: JobRegistration]
    let ambient: Ambient
    let wake: Wake
    let logger: Logger

    func policy(_ kind: String) -> JobPolicy { registrations[kind]?.policy ?? JobPolicy() }

    func run(_ claim: Claim, _ lease: Lease) async -> Outcome {
        guard let registration = registrations[claim.kind] else { return .handedBack }
        // A run that ended its worker was counted by the rescue; here it ends.
        guard claim.spent < registration.policy.attempts else { return .dead(claim.reason ?? "attempts_exhausted") }
        do {
            let location = try await location(of: claim, registration.policy, in: lease.database)
            let body = try open(claim, registration)
            let organization = claim.organization ?? location?.organization
            let caller = try await Authority.caller(
                for: claim,
                registration.policy.authority,
                at: location,
                in: organization,
                access: access
            )
            try await body(
                JobContext(
                    id: claim.key.id,
                    kind: claim.kind,
                    attempt: claim.spent + 1,
                    location: location,
                    organization: organization,
                    cause: claim.cause,
                    requestID: claim.request,
                    startedBy: claim.startedBy,
                    caller: caller,
                    ambient: ambient,
                    tenancy: tenancy,
                    access: access,
                    logger: logger,
                    authority: registration.policy.authority,
                    lease: lease,
                    wake: wake
                )
            )
            return .done
        } catch {
            return outcome(error, of: claim)
        }
    }

    /// The parameters are read here and nowhere else: what cannot be read is dead at once, whatever would be thrown later is not.
    private func open(_ claim: Claim, _ registration: JobRegistration) throws -> @Sendable (JobContext) async throws -> Void {
        do {
            return try registration.open(QueueMembers(json: claim.parameters))
        } catch {
            throw JobDecision.dead("undecodable:" + JobFailure.reason(error))
        }
    }

    /// The location whose role wrote the row. That it cannot be asked for is no fault of the job.
    private func location(of claim: Claim, _ policy: JobPolicy, in database: String?) async throws -> Location? {
        guard database != nil else { return nil }
        let found: Location?
        do {
            found = try await tenancy.location(role: claim.role)
        } catch {
            throw JobDecision.snooze(.seconds(2))
        }
        guard let found else { throw JobDecision.dead("location_gone") }
        switch found.state {
        // A row in the queue of another database is on its way to this one (a move): run there, it is run once.
        case .active where found.database != database: throw JobDecision.snooze(.seconds(1))
        case .active: return found
        case .suspended where policy.whileSuspended: return found
        case .moving: throw JobDecision.snooze(.seconds(1))
        case .provisioning: throw JobDecision.snooze(.seconds(5))
        case .suspended: throw JobDecision.snooze(.seconds(30))
        case .removing, .removed: throw JobDecision.dead("location_gone")
        }
    }

    private func outcome(_ error: any Error, of claim: Claim) -> Outcome {
        let outcome: Outcome =
            switch error {
            case JobDecision.discard(let reason): .discarded(reason)
            case JobDecision.snooze(let delay): .snoozed(delay)
            case JobDecision.dead(let reason): .dead(reason)
            case is LeaseLost: .lost
            case let problem as Problem where problem.code == Tenancy.moving.code: .snoozed(.seconds(1))
            default: .failed(JobFailure.reason(error))
            }
        logger.info(
            "job not done",
            metadata: [
                "job": "\(claim.key.id)", "kind": "\(claim.kind)", "request": "\(claim.request)", "attempt": "\(claim.spent + 1)",
                "outcome": "\(outcome)",
            ]
        )
        return outcome
    }
}
