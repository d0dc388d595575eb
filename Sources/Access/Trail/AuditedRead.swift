public import Postgres
public import Tenancy
public import Values

extension Access {
    /// Reads from a location and records who saw what: one entry per answer, with the ids shown; none for an empty answer. The answer is given
    /// only once its entry is safe from a crash (L3), in the intake that the trail takes it from. `statement` yields a column `id` (uuid).
    public func read(_ location: Location, _ statement: Statement, _ act: ReadAct, by caller: Caller) async throws -> Rows {
        let scene = TypeAhead.Scene(viewer: caller.session?.uuid ?? caller.actor.id, place: location.id.uuid, action: act.action)
        let known = act.coalesced ? Set(typeAhead.recorded(scene)) : []
        let (id, now) = (ambient.id(AuditEntryID.self).uuid, ambient.now())
        let rows = try await tenancy.read(location, statement) { rows in
            let shown = try Shown(rows, but: known, act.patients)
            return shown.ids.isEmpty ? nil : (id, shown.entry(act, by: caller, at: now))
        }
        if act.coalesced { typeAhead.record(try rows.map { try $0.value("id", as: UUID.self) }, scene) }
        return rows
    }

    /// The same for organization data; the entry goes to the organization's trail.
    public func read(_ organization: OrganizationID, _ statement: Statement, _ act: ReadAct, by caller: Caller) async throws -> Rows {
        let scene = TypeAhead.Scene(viewer: caller.session?.uuid ?? caller.actor.id, place: organization.uuid, action: act.action)
        let known = act.coalesced ? typeAhead.recorded(scene) : []
        let id = ambient.id(AuditEntryID.self)
        let entry: Statement =
            "), trail as (insert into control.audit_entry (organization_id, " + TrailColumns.names + ") select \(organization), "
            + who(id, caller, act) + shown(act) + outcome(act, caller) + from(known, act)
            + " on conflict (id) do nothing returning id), unsealed as (insert into control.audit_unsealed (organization_id, id) select \(organization), trail.id from trail)"
            + " select shown.* from shown"
        let rows = try await tenancy.organizationRead(organization, "with shown as (" + statement + entry, lazily: true)
        if act.coalesced { typeAhead.record(try rows.map { try $0.value("id", as: UUID.self) }, scene) }
        return rows
    }

    private func who(_ id: AuditEntryID, _ caller: Caller, _ act: ReadAct) -> Statement {
        TrailColumns.who(id, ambient.now(), caller, action: act.action, kind: act.kind, object: nil) + ", "
    }

    private func shown(_ act: ReadAct) -> Statement {
        switch act.patients {
        case .same: "array_agg(shown.id), array_agg(shown.id)"
        case .column:
            "array_agg(shown.id), coalesce(array_agg(distinct shown.patient_id) filter (where shown.patient_id is not null), '{}')"
        case .one(let patient): "array_agg(shown.id), \([patient])"
        case .none: "array_agg(shown.id), '{}'::uuid[]"
        }
    }

    /// What is seen through broken glass has the glass's reason.
    private func outcome(_ act: ReadAct, _ caller: Caller) -> Statement {
        let reason = act.reason ?? caller.emergency?.seen
        return ", 'ok', \(reason?.code), \(reason?.text), '{}'::text[]"
    }

    private func from(_ known: [UUID], _ act: ReadAct) -> Statement {
        act.coalesced ? " from shown where shown.id <> all (\(known)) having count(*) > 0" : " from shown having count(*) > 0"
    }
}
