public import Access
public import Postgres
import Tenancy
import Values

/// What an organization may read of the directory, through its own door.
public enum LocationStore {
    private static let columns: Statement = "select id, name, kind, time_zone, currency, state, version from control.location_directory"
    private static let open: Statement = " state in ('active', 'suspended')"

    /// Narrows a statement over the directory, named `location`, to the locations a caller may see.
    public static func within(_ selection: LocationSelection) -> Statement {
        switch selection {
        case .all(_, let except): "not location.id = any(\(except.sorted()))"
        case .only(let locations): "location.id = any(\(locations.sorted()))"
        }
    }

    static func one(_ id: LocationID) -> Statement { columns + " as location where id = \(id) and" + open }

    static func list(_ selection: LocationSelection, after: (name: String, id: LocationID)?, limit: Int) -> Statement {
        var select = columns + " as location where" + open + " and " + within(selection)
        if let after { select += " and (name, id) > (\(after.name), \(after.id))" }
        return select + " order by name, id limit \(limit)"
    }

    static func entry(_ row: Row) throws -> LocationEntry {
        guard let zone = ZoneName(try row.value(3, as: String.self)), let currency = Currency(try row.value(4, as: String.self)) else {
            throw Problem(.failed, "directory_damaged", "The directory entry of this location cannot be used.")
        }
        return LocationEntry(
            id: try row.value(0),
            name: try row.value(1),
            kind: try row.value(2),
            timeZone: zone,
            currency: currency,
            state: try row.value(5),
            version: try row.value(6)
        )
    }
}
