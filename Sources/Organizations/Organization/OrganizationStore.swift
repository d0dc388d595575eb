import Postgres
import Values

/// All SQL on `control.organization`, through the organization's door.
enum OrganizationStore {
    private static let columns: Statement = "id, name, kind, state, version, created_at, updated_at"

    static func one(_ id: OrganizationID) -> Statement { "select " + columns + " from control.organization where id = \(id)" }

    /// Of all organizations, through the second door: for what time asks of each.
    static func ids(after last: OrganizationID?, limit: Int) -> Statement {
        "select id from control.organization where (\(last)::uuid is null or id > \(last)) order by id limit \(limit)"
    }

    static func version(_ id: OrganizationID) -> Statement { "select version from control.organization where id = \(id)" }

    static func rename(_ id: OrganizationID, to name: String, expected: Int?, at now: Instant, by actor: UUID) -> Statement {
        """
        update control.organization set name = \(name), version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(id) and (\(expected)::int8 is null or version = \(expected)) returning
        """ + " " + columns
    }

    static func organization(_ row: Row) throws -> Organization {
        Organization(
            id: try row.value(0),
            name: try row.value(1),
            kind: try row.value(2),
            state: try row.value(3),
            version: try row.value(4),
            createdAt: try row.value(5),
            updatedAt: try row.value(6)
        )
    }
}
