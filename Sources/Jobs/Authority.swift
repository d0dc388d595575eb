import Access
import Tenancy
import Values

/// On whose right a job runs.
enum Authority {
    /// The caller a run acts as. Errors: `JobDecision.discard("authority_lost")` when a delegated right is gone.
    static func caller(
        for claim: Claim,
        _ authority: JobPolicy.Authority,
        at location: Location?,
        in organization: OrganizationID?,
        access: Access
    ) async throws -> Caller {
        guard case .delegated(let permission) = authority else {
            return .system("worker", requestID: claim.request, organization: organization, onBehalfOf: claim.startedBy?.id)
        }
        guard let actor = claim.startedBy else { throw JobDecision.discard("authority_lost") }
        return try await check(permission, of: actor, at: location, in: organization, requestID: claim.request, access: access)
    }

    static func check(
        _ permission: Permission,
        of actor: Actor,
        at location: Location?,
        in organization: OrganizationID?,
        requestID: UUID,
        access: Access
    ) async throws -> Caller {
        let caller: Caller
        do {
            caller = try await access.caller(for: actor, organization: organization, requestID: requestID)
        } catch let problem as Problem where [.forbidden, .notFound, .unauthenticated].contains(problem.kind) {
            throw JobDecision.discard("authority_lost")
        }
        let holds =
            if let location { caller.may(permission, at: location) } else if let organization {
                caller.may(permission, in: organization)
            } else { false }
        guard holds else { throw JobDecision.discard("authority_lost") }
        return caller
    }
}
