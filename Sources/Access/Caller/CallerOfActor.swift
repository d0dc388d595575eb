import Postgres
import Tenancy
public import Values

extension Access {
    /// Whoever once acted, with what they may now: for a job that delivers data to the person who asked for it. Read anew each time, so that
    /// a batch never goes out under a right that is gone. Errors: `authority_gone` when account, membership or key are suspended or gone.
    public func caller(for actor: Actor, organization: OrganizationID?, requestID: UUID) async throws -> Caller {
        let now = ambient.now()
        let identity =
            switch actor.kind {
            case .staff: try Identity.staff(try await tenancy.signInRead(Identity.ofStaff(ID(actor.id), now: now)))
            case .key: try Identity.key(try await tenancy.signInRead(Identity.ofKey(ID(actor.id), now: now)))
            case .account, .platformOperator, .system: Identity?.none
            }
        guard let identity, let membership = identity.memberships.first, membership.state == .active,
            organization == nil || membership.organization == organization
        else { throw Problem.forbidden("authority_gone", "Who asked for this may no longer do so.") }
        return identity.caller(requestID: requestID, source: nil, userAgent: nil)
    }
}

extension Identity {
    /// Columns 6 and on are those of `ofSession`.
    static func ofStaff(_ staff: StaffID, now: Instant) -> Statement {
        """
        select m.account_id, null, null, null, null, null, m.id, m.organization_id, m.name, m.state, o.state, \
        g.effect, g.location_id, g.until, g.built_in, r.permissions, g.permission \
        from control.staff m join control.account a on a.id = m.account_id and a.state = 'active' \
        join control.organization o on o.id = m.organization_id \
        left join control.staff_grant g on g.staff_id = m.id and (g.until is null or g.until > \(now)) \
        left join control.role r on r.id = g.role_id \
        where m.id = \(staff) and m.state <> 'invited' limit 2000
        """
    }

    static func staff(_ rows: Rows) throws -> Identity? {
        guard let first = rows.first else { return nil }
        let account = try first.value(0, as: AccountID.self)
        let actor = Actor(kind: .staff, id: try first.value(6, as: UUID.self), account: account, name: try first.value(8, as: String.self))
        let membership = Membership(
            organization: try first.value(7, as: OrganizationID.self),
            actor: actor,
            state: try state(staff: first.value(9, as: String.self), organization: first.value(10, as: String.self)),
            grants: Grants(try rows.compactMap(rule))
        )
        return Identity(session: nil, account: account, actor: actor, memberships: [membership], steppedUpAt: nil, lastUsedAt: nil)
    }

    static func ofKey(_ key: APIKeyID, now: Instant) -> Statement {
        """
        select k.id, k.organization_id, k.name, k.scopes, k.locations, o.state from control.api_key k \
        join control.organization o on o.id = k.organization_id \
        where k.id = \(key) and k.revoked_at is null and k.expires_at > \(now)
        """
    }
}
