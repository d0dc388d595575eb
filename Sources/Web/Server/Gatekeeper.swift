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

    /// Whether there is such a place for the caller, whether they may, and then whether their proof is fresh enough.
    func admit(_ caller: Caller?, _ route: Route, _ path: PathValues, _ requestID: UUID, _ now: Instant) async throws -> Admission {
        let admission = try await place(caller, route, path, requestID, now)
        if route.needsStepUp { try access.requireStepUp(admission.caller, at: now) }
        return admission
    }

    private func place(_ caller: Caller?, _ route: Route, _ path: PathValues, _ requestID: UUID, _ now: Instant) async throws -> Admission {
        guard let caller else {
            guard route.authority == .everybody else {
                throw Problem(.unauthenticated, "not_signed_in", "Send a valid token: Authorization: Bearer …")
            }
            return Admission(caller: .system("anonymous", requestID: requestID), place: .account)
        }
        switch route.scope {
        case .location:
            let location = try await location(try path.id("location"), caller)
            var acting = try caller.acting(in: location.organization)
            if let glass = try await glass(acting, route, path, location, now) { acting = acting.looking(through: glass) }
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

    /// In an emergency a chart opens to be read: the path must name its patient, and only who may not look otherwise looks through glass.
    private func glass(_ caller: Caller, _ route: Route, _ path: PathValues, _ location: Location, _ now: Instant) async throws
        -> BreakGlass?
    {
        guard route.method == .get, route.path.names.contains("patient"), let permission = route.authority.permission,
            Permission.chart.contains(permission), !caller.may(permission, at: location)
        else { return nil }
        return try await access.glass(caller, try path.id("patient"), at: location, now: now)
    }

    private func check(_ caller: Caller, _ route: Route, _ location: Location) async throws {
        let permission = route.authority.permission
        if let permission, caller.may(permission, at: location) { return }
        if case .anywhere(.patientsBreakGlass) = route.authority, caller.mayBreakGlass(at: location) { return }
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
        return permission.denied
    }
}
