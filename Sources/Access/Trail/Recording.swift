public import Postgres
public import Values

extension Transaction {
    /// Writes the act to the location's trail, in this transaction: no act without its entry, no entry without its act. Rides with the next
    /// flight or with COMMIT.
    public func audit(_ act: Act, by caller: Caller, at now: Instant, ambient: Ambient) {
        let id = ambient.id(AuditEntryID.self)
        enqueue(
            "insert into {location}.audit_entry (" + TrailColumns.names + ") values (" + TrailColumns.who(id, now, caller, act)
                + ", \(act.objects), \(act.patients), " + TrailColumns.outcome(act) + ")"
        )
        enqueue("insert into {location}.audit_unsealed (id) values (\(id))")
    }

    /// Writes the act to the organization's trail, in this transaction of the control database.
    public func auditOrganization(_ act: Act, organization: OrganizationID, by caller: Caller, at now: Instant, ambient: Ambient) {
        let id = ambient.id(AuditEntryID.self)
        enqueue(
            "insert into control.audit_entry (organization_id, " + TrailColumns.names + ") values (\(organization), "
                + TrailColumns.who(id, now, caller, act) + ", \(act.objects), \(act.patients), " + TrailColumns.outcome(act) + ")"
        )
        enqueue("insert into control.audit_unsealed (organization_id, id) values (\(organization), \(id))")
    }
}

/// The columns of an entry, in the order everybody writes them.
enum TrailColumns {
    static let names: Statement = """
        id, at, actor_kind, actor_id, actor_name, on_behalf_of, session_id, request_id, source, action, object_kind, object_id, objects, patients, \
        result, reason_code, reason_text, changed
        """

    /// Whether a row can be read as an `AuditEntry`. The program writes no other; who can change the tables can plant one. It then must
    /// neither stop the sealer nor hide the entries beside it: both pass over it, and verification names it. Never NULL. One CASE, so that the
    /// planner takes it for common, and functions that take no second dimension are not given one.
    static let readable: Statement = """
        case when num_nulls(id, at, actor_kind, request_id, action, objects, patients, result, changed) > 0 \
        or at not between '1800-01-01 00:00:00+00' and '2500-01-01 00:00:00+00' \
        or greatest(array_ndims(objects), array_ndims(patients), array_ndims(changed)) > 1 then false \
        else num_nulls(array_position(objects, null), array_position(patients, null), array_position(changed, null)) = 3 end
        """

    /// `id` to `object_id`.
    static func who(_ id: AuditEntryID, _ now: Instant, _ caller: Caller, _ act: Act) -> Statement {
        who(id, now, caller, action: act.action, kind: act.kind, object: act.id)
    }

    static func who(_ id: AuditEntryID, _ now: Instant, _ caller: Caller, action: String, kind: String?, object: UUID?) -> Statement {
        """
        \(id), \(now), \(caller.actor.kind.rawValue), \(caller.actor.id), \(caller.actor.name), \(caller.onBehalfOf), \(caller.session), \
        \(caller.requestID), \(caller.source), \(action), \(kind), \(object)
        """
    }

    /// `result` to `changed`.
    static func outcome(_ act: Act) -> Statement { "\(act.result.rawValue), \(act.reason?.code), \(act.reason?.text), \(act.changed)" }
}
