public import Tenancy
public import Values

/// Who acts, proven: the session or key was read from control at most a second ago.
public struct Caller: Sendable {
    public let actor: Actor
    /// The organization the caller acts in; nil before it was chosen.
    public let organization: OrganizationID?
    public let session: SessionID?
    public let requestID: UUID
    /// The address the request came from.
    public let source: String?
    public let userAgent: String?
    /// For the system: whose decision it carries out.
    public let onBehalfOf: UUID?
    public let memberships: [Membership]
    /// When the person last proved who they are.
    public let steppedUpAt: Instant?
    /// The broken glass this one request looks through.
    public let emergency: BreakGlass?
    /// System and command line: the right was decided elsewhere.
    let isTrusted: Bool

    init(
        actor: Actor,
        organization: OrganizationID? = nil,
        session: SessionID? = nil,
        requestID: UUID,
        source: String? = nil,
        userAgent: String? = nil,
        onBehalfOf: UUID? = nil,
        memberships: [Membership] = [],
        steppedUpAt: Instant? = nil,
        emergency: BreakGlass? = nil,
        isTrusted: Bool = false
    ) {
        self.actor = actor
        self.organization = organization
        self.session = session
        self.requestID = requestID
        self.source = source
        self.userAgent = userAgent
        self.onBehalfOf = onBehalfOf
        self.memberships = memberships
        self.steppedUpAt = steppedUpAt
        self.emergency = emergency
        self.isTrusted = isTrusted
    }

    // MARK: The platform itself

    /// A job whose right was used when its row was committed. Audited as the system, on behalf of the person who decided.
    public static func system(
        _ name: StaticString,
        requestID: UUID,
        organization: OrganizationID? = nil,
        onBehalfOf: UUID? = nil
    ) -> Caller {
        let actor = Actor(kind: .system, id: Actor.nobody, account: nil, name: "\(name)")
        return Caller(actor: actor, organization: organization, requestID: requestID, onBehalfOf: onBehalfOf, isTrusted: true)
    }

    /// Whoever runs `polyclinic` on the platform's own machine, by the name the machine knows them.
    public static func commandLine(user: String, requestID: UUID) -> Caller {
        let actor = Actor(kind: .platformOperator, id: Actor.nobody, account: nil, name: "cli:" + user.prefix(64))
        return Caller(actor: actor, requestID: requestID, isTrusted: true)
    }

    // MARK: Rights

    /// At one location. It takes the whole location, because that knows its organization: an organization-wide grant never opens a foreign one.
    public func may(_ permission: Permission, at location: Location) -> Bool {
        isTrusted || isOperating(permission) || grants(in: location.organization).allows(permission, at: location.id)
            || emergency?.opens(permission, at: location.id) == true
    }

    /// In an emergency: a right held at one location of the organization reaches all of them, but where it is denied.
    public func mayBreakGlass(at location: Location) -> Bool { grants(in: location.organization).mayBreakGlass(at: location.id) }

    /// In an organization: held organization-wide, or, for a permission of location scope, at one of its locations at least. The answer must
    /// then be narrowed by `locations(with:in:)`.
    public func may(_ permission: Permission, in organization: OrganizationID) -> Bool {
        guard !isTrusted, !isOperating(permission) else { return true }
        let grants = grants(in: organization)
        return permission.scope == .location ? grants.allowsSomewhere(permission) : grants.allowsThroughout(permission)
    }

    /// Organization-wide.
    public func holdsThroughout(_ permission: Permission, in organization: OrganizationID) -> Bool {
        isTrusted || isOperating(permission) || grants(in: organization).allowsThroughout(permission)
    }

    /// Over one's own account, or over the platform.
    public func may(_ permission: Permission) -> Bool {
        switch permission.scope {
        case .account: session != nil
        case .platform: isTrusted || isOperating(permission)
        case .location, .organization: false
        }
    }

    /// The locations of an organization at which the permission is held.
    public func locations(with permission: Permission, in organization: OrganizationID) -> LocationSelection {
        guard !isTrusted, !isOperating(permission) else { return .all(of: organization, except: []) }
        let (everywhere, locations) = grants(in: organization).places(permission)
        return everywhere ? .all(of: organization, except: locations) : .only(locations)
    }

    /// Whether the caller may hand `rule` on to others: nobody grants more than they hold.
    func mayGrant(_ rule: GrantRule, in organization: OrganizationID) -> Bool {
        isTrusted || grants(in: organization).cover(rule)
    }

    private func grants(in organization: OrganizationID) -> Grants {
        memberships.first { $0.organization == organization && $0.state == .active }?.grants ?? .none
    }

    private func isOperating(_ permission: Permission) -> Bool {
        actor.kind == .platformOperator && BuiltInRole.platformOperator.permissions.contains(permission)
    }

    // MARK: Acting

    /// The same caller, acting in one organization: the trail then names the membership, not the account. Errors: `not_found` for strangers,
    /// `staff_suspended`, `organization_suspended`.
    public func acting(in organization: OrganizationID) throws(Problem) -> Caller {
        if self.organization == organization { return self }
        let membership = memberships.first { $0.organization == organization }
        switch membership?.state {
        case .active: break
        case .suspended: throw Problem.forbidden("staff_suspended", "Your membership in this organization is suspended.")
        case .organizationSuspended: throw Problem.forbidden("organization_suspended", "This organization is suspended.")
        case nil: guard isTrusted || actor.kind == .platformOperator else { throw Problem.notFound }
        }
        return Caller(
            actor: membership?.actor ?? actor,
            organization: organization,
            session: session,
            requestID: requestID,
            source: source,
            userAgent: userAgent,
            onBehalfOf: onBehalfOf,
            memberships: memberships,
            steppedUpAt: steppedUpAt,
            emergency: emergency,
            isTrusted: isTrusted
        )
    }

    /// The same caller for one request through broken glass. Only the gate asks for it, for a path that names the glass's patient.
    public func looking(through glass: BreakGlass) -> Caller {
        Caller(
            actor: actor,
            organization: organization,
            session: session,
            requestID: requestID,
            source: source,
            userAgent: userAgent,
            onBehalfOf: onBehalfOf,
            memberships: memberships,
            steppedUpAt: steppedUpAt,
            emergency: glass,
            isTrusted: isTrusted
        )
    }
}

extension LocationSelection {
    public func contains(_ location: Location) -> Bool { contains(location.id, of: location.organization) }

    /// For a location that is known to be the organization's.
    public func contains(_ location: LocationID, of organization: OrganizationID) -> Bool {
        switch self {
        case .all(let all, let except): all == organization && !except.contains(location)
        case .only(let locations): locations.contains(location)
        }
    }
}
