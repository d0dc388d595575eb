import Postgres
import Tenancy
public import Values

/// A place in the trail: the entry a page ended with.
public struct AuditCursor: Sendable, Hashable {
    public let at: Instant
    public let id: AuditEntryID

    public init(at: Instant, id: AuditEntryID) {
        self.at = at
        self.id = id
    }
}

/// What of the trail is asked for; what is nil does not matter.
public struct AuditQuery: Sendable {
    public var patient: PatientID?
    public var actor: UUID?
    public var action: String?
    /// From this moment on.
    public var from: Instant?
    /// Before this moment.
    public var until: Instant?
    public var after: AuditCursor?
    public var limit: Int

    public init(
        patient: PatientID? = nil,
        actor: UUID? = nil,
        action: String? = nil,
        from: Instant? = nil,
        until: Instant? = nil,
        after: AuditCursor? = nil,
        limit: Int = 50
    ) {
        self.patient = patient
        self.actor = actor
        self.action = action
        self.from = from
        self.until = until
        self.after = after
        self.limit = max(1, min(200, limit))
    }
}

extension Access {
    /// Entries, the newest first. Looking into the trail is itself an entry of it. What cannot be read is left out by the server, so that pages
    /// stay full and have a next one; `verify` names it.
    public func search(_ trail: Trail, _ query: AuditQuery, by caller: Caller) async throws -> [AuditEntry] {
        try await settle(trail)
        var statement: Statement = "select " + TrailColumns.names + " from " + trail.entries + " where " + TrailColumns.readable
        if let patient = query.patient { statement += " and patients @> \([patient])" }
        if let actor = query.actor { statement += " and actor_id = \(actor)" }
        if let action = query.action { statement += " and action = \(action)" }
        if let from = query.from { statement += " and at >= \(from)" }
        if let until = query.until { statement += " and at < \(until)" }
        if let after = query.after { statement += " and (at, id) < (\(after.at), \(after.id))" }
        statement += " order by at desc, id desc limit \(query.limit)"
        let act = ReadAct("audit.read", "audit_entry", patients: query.patient.map { .one($0) } ?? .none)
        let rows =
            switch trail {
            case .location(let location): try await read(location, statement, act, by: caller)
            case .organization(let organization): try await read(organization, statement, act, by: caller)
            }
        return try rows.map(AuditEntry.init)
    }
}
