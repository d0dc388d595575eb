public import Postgres
public import Tenancy
public import Values

extension Access {
    /// The glass that is broken for this caller, patient and location at this moment; nil when there is none. Read anew for each request, so that
    /// its end and its expiry hold at once, on every gateway.
    public func glass(_ caller: Caller, _ patient: PatientID, at location: Location, now: Instant) async throws -> BreakGlass? {
        guard caller.actor.kind == .staff, caller.mayBreakGlass(at: location) else { return nil }
        let rows = try await tenancy.organizationRead(
            location.organization,
            "select " + BreakGlass.columns
                + " from control.break_glass where staff_id = \(caller.actor.id) and location_id = \(location.id) "
                + "and patient_id = \(patient) and ended_at is null and expires_at > \(now) order by expires_at desc limit 1"
        )
        return try rows.first.map(BreakGlass.init)
    }

    /// Records the breaking in the location's own trail, where what was seen of the patient is.
    public func recordGlass(_ id: BreakGlassID, _ patient: PatientID, _ reason: Reason, at location: Location, by caller: Caller)
        async throws
    {
        let act = Act("patient.glass_broken", "break_glass", id, patients: [patient], reason: reason)
        try await record(act, in: .location(location), by: caller)
    }
}

/// Breaking, ending and reviewing, inside one transaction of the organization.
public struct Emergencies: Sendable {
    private let tx: Transaction
    private let organization: OrganizationID
    private let caller: Caller
    private let now: Instant
    private let ambient: Ambient

    public init(_ tx: Transaction, organization: OrganizationID, by caller: Caller, now: Instant, ambient: Ambient) {
        self.tx = tx
        self.organization = organization
        self.caller = caller
        self.now = now
        self.ambient = ambient
    }

    /// How many one person may have open at a time: an emergency is not a way of working.
    private static let openLimit = 5

    public static let tooMany = Problem.conflict(
        "too_many_open",
        "You have broken glass for \(openLimit) patients already. End one of them first."
    )
    public static let ownReview = Problem.forbidden("own_review", "Somebody else must review what you did yourself.")
    public static let reviewed = Problem.conflict("already_reviewed", "This was reviewed already.")

    /// Errors: `too_many_open`; `person_required` for keys.
    public func open(_ id: BreakGlassID, _ patient: PatientID, at location: LocationID, _ reason: Reason, seconds: Int64) async throws
        -> BreakGlass
    {
        guard caller.actor.kind == .staff else { throw Problem.forbidden("person_required", "Only a staff member can break glass.") }
        let open = try await tx.query([
            "select pg_advisory_xact_lock(\(Int64(bitPattern: caller.actor.id.low)))",
            "select count(*) from control.break_glass where staff_id = \(caller.actor.id) and ended_at is null and expires_at > \(now)",
        ]).last?.first?.value(0, as: Int.self)
        guard (open ?? 0) < Emergencies.openLimit else { throw Emergencies.tooMany }
        let rows = try await tx.query(
            """
            insert into control.break_glass (id, organization_id, location_id, staff_id, staff_name, patient_id, reason_code, reason_text, started_at, \
            expires_at, created_at, created_by, updated_at, updated_by) values (\(id), \(organization), \(location), \(caller.actor.id), \
            \(caller.actor.name), \(patient), \(reason.code), \(reason.text), \(now), \(now.adding(seconds: seconds)), \(now), \(caller.actor.id), \
            \(now), \(caller.actor.id)) returning 
            """ + BreakGlass.columns
        )
        guard let row = rows.first else { throw Problem.notFound }
        audit(Act("break_glass.opened", "break_glass", id, patients: [patient], reason: reason, objects: [location.uuid]))
        return try BreakGlass(row)
    }

    /// Ends one's own before its time. Errors: `not_found` also for somebody else's and for what is over.
    public func end(_ id: BreakGlassID, at location: LocationID) async throws {
        let rows = try await tx.query(
            """
            update control.break_glass set ended_at = \(now), version = version + 1, updated_at = \(now), updated_by = \(caller.actor.id) \
            where id = \(id) and location_id = \(location) and staff_id = \(caller.actor.id) and ended_at is null and expires_at > \(now) \
            returning patient_id
            """
        )
        guard let row = rows.first else { throw Problem.notFound }
        audit(Act("break_glass.ended", "break_glass", id, patients: [try row.value(0)]))
    }

    /// Closes the review with a note, once. Errors: `not_found`, `own_review`, `already_reviewed`.
    public func review(_ id: BreakGlassID, note: String) async throws -> BreakGlass {
        let select = "select " + BreakGlass.columns + " from control.break_glass where id = \(id) for update"
        guard let row = try await tx.query(select).first else { throw Problem.notFound }
        let glass = try BreakGlass(row)
        guard glass.staff.uuid != caller.actor.id else { throw Emergencies.ownReview }
        guard glass.review == .open else { throw Emergencies.reviewed }
        let rows = try await tx.query(
            """
            update control.break_glass set review = 'closed', reviewed_at = \(now), reviewed_by = \(caller.actor.id), review_note = \(note), \
            version = version + 1, updated_at = \(now), updated_by = \(caller.actor.id) where id = \(id) returning 
            """ + BreakGlass.columns
        )
        guard let changed = rows.first else { throw Problem.notFound }
        audit(Act("break_glass.reviewed", "break_glass", id, patients: [glass.patient], changed: ["review", "review_note"]))
        return try BreakGlass(changed)
    }

    private func audit(_ act: Act) { tx.auditOrganization(act, organization: organization, by: caller, at: now, ambient: ambient) }
}
