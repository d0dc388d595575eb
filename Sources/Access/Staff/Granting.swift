import Postgres
public import Values

extension Staffing {
    /// Grants or denies. Errors: `grants_more_than_held`, `outside_own_locations`, `owner_cannot_be_denied`, `not_found`, `invalid_request`.
    public func grant(_ new: NewGrant, to staff: StaffID, reason: Reason) async throws -> Grant {
        let target = try await member(staff)
        if new.effect == .allow { try await endLostGlasses(of: staff) }
        let id = try await insert(new, to: target, at: "/grant")
        if new.effect == .deny { try await endLostGlasses(of: staff) }
        guard let row = try await tx.query(Grant.one(id)).first else { throw Problem.notFound }
        let grant = try Grant(row)
        audit(Act("staff.granted", "staff", staff, reason: reason, changed: new.describing, objects: [id.uuid]))
        return grant
    }

    /// Takes a grant back; taking back a deny gives, and so needs what it gives.
    public func revoke(_ id: GrantID, reason: Reason) async throws {
        guard let row = try await tx.query(Grant.one(id)).first else { throw Problem.notFound }
        let grant = try Grant(row)
        try requirePlace(grant.location)
        guard caller.mayGrant(GrantRule(.allow, grant.permissions, at: grant.location, until: grant.until), in: organization) else {
            throw Staffing.grantsMore
        }
        let member = try await member(grant.staff)
        if grant.isOwnership { try await checkOwnerStays(without: member.id, state: member.state) }
        if grant.effect == .deny { try await endLostGlasses(of: member.id) }
        guard try await !tx.query("delete from control.staff_grant where id = \(id) returning id").isEmpty else { throw Problem.notFound }
        if grant.effect == .allow { try await endLostGlasses(of: member.id) }
        let was = NewGrant(grant.what, at: grant.location, effect: grant.effect, until: grant.until)
        audit(Act("staff.revoked", "staff", grant.staff, reason: reason, changed: was.describing, objects: [id.uuid]))
    }

    /// `pointer`: where the request says this grant, so that a problem names the member that is wrong.
    func insert(_ new: NewGrant, to staff: StaffMember, at pointer: String) async throws -> GrantID {
        try requirePlace(new.location)
        try await checkPlace(new.location, pointer + "/location_id")
        if let until = new.until, until <= now { throw Problem.invalid(pointer + "/until", "past", "Name a moment in the future.") }
        let permissions = try await permissions(new.what, at: pointer)
        switch new.effect {
        case .allow:
            let rule = GrantRule(.allow, permissions, at: new.location, until: new.until)
            guard caller.mayGrant(rule, in: organization) else { throw Staffing.grantsMore }
            if new.isOwnership, try await grants(of: staff.id).contains(where: { $0.effect == .deny }) {
                throw Problem.conflict("owner_cannot_be_denied", "Owners may do everything. Take back what is denied first.")
            }
        case .deny:
            guard try await !grants(of: staff.id).contains(where: \.isOwnership) else {
                throw Problem.conflict("owner_cannot_be_denied", "Owners may do everything. Take the ownership back first.")
            }
        }
        let id = ambient.id(GrantID.self)
        let (builtIn, role, permission) = new.what.columns
        let count = try await tx.query(
            """
            insert into control.staff_grant (id, organization_id, staff_id, effect, built_in, role_id, permission, location_id, until, created_at, \
            created_by) values (\(id), \(organization), \(staff.id), \(new.effect.rawValue), \(builtIn), \(role), \(permission), \(new.location), \
            \(new.until), \(now), \(caller.actor.id)) returning (select count(*) from control.staff_grant where staff_id = \(staff.id))
            """
        ).first?.value(0, as: Int.self)
        guard let count, count < Staffing.grantsPerMember else {
            throw Problem.conflict("too_many_grants", "Nobody needs more than \(Staffing.grantsPerMember) grants. Make a role instead.")
        }
        return id
    }

    /// What one person's grants may number, so that reading a caller stays one small answer.
    static let grantsPerMember = 100

    /// Managing staff must be held where the grant stands.
    private func requirePlace(_ location: LocationID?) throws(Problem) {
        let rule = GrantRule(.allow, [.staffManage], at: location)
        guard caller.mayManage(at: rule, in: organization) else {
            throw caller.may(.staffManage, in: organization)
                ? Problem.forbidden("outside_own_locations", "You manage staff at some locations only, and this is none of them.")
                : Staffing.notAllowed(.staffManage)
        }
    }

    /// Row-level security shows this organization's locations only: a foreign one does not exist.
    private func checkPlace(_ location: LocationID?, _ pointer: String) async throws {
        guard let location else { return }
        let found = try await tx.query("select id from control.location_directory where id = \(location) and state <> 'removed'")
        guard !found.isEmpty else { throw Problem.invalid(pointer, "unknown_location", "There is no such location here.") }
    }

    private func permissions(_ what: Grantable, at pointer: String) async throws -> Set<Permission> {
        switch what {
        case .builtIn(let role):
            guard role.isGrantable else {
                throw Problem.invalid(pointer + "/built_in_role", "not_grantable", "Operators of the platform are not made here.")
            }
            return role.permissions
        case .permission(let permission):
            guard Permission.grantable.contains(permission) else {
                throw Problem.invalid(pointer + "/permission", "not_grantable", "This permission cannot be granted.")
            }
            return [permission]
        case .role(let id):
            // Locked, so that the role cannot grow between this check and the commit.
            guard let row = try await tx.query(Role.one(id) + " for update").first else {
                throw Problem.invalid(pointer + "/role_id", "unknown_role", "There is no such role here.")
            }
            return try Role(row).permissions
        }
    }
}

extension Caller {
    /// Whether the caller manages staff where `rule` stands, for any length of time.
    func mayManage(at rule: GrantRule, in organization: OrganizationID) -> Bool {
        guard let location = rule.location else { return holdsThroughout(.staffManage, in: organization) }
        return switch locations(with: .staffManage, in: organization) {
        case .all(_, let except): !except.contains(location)
        case .only(let locations): locations.contains(location)
        }
    }
}

extension Grantable {
    var columns: (builtIn: String?, role: RoleID?, permission: String?) {
        switch self {
        case .builtIn(let role): (role.rawValue, nil, nil)
        case .role(let id): (nil, id, nil)
        case .permission(let permission): (nil, nil, permission.rawValue)
        }
    }
}

extension NewGrant {
    var isOwnership: Bool { what == .builtIn(.owner) && effect == .allow && location == nil && until == nil }

    /// For the trail: effect, what and where.
    var describing: [String] {
        let (builtIn, role, permission) = what.columns
        let named = builtIn.map { "role:\($0)" } ?? role.map { "role:\($0)" } ?? permission.map { "permission:\($0)" } ?? ""
        return [effect.rawValue, named, location.map { "location:\($0)" } ?? "organization"] + (until.map { ["until:\($0)"] } ?? [])
    }
}
