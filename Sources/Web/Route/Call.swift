public import Access
public import Postgres
public import Tenancy
public import Values

/// One request, after the caller, the place and the permission are known: what a handler gets.
public struct Call: Sendable {
    public let requestID: UUID
    /// The route's template, for logs and messages.
    public let route: String
    /// Who asks. On routes for everybody without a token: the system's own `anonymous`.
    public let caller: Caller
    /// The bearer token itself, for signing out.
    public let token: String?
    public let path: PathValues
    public let now: Instant
    public let ambient: Ambient
    public let access: Access
    public let tenancy: Tenancy
    /// The address the request came from and what the client calls itself.
    public let source: String?
    public let userAgent: String?
    let place: Place

    enum Place: Sendable {
        case location(Location)
        case organization(OrganizationID)
        case account
    }

    /// The location the path names. Errors: `failed` on a route without one.
    public var location: Location {
        get throws(Problem) {
            guard case .location(let location) = place else { throw Problem(.failed, "internal", "The route names no location.") }
            return location
        }
    }

    /// The organization the path names, or that of the location it names.
    public var organization: OrganizationID {
        get throws(Problem) {
            switch place {
            case .location(let location): return location.organization
            case .organization(let organization): return organization
            case .account: throw Problem(.failed, "internal", "The route names no organization.")
            }
        }
    }

    /// An audited read at the place the path names, in one flight. The statement yields a column `id` first.
    public func read(_ statement: Statement, _ act: ReadAct) async throws -> Rows {
        switch place {
        case .location(let location): try await access.read(location, statement, act, by: caller)
        case .organization(let organization): try await access.read(organization, statement, act, by: caller)
        case .account: throw Problem(.failed, "internal", "The route names no place to read from.")
        }
    }

    /// Whether the caller has a permission at the place the path names.
    public func may(_ permission: Permission) -> Bool {
        switch place {
        case .location(let location): caller.may(permission, at: location)
        case .organization(let organization): caller.may(permission, in: organization)
        case .account: caller.may(permission)
        }
    }

    var viewer: Viewer { Viewer(may) }

    /// The same call, admitted anew at a later time.
    func again(_ admission: Gatekeeper.Admission, at now: Instant) -> Call {
        Call(
            requestID: requestID,
            route: route,
            caller: admission.caller,
            token: token,
            path: path,
            now: now,
            ambient: ambient,
            access: access,
            tenancy: tenancy,
            source: source,
            userAgent: userAgent,
            place: admission.place
        )
    }
}

/// The values of a path's `{names}`.
public struct PathValues: Sendable {
    let values: [(name: String, value: String)]

    /// Errors: `not_found` when it is not an id, exactly as for an id that does not exist.
    public func id<Of>(_ name: StaticString, _ type: ID<Of>.Type = ID<Of>.self) throws(Problem) -> ID<Of> {
        guard let id = ID<Of>(try text(name)) else { throw .notFound }
        return id
    }

    public func text(_ name: StaticString) throws(Problem) -> String {
        let name = name.description
        guard let value = values.first(where: { $0.name == name })?.value else { throw .notFound }
        return value
    }
}
