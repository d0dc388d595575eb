public import Postgres
public import Values

/// What sort of clinic an organization or a location is.
public enum ClinicKind: String, Sendable, CaseIterable, Bindable, Readable {
    case medical, dental, optometry, veterinary
}

/// One site: the tenant. Where its data lives, and the clock and the currency it works in.
public struct Location: Sendable, Hashable {
    public enum State: String, Sendable, CaseIterable, Bindable, Readable {
        case provisioning, active, suspended, removing, removed
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
    static let columns: Statement =
        "select id, organization_id, name, kind, time_zone, currency, database, role_name, state, schema_version from control.location_directory"

    init(row: Row) throws {
        let (id, organization, name, kind, zone, currency, database, role, state, version) = try row.decode(
            (LocationID, OrganizationID, String, ClinicKind, String, String, String, String, State, Int).self
        )
        guard let zone = ZoneName(zone), let currency = Currency(currency), let schema = SchemaName(role), let role = RoleName(role) else {
            throw Problem(.failed, "directory_damaged", "The directory entry of this location cannot be used.")
        }
        self.init(
            id: id,
            organization: organization,
            name: name,
            kind: kind,
            timeZone: zone,
            currency: currency,
            database: database,
            schema: schema,
            role: role,
            state: state,
            schemaVersion: version
        )
    }
}
