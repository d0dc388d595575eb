import Postgres
import Values

/// All SQL on `resource`.
enum ResourceStore {
    /// Far more than the largest clinic has; more is refused, never left out.
    static let most = 2_000

    private static let all: Statement = """
        select resource.id, resource.kind, resource.name, resource.lanes, resource.shared, resource.active, resource.version,
            resource.created_at, resource.updated_at
        from {location}.resource
        """

    static func one(_ id: ResourceID) -> Statement { all + " where resource.id = \(id)" }

    /// Rooms, chairs and devices: a provider is changed as a provider.
    static func lockedEquipment(_ id: ResourceID) -> Statement {
        all + " where resource.id = \(id) and resource.kind <> 'provider' for no key update"
    }

    /// Those of these ids that are here.
    static func these(_ ids: [ResourceID]) -> Statement { all + " where resource.id = any(\(ids))" }

    /// Those whose ids a query yields.
    static func these(_ ids: Statement) -> Statement { all + " where resource.id in (" + ids + ")" }

    /// Those of these ids and those that an appointment uses.
    static func these(_ ids: [ResourceID], orOf appointment: AppointmentID) -> Statement {
        all + """
             where resource.id = any(\(ids))
                or resource.id in (select unnest(provider_id || resource_ids) from {location}.appointment where id = \(appointment))
            """
    }

    /// Those of these ids and those that several appointments use.
    static func these(_ ids: [ResourceID], orOf appointments: [AppointmentID]) -> Statement {
        all + """
             where resource.id = any(\(ids))
                or resource.id in (select unnest(provider_id || resource_ids) from {location}.appointment where id = any(\(appointments)))
            """
    }

    /// Those of these ids and those that any of the appointments uses whose ids a query yields.
    static func these(_ ids: [ResourceID], orUsedBy appointments: Statement) -> Statement {
        all
            + " where resource.id = any(\(ids)) or resource.id in (select unnest(provider_id || resource_ids) from {location}.appointment where id in ("
            + appointments + "))"
    }

    /// All in use that one of these types may need: their kinds, and every provider.
    static func needed(_ types: [AppointmentTypeID]) -> Statement {
        all + """
             where resource.active and (resource.kind = 'provider' or resource.kind in (
                select unnest(needs) from {location}.appointment_type where appointment_type.id = any(\(types))))
            order by resource.id limit \(most)
            """
    }

    /// All in use, in the order of calendars.
    static let inUse: Statement = all + " where resource.active order by resource.kind, resource.name, resource.id limit \(most)"

    /// All in use, these, and those that any of the appointments uses whose ids a query yields.
    static func inUse(or ids: [ResourceID], orUsedBy appointments: Statement) -> Statement {
        all + """
             where resource.active or resource.id = any(\(ids))
                or resource.id in (select unnest(provider_id || resource_ids) from {location}.appointment where id in (
            """ + appointments + ")) order by resource.id limit \(most)"
    }

    /// Those in use that a file calls by name or id.
    static func inUse(called words: [String]) -> Statement {
        all + " where resource.active and (resource.name = any(\(words)) or resource.id = any(\(words.compactMap { ResourceID($0) })))"
    }

    static func page(_ query: ResourceQuery, after: (name: String, id: ResourceID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let kind = query.kind { select += " and resource.kind = \(kind)" }
        if let active = query.active { select += " and resource.active = \(active)" }
        if let after { select += " and (resource.name, resource.id) > (\(after.name), \(after.id))" }
        return select + " order by resource.name, resource.id limit \(limit)"
    }

    static func insert(_ resource: Resource, by actor: UUID) -> Statement {
        """
        insert into {location}.resource (id, kind, name, lanes, shared, active, created_at, created_by, updated_at, updated_by)
        values (\(resource.id), \(resource.kind), \(resource.name), \(resource.lanes), \(resource.shared), \(resource.active),
            \(resource.createdAt), \(actor), \(resource.updatedAt), \(actor))
        """
    }

    static func update(_ resource: Resource, by actor: UUID) -> Statement {
        """
        update {location}.resource set name = \(resource.name), lanes = \(resource.lanes), shared = \(resource.shared),
            active = \(resource.active), version = \(resource.version), updated_at = \(resource.updatedAt), updated_by = \(actor)
        where id = \(resource.id)
        """
    }

    /// Of all in use. Errors: `too_many_resources`, rather than leave some out.
    static func resources(_ rows: Rows) throws -> [Resource] {
        guard rows.count < most else { throw Resource.tooMany }
        return try rows.map(resource)
    }

    static func resource(_ row: Row) throws -> Resource {
        Resource(
            id: try row.value(0),
            kind: try row.value(1),
            name: try row.value(2),
            lanes: try row.value(3),
            shared: try row.value(4),
            active: try row.value(5),
            version: try row.value(6),
            createdAt: try row.value(7),
            updatedAt: try row.value(8)
        )
    }

    /// What a unique constraint says in words.
    static func problem(_ error: PostgresError) -> (any Error) {
        switch error.constraint {
        case "resource_name": Resource.nameTaken
        case "resource_pkey": Resource.idTaken
        case "provider_npi": Provider.npiTaken
        default: error
        }
    }
}
