import Access
import Tenancy
import Values

/// Finds out who asks and about which place, and whether they may. Whoever may not know of a place gets the answer of a place that does
/// not exist.
struct Gatekeeper: Sendable {
    let access: Access
    let tenancy: Tenancy

    struct Admission: Sendable {
        let caller: Caller
        let place: Call.Place
    }

    func admit(_ caller: Caller?, _ route: Route, _ path: PathValues, _ requestID: UUID, _ now: Instant) async throws -> Admission {
        guard let caller else {
            guard route.authority == .everybody else {
                throw Problem(.unauthenticated, "not_signed_in", "Send a valid token: Authorization: Bearer …")
            }
            return Admission(caller: .system("anonymous", requestID: requestID), place: .account)
        }
        switch route.scope {
        case .location:
            let location = try await location(try path.id("location"), caller)
            let acting = try caller.acting(in: location.organization)
            try await check(acting, route, location)
            return Admission(caller: acting, place: .location(location))
        case .organization:
            let organization = try path.id("organization", OrganizationID.self)
            let acting = try caller.acting(in: organization)
            try await check(acting, route, organization)
            return Admission(caller: acting, place: .organization(organization))
        case .account:
            if let permission = route.authority.permission, !caller.may(permission) {
                throw await refusal(caller, permission, caller.organization, route)
            }
            return Admission(caller: caller, place: .account)
        }
    }

    private func location(_ id: LocationID, _ caller: Caller) async throws -> Location {
        do {
            return try await tenancy.location(id)
        } catch let problem as Problem where problem.kind == .forbidden {
            // Suspended: only its own people are told so.
            for membership in caller.memberships {
                if try await tenancy.locations(of: membership.organization).contains(where: { $0.id == id }) { throw problem }
            }
            throw Problem.notFound
        }
    }

    private func check(_ caller: Caller, _ route: Route, _ location: Location) async throws {
        let permission = route.authority.permission
        if let permission, caller.may(permission, at: location) { return }
        // A location where the caller may do nothing at all does not exist for them.
        guard Permission.allCases.contains(where: { caller.may($0, at: location) }) else { throw Problem.notFound }
        guard let permission else { return }
        throw await refusal(caller, permission, location.organization, route)
    }

    private func check(_ caller: Caller, _ route: Route, _ organization: OrganizationID) async throws {
        switch route.authority {
        case .permission(let permission):
            guard !caller.holdsThroughout(permission, in: organization) else { return }
            throw await refusal(caller, permission, organization, route)
        case .anywhere(let permission):
            guard !caller.may(permission, in: organization) else { return }
            throw await refusal(caller, permission, organization, route)
        case .signedIn, .everybody: return
        }
    }

    private func refusal(_ caller: Caller, _ permission: Permission, _ organization: OrganizationID?, _ route: Route) async -> Problem {
        await access.refused(caller, permission, in: organization, route: "\(route.method.rawValue) \(route.path)")
        return .forbidden("permission_denied", "This needs the permission \(permission.rawValue).")
    }
}
