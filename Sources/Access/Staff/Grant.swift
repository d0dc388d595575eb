public import Postgres
public import Values

/// What a grant gives or denies.
public enum Grantable: Sendable, Hashable {
    case builtIn(BuiltInRole)
    case role(RoleID)
    case permission(Permission)
}

/// A grant somebody wants to make.
public struct NewGrant: Sendable, Hashable {
    public let what: Grantable
    /// nil is the whole organization.
    public let location: LocationID?
    public let effect: GrantRule.Effect
    public let until: Instant?

    public init(_ what: Grantable, at location: LocationID? = nil, effect: GrantRule.Effect = .allow, until: Instant? = nil) {
        self.what = what
        self.location = location
        self.effect = effect
        self.until = until
    }
}

/// A grant that was made. It is never edited, only revoked.
public struct Grant: Sendable {
    public let id: GrantID
    public let staff: StaffID
    public let what: Grantable
    public let location: LocationID?
    public let effect: GrantRule.Effect
    public let until: Instant?
    public let createdAt: Instant
    /// Everything in it: the role's permissions, or the one.
    public let permissions: Set<Permission>

    var rule: GrantRule { GrantRule(effect, permissions, at: location, until: until) }

    private static let columns: Statement =
        """
        select g.id, g.staff_id, g.built_in, g.role_id, g.permission, g.location_id, g.effect, g.until, g.created_at, r.permissions \
        from control.staff_grant g left join control.role r on r.id = g.role_id
        """

    /// All grants of a staff member: at most a few hundred.
    public static func of(_ staff: StaffID) -> Statement { columns + " where g.staff_id = \(staff) order by g.id limit 1000" }

    public static func one(_ id: GrantID) -> Statement { columns + " where g.id = \(id)" }

    public init(_ row: Row) throws {
        id = try row.value(0)
        staff = try row.value(1)
        let builtIn = try row.value(2, as: String?.self).flatMap(BuiltInRole.init)
        let role = try row.value(3, as: RoleID?.self)
        let permission = try row.value(4, as: String?.self).flatMap(Permission.init)
        let made = try row.value(9, as: [String]?.self) ?? []
        switch (builtIn, role, permission) {
        case (let builtIn?, _, _): (what, permissions) = (.builtIn(builtIn), builtIn.permissions)
        case (_, let role?, _): (what, permissions) = (.role(role), Set(made.compactMap(Permission.init)))
        case (_, _, let permission?): (what, permissions) = (.permission(permission), [permission])
        default: throw Problem(.failed, "grant_unknown", "This grant was made by a newer version.")
        }
        location = try row.value(5)
        effect = GrantRule.Effect(rawValue: try row.value(6)) ?? .deny
        until = try row.value(7)
        createdAt = try row.value(8)
    }
}

extension Entity {
    public enum Grant {}
}

public typealias GrantID = ID<Entity.Grant>
