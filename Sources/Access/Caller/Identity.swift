import Postgres
import Values

/// What control knows of the holder of a token, all read in one flight.
struct Identity: Sendable {
    let session: SessionID?
    let account: AccountID?
    let actor: Actor
    let memberships: [Membership]
    let steppedUpAt: Instant?
    let lastUsedAt: Instant?

    /// Acts in its organization at once when there is only one.
    func caller(requestID: UUID, source: String?, userAgent: String?) -> Caller {
        let only = memberships.count == 1 && memberships[0].state == .active && actor.kind != .platformOperator ? memberships[0] : nil
        return Caller(
            actor: only?.actor ?? actor,
            organization: only?.organization,
            session: session,
            requestID: requestID,
            source: source,
            userAgent: userAgent,
            memberships: memberships,
            steppedUpAt: steppedUpAt
        )
    }
}

extension Identity {

    static func ofSession(_ hash: [UInt8], now: Instant, idleSince: Instant) -> Statement {
        """
        select s.id, s.account_id, s.last_used_at, s.step_up_at, a.platform_operator, a.email, m.id, m.organization_id, m.name, m.state, o.state, \
        g.effect, g.location_id, g.until, g.built_in, r.permissions, g.permission \
        from control.session s join control.account a on a.id = s.account_id and a.state = 'active' \
        left join control.staff m on m.account_id = a.id and m.state <> 'invited' \
        left join control.organization o on o.id = m.organization_id \
        left join control.staff_grant g on g.staff_id = m.id and (g.until is null or g.until > \(now)) \
        left join control.role r on r.id = g.role_id \
        where s.token_hash = \(hash) and s.ended_at is null and s.expires_at > \(now) and s.last_used_at > \(idleSince) \
        order by g.effect desc nulls last limit 2000
        """
    }

    /// nil when the session is not there any more.
    static func session(_ rows: Rows) throws -> Identity? {
        guard let first = rows.first else { return nil }
        let session = try first.value(0, as: SessionID.self)
        let account = try first.value(1, as: AccountID.self)
        let isOperator = try first.value(4, as: Bool.self)
        var found: [StaffID: (organization: OrganizationID, name: String, state: Membership.State, rules: [GrantRule])] = [:]
        for row in rows {
            guard let staff = try row.value(6, as: StaffID?.self) else { continue }
            let state = try Identity.state(staff: row.value(9, as: String.self), organization: row.value(10, as: String.self))
            let known = try found[staff] ?? (row.value(7, as: OrganizationID.self), row.value(8, as: String.self), state, [])
            found[staff] = known
            if let rule = try rule(row) { found[staff]?.rules.append(rule) }
        }
        let memberships = found.map { staff, member in
            Membership(
                organization: member.organization,
                actor: Actor(kind: .staff, id: staff.uuid, account: account, name: member.name),
                state: member.state,
                grants: Grants(member.rules)
            )
        }
        let name = try first.value(5, as: String.self)
        return Identity(
            session: session,
            account: account,
            actor: Actor(kind: isOperator ? .platformOperator : .account, id: account.uuid, account: account, name: name),
            memberships: memberships,
            steppedUpAt: try first.value(3, as: Instant?.self),
            lastUsedAt: try first.value(2, as: Instant.self)
        )
    }

    static func rule(_ row: Row) throws -> GrantRule? {
        guard let effect = try row.value(11, as: String?.self).flatMap(GrantRule.Effect.init) else { return nil }
        let builtIn = try row.value(14, as: String?.self).flatMap(BuiltInRole.init)
        let made = try row.value(15, as: [String]?.self) ?? []
        let single = try row.value(16, as: String?.self)
        let permissions = (builtIn?.permissions ?? []).union((made + [single].compactMap { $0 }).compactMap(Permission.init))
        return GrantRule(effect, permissions, at: try row.value(12, as: LocationID?.self), until: try row.value(13, as: Instant?.self))
    }

    static func state(staff: String, organization: String) -> Membership.State {
        if organization != "active" { return .organizationSuspended }
        return staff == "active" ? .active : .suspended
    }

    static func ofKey(_ hash: [UInt8], now: Instant) -> Statement {
        """
        select k.id, k.organization_id, k.name, k.scopes, k.locations, o.state from control.api_key k \
        join control.organization o on o.id = k.organization_id \
        where k.token_hash = \(hash) and k.revoked_at is null and k.expires_at > \(now) limit 1
        """
    }

    static func key(_ rows: Rows) throws -> Identity? {
        guard let row = rows.first else { return nil }
        let (id, organization, name, scopes, locations, state) = try row.decode(
            (APIKeyID, OrganizationID, String, [String], [LocationID]?, String).self
        )
        let permissions = Set(scopes.compactMap(Permission.init)).intersection(Permission.grantable)
        let rules = locations?.map { GrantRule(.allow, permissions, at: $0) } ?? [GrantRule(.allow, permissions)]
        let actor = Actor(kind: .key, id: id.uuid, account: nil, name: name)
        let membership = Membership(
            organization: organization,
            actor: actor,
            state: Identity.state(staff: "active", organization: state),
            grants: Grants(rules)
        )
        return Identity(session: nil, account: nil, actor: actor, memberships: [membership], steppedUpAt: nil, lastUsedAt: nil)
    }
}
