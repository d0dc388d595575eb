import Postgres
public import Values

extension Staffing {
    /// Invites somebody. The answer is the same whether the address has an account elsewhere or not. Errors: `already_invited` (409),
    /// `invalid_request`, those of `grant`.
    public func invite(email: String, name: String, grants: [NewGrant]) async throws -> Invitation {
        try require(.staffManage)
        guard let address = EmailAddress(email) else { throw Problem.invalid("/email", "invalid_email", "This is not an e-mail address.") }
        let name = try checkedName(name)
        guard !grants.isEmpty else { throw Problem.invalid("/grants", "too_few", "Say what the new member may do, and where.") }
        guard grants.count <= 20 else { throw Problem.invalid("/grants", "too_many", "Name at most 20 grants.") }
        let id = ambient.id(StaffID.self)
        let made = try await tx.query(
            """
            insert into control.staff (id, organization_id, email, email_key, name, state, created_at, created_by, updated_at, updated_by) \
            values (\(id), \(organization), \(address.text), \(address.key), \(name), 'invited', \(now), \(caller.actor.id), \(now), \
            \(caller.actor.id)) on conflict (organization_id, email_key) do nothing returning id
            """
        )
        guard !made.isEmpty else { throw Problem.conflict("already_invited", "This address is a staff member's, or invited, already.") }
        audit(Act("staff.invited", "staff", id))
        let member = try await member(id)
        let reason = Reason(known: "invitation", "Granted with the invitation.")
        for (position, new) in grants.enumerated() {
            let grant = try await insert(new, to: member, at: "/grants/\(position)")
            audit(Act("staff.granted", "staff", id, reason: reason, changed: new.describing, objects: [grant.uuid]))
        }
        return invitation(id)
    }

    /// A new token for somebody who has not joined yet; the old one is dead.
    public func renewInvitation(_ staff: StaffID) async throws -> Invitation {
        let member = try await member(staff)
        try await checkMayManage(staff)
        guard member.state == .invited else { throw Problem.conflict("already_joined", "This staff member has joined already.") }
        tx.enqueue("delete from control.invitation where staff_id = \(staff)")
        audit(Act("staff.invitation_renewed", "staff", staff))
        return invitation(staff)
    }

    /// Ends a member's rights in this organization, within a second, and what emergency access they have open. Their sessions lie outside this
    /// transaction: `Access.endSessions(ofSuspended:)` ends them once it has committed. Errors: `last_owner`, `grants_more_than_held`.
    public func suspend(_ staff: StaffID, reason: Reason) async throws -> StaffMember {
        let member = try await member(staff)
        try await checkMayManage(staff)
        try checkVersion(member.version)
        guard member.state != .suspended else { throw Problem.conflict("already_suspended", "This staff member is suspended already.") }
        if try await grants(of: staff).contains(where: \.isOwnership) { try await checkOwnerStays(without: staff, state: member.state) }
        tx.enqueue("delete from control.invitation where staff_id = \(staff)")
        try await endGlasses(of: staff)
        return try await change(staff, "staff.suspended", ["state"], reason, "state = 'suspended'")
    }

    /// Gives a suspended member the same rights back, but nothing that was open before: call `Access.endSessions(ofSuspended:)` first. Who never
    /// joined is invited anew with `renewInvitation`.
    public func resume(_ staff: StaffID, reason: Reason) async throws -> StaffMember {
        let member = try await member(staff)
        try await checkMayManage(staff)
        try checkVersion(member.version)
        guard member.state == .suspended else { throw Problem.conflict("not_suspended", "This staff member is not suspended.") }
        try await endGlasses(of: staff)
        return try await change(
            staff,
            "staff.resumed",
            ["state"],
            reason,
            "state = case when account_id is null then 'invited' else 'active' end"
        )
    }

    public func rename(_ staff: StaffID, name: String) async throws -> StaffMember {
        let member = try await member(staff)
        try await checkMayManage(staff)
        try checkVersion(member.version)
        return try await change(staff, "staff.renamed", ["name"], nil, "name = \(try checkedName(name))")
    }

    private func change(_ staff: StaffID, _ action: String, _ members: [String], _ reason: Reason?, _ setting: Statement) async throws
        -> StaffMember
    {
        let rows = try await tx.query(
            "update control.staff set " + setting
                + ", version = version + 1, updated_at = \(now), updated_by = \(caller.actor.id) where id = \(staff)"
                + " returning id, account_id, name, email, state, version, created_at, updated_at"
        )
        guard let row = rows.first else { throw Problem.notFound }
        audit(Act(action, "staff", staff, reason: reason, changed: members))
        return try StaffMember(row)
    }

    func invitation(_ staff: StaffID) -> Invitation {
        let token = Token.make(.invitation, ambient)
        let expires = now.adding(seconds: AccessSettings.invitationSeconds)
        tx.enqueue(
            """
            insert into control.invitation (staff_id, organization_id, token_hash, expires_at, created_at, created_by) \
            values (\(staff), \(organization), \(token.hash), \(expires), \(now), \(caller.actor.id))
            """
        )
        return Invitation(staff: staff, token: token.text, expiresAt: expires)
    }

    func checkedName(_ text: String) throws(Problem) -> String {
        guard let name = cleanName(text) else {
            throw Problem.invalid("/name", "invalid_name", "Use 1 to 100 characters, no control characters.")
        }
        return name
    }
}

/// Trimmed; nil when it is empty, too long or holds control characters.
func cleanName(_ text: String) -> String? {
    guard text.utf8.count <= 400 else { return nil }
    let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    guard (1...100).contains(trimmed.count), !trimmed.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
        return nil
    }
    return trimmed
}
