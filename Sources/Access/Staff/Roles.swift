import Postgres
public import Values

extension Staffing {
    /// Makes a role of permissions the caller holds organization-wide. Errors: `name_taken`, `grants_more_than_held`, `invalid_request`.
    public func createRole(name: String, permissions: Set<Permission>) async throws -> Role {
        let name = try checkedName(name)
        try checkRole(permissions, all: permissions)
        let count = try await tx.query("select count(*) from control.role").first?.value(0, as: Int.self) ?? 0
        guard count < 200 else { throw Problem.conflict("too_many_roles", "An organization has at most 200 roles.") }
        let id = ambient.id(RoleID.self)
        let rows = try await tx.query(
            """
            insert into control.role (id, organization_id, name, permissions, created_at, created_by, updated_at, updated_by) \
            values (\(id), \(organization), \(name), \(permissions.map(\.rawValue).sorted()), \(now), \(caller.actor.id), \(now), \(caller.actor.id)) \
            on conflict (organization_id, lower(name)) do nothing returning id, name, permissions, version, created_at, updated_at
            """
        )
        guard let row = rows.first else { throw Staffing.nameTaken }
        audit(Act("role.created", "role", id, changed: permissions.map(\.rawValue).sorted()))
        return try Role(row)
    }

    /// Changes what everybody with this role may do, within a second. What is added must be held by who adds it. Errors: `stale`, `name_taken`.
    public func changeRole(_ id: RoleID, name: String?, permissions: Set<Permission>?, reason: Reason) async throws -> Role {
        guard let row = try await tx.query(Role.one(id) + " for update").first else { throw Problem.notFound }
        let role = try Role(row)
        try checkVersion(role.version)
        let wanted = permissions ?? role.permissions
        try checkRole(wanted.symmetricDifference(role.permissions), all: wanted)
        let newName = try name.map(checkedName) ?? role.name
        let taken = try await tx.query("select id from control.role where lower(name) = lower(\(newName)) and id <> \(id)")
        guard taken.isEmpty else { throw Staffing.nameTaken }
        let (broke, breaks) = (role.permissions.contains(.patientsBreakGlass), wanted.contains(.patientsBreakGlass))
        if breaks, !broke { try await endLostGlasses(with: id) }
        let rows = try await tx.query(
            """
            update control.role set name = \(newName), permissions = \(wanted.map(\.rawValue).sorted()), version = version + 1, \
            updated_at = \(now), updated_by = \(caller.actor.id) where id = \(id) \
            returning id, name, permissions, version, created_at, updated_at
            """
        )
        guard let changed = rows.first else { throw Problem.notFound }
        if broke, !breaks { try await endLostGlasses(with: id) }
        let added = wanted.subtracting(role.permissions).map { "+" + $0.rawValue }.sorted()
        let removed = role.permissions.subtracting(wanted).map { "-" + $0.rawValue }.sorted()
        audit(Act("role.changed", "role", id, reason: reason, changed: (newName == role.name ? [] : ["name"]) + added + removed))
        return try Role(changed)
    }

    /// Errors: `role_in_use`.
    public func removeRole(_ id: RoleID, reason: Reason) async throws {
        guard let row = try await tx.query(Role.one(id) + " for update").first else { throw Problem.notFound }
        let role = try Role(row)
        try checkVersion(role.version)
        try checkRole(role.permissions, all: role.permissions)
        let used = try await tx.query("select id from control.staff_grant where role_id = \(id) limit 1")
        guard used.isEmpty else { throw Problem.conflict("role_in_use", "Somebody has this role. Take it back first.") }
        tx.enqueue("delete from control.role where id = \(id)")
        audit(Act("role.removed", "role", id, reason: reason))
    }

    /// A role can be granted anywhere, so what changes in it must be held everywhere.
    private func checkRole(_ changing: Set<Permission>, all: Set<Permission>) throws(Problem) {
        try require(.rolesManage)
        guard !all.isEmpty else { throw Problem.invalid("/permissions", "too_few", "A role has at least one permission.") }
        guard all.isSubset(of: Permission.grantable) else {
            throw Problem.invalid("/permissions", "not_grantable", "One of these permissions cannot be granted.")
        }
        guard caller.mayGrant(GrantRule(.allow, changing), in: organization) else { throw Staffing.grantsMore }
    }

    private static let nameTaken = Problem.conflict("name_taken", "There is a role of this name already.")
}
