public import Postgres
public import Values

/// What sort of clinic an organization or a location is.
public enum ClinicKind: String, Sendable, CaseIterable, Bindable, Readable {
    case medical, dental, optometry, veterinary
}

/// One site: the tenant. Where its data lives, and the clock and the currency it works in.
public struct Location: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable, Bindable, Readable {
        /// `moving`: its rows are on their way to another database; it is read and not written.
        case provisioning, active, moving, suspended, removing, removed
    }

    public let id: LocationID
    public let organization: OrganizationID
    public let name: String
    public let kind: ClinicKind
    public let timeZone: ZoneName
    public let currency: Currency
    /// The name of the database that holds its schema.
    public let database: String
    /// The schema and the role bear one generated name; neither is ever made of a user's text.
    public let schema: SchemaName
    public let role: RoleName
    public let state: State
    public let schemaVersion: Int

    /// The rules of the location's time zone.
    public var rules: TimeZoneRules { TimeZoneRules(timeZone) }

    /// The name of the schema and of the role of a location.
    public static func roleName(_ id: LocationID) -> String { "loc_" + id.uuid.compact }
}

extension Location {
    static let columns = columns(and: nil)

    /// The columns of a location, and one more behind them.
    static func columns(and more: Statement?) -> Statement {
        "select id, organization_id, name, kind, time_zone, currency, database, role_name, state, schema_version"
            + (more.map { ", " + $0 } ?? "") + " from control.location_directory"
    }

    init(row: Row) throws {
        guard let zone = ZoneName(try row.value("time_zone", as: String.self)),
            let currency = Currency(try row.value("currency", as: String.self)),
            let schema = SchemaName(try row.value("role_name", as: String.self)), let role = RoleName(schema.name)
        else {
            throw Problem(.failed, "directory_damaged", "The directory entry of this location cannot be used.")
        }
        self.init(
            id: try row.value("id"),
            organization: try row.value("organization_id"),
            name: try row.value("name"),
            kind: try row.value("kind"),
            timeZone: zone,
            currency: currency,
            database: try row.value("database"),
            schema: schema,
            role: role,
            state: try row.value("state"),
            schemaVersion: try row.value("schema_version")
        )
    }
}
