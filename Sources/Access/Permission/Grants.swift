public import Values

/// One line of what a staff member may or may not do.
public struct GrantRule: Sendable, Hashable {
    public enum Effect: String, Sendable, CaseIterable {
        case allow, deny
    }

    public let effect: Effect
    /// nil is the whole organization.
    public let location: LocationID?
    public let permissions: Set<Permission>
    /// When it ends; nil is never.
    public let until: Instant?

    public init(_ effect: Effect, _ permissions: Set<Permission>, at location: LocationID? = nil, until: Instant? = nil) {
        self.effect = effect
        self.location = location
        self.permissions = permissions
        self.until = until
    }
}

/// All rules of one member together. No rule is no access; a deny beats every allow, wherever both apply.
public struct Grants: Sendable {
    private var wide: [Permission: Instant] = [:]
    private var local: [LocationID: [Permission: Instant]] = [:]
    private var deniedWide: Set<Permission> = []
    private var deniedLocal: [LocationID: Set<Permission>] = [:]

    public static let none = Grants([])

    public init(_ rules: [GrantRule]) {
        for rule in rules {
            switch (rule.effect, rule.location) {
            case (.allow, nil): Grants.add(rule, to: &wide)
            case (.allow, let location?): Grants.add(rule, to: &local[location, default: [:]])
            case (.deny, nil): deniedWide.formUnion(rule.permissions)
            case (.deny, let location?): deniedLocal[location, default: []].formUnion(rule.permissions)
            }
        }
    }

    /// Two rules that allow the same last as long as the longer one.
    private static func add(_ rule: GrantRule, to held: inout [Permission: Instant]) {
        let until = rule.until ?? Grants.forever
        for permission in rule.permissions { held[permission] = max(held[permission] ?? until, until) }
    }

    private static let forever = Instant(microseconds: .max)

    /// Until when the permission is held at a location, or (nil) organization-wide; nil when it is not held.
    private func held(_ permission: Permission, at location: LocationID?) -> Instant? {
        guard !deniedWide.contains(permission) else { return nil }
        guard let location else { return wide[permission] }
        guard permission.scope == .location else { return wide[permission] }
        guard deniedLocal[location]?.contains(permission) != true else { return nil }
        switch (wide[permission], local[location]?[permission]) {
        case (let wide?, let local?): return max(wide, local)
        case (let wide, let local): return wide ?? local
        }
    }

    public func allows(_ permission: Permission, at location: LocationID) -> Bool { held(permission, at: location) != nil }

    /// Whether a deny, there or organization-wide, takes it away.
    func denies(_ permission: Permission, at location: LocationID) -> Bool {
        deniedWide.contains(permission) || deniedLocal[location]?.contains(permission) == true
    }

    /// Organization-wide. A deny at a single location does not take this away; `except` of `locations` names it.
    public func allowsThroughout(_ permission: Permission) -> Bool { held(permission, at: nil) != nil }

    public func allowsSomewhere(_ permission: Permission) -> Bool {
        allowsThroughout(permission) || local.keys.contains { allows(permission, at: $0) }
    }

    /// In an emergency: a right held at one location of the organization reaches all of them, but where it is denied.
    func mayBreakGlass(at location: LocationID) -> Bool {
        allowsSomewhere(.patientsBreakGlass) && !denies(.patientsBreakGlass, at: location)
    }

    /// Where the permission is held: everywhere but some, or only some.
    func places(_ permission: Permission) -> (everywhere: Bool, locations: Set<LocationID>) {
        guard allowsThroughout(permission) else { return (false, Set(local.keys.filter { allows(permission, at: $0) })) }
        return (true, permission.scope == .location ? Set(deniedLocal.keys.filter { !allows(permission, at: $0) }) : [])
    }

    /// Whether somebody with these grants may hand on `rule`: everything in it is held there, at least as long, and (organization-wide)
    /// is denied nowhere.
    func cover(_ rule: GrantRule) -> Bool {
        let until = rule.until ?? Grants.forever
        return rule.permissions.allSatisfy { permission in
            guard let held = held(permission, at: rule.location), held >= until else { return false }
            return rule.location != nil || places(permission).locations.isEmpty
        }
    }
}
