import Logging
import Postgres
import Tenancy
public import Values

extension Access {
    /// Records that somebody was refused, in their organization's trail: at most ten entries a minute each, then only the count grows. It never
    /// fails the answer; when it cannot be written, the log says so. A stranger's refusal goes to the stranger's own organization: nobody writes
    /// into a trail of others.
    public func refused(_ caller: Caller, _ permission: Permission, in organization: OrganizationID?, route: String) async {
        guard let organization = caller.trail(wanting: organization) else { return }
        let now = ambient.now()
        let minute = Instant(microseconds: now.microseconds - now.microseconds % 60_000_000)
        let act = Act("access.refused", "permission", changed: [permission.rawValue, route], result: .refused)
        let statement: Statement =
            """
            with counted as (insert into control.refusal_count as c (organization_id, actor_id, minute, refusals) \
            values (\(organization), \(caller.actor.id), \(minute), 1) \
            on conflict (organization_id, actor_id, minute) do update set refusals = c.refusals + 1 returning refusals), \
            entry as (insert into control.audit_entry (organization_id,
            """ + " " + TrailColumns.names + ") select \(organization), " + TrailColumns.who(ambient.id(), now, caller, act)
            + ", '{}'::uuid[], '{}'::uuid[], " + TrailColumns.outcome(act)
            + " from counted where refusals <= \(settings.refusalsPerMinute) on conflict (id) do nothing returning id)"
            + " insert into control.audit_unsealed (organization_id, id) select \(organization), entry.id from entry"
        do {
            _ = try await tenancy.organizationRead(organization, statement)
        } catch {
            logger.error("A refusal could not be recorded", metadata: ["request": "\(caller.requestID)", "error": "\(error)"])
        }
    }
}

extension Caller {
    fileprivate func trail(wanting organization: OrganizationID?) -> OrganizationID? {
        if let organization,
            isTrusted || actor.kind == .platformOperator || memberships.contains(where: { $0.organization == organization })
        {
            return organization
        }
        return self.organization ?? memberships.first?.organization
    }
}
