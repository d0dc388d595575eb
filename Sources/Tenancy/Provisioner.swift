import Postgres
public import Values

/// Makes, suspends, resumes and removes locations: recorded steps, each safe to repeat, so a killed run is simply run again.
public struct Provisioner: Sendable {
    let owner: Owner
    let logins: [RoleName]

    /// `logins` are the roles of gateway and worker, which are made members of each location's role.
    public init(owner: Owner, logins: [String]) {
        self.owner = owner
        self.logins = logins.compactMap(RoleName.init)
    }

    /// What a new location is.
    public struct NewLocation: Sendable {
        public var name: String
        public var kind: ClinicKind
        public var timeZone: ZoneName
        public var currency: Currency
        /// nil: the database with the fewest locations.
        public var database: String?

        public init(name: String, kind: ClinicKind, timeZone: ZoneName, currency: Currency, database: String? = nil) {
            self.name = name
            self.kind = kind
            self.timeZone = timeZone
            self.currency = currency
            self.database = database
        }
    }

    /// A new customer. Errors: `organization_exists`.
    public func createOrganization(name: String, kind: ClinicKind, id: OrganizationID? = nil) async throws -> OrganizationID {
        try Provisioner.check(name)
        let id = id ?? owner.ambient.id()
        let now = owner.ambient.now()
        do {
            try await owner.control.transaction(.login) { tx in
                try await tx.query(
                    """
                    insert into control.organization (id, name, kind, created_at, created_by, updated_at, updated_by)
                    values (\(id), \(name), \(kind), \(now), \(Provisioner.operatorID), \(now), \(Provisioner.operatorID))
                    """
                )
            }
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            throw Problem.conflict("organization_exists", "There is an organization of this name.")
        }
        return id
    }

    /// A new location with its schema and role. Errors: `location_exists`, `not_found` (no such organization), `database_unknown`.
    public func createLocation(_ new: NewLocation, in organization: OrganizationID, id: LocationID? = nil) async throws -> Location {
        try Provisioner.check(new.name)
        let id = id ?? owner.ambient.id()
        let role = Location.roleName(id)
        let now = owner.ambient.now()
        let database = if let named = new.database { named } else { try await emptiest() }
        _ = try owner.database(database)
        do {
            try await owner.control.transaction(.login) { tx in
                try await tx.query(
                    """
                    insert into control.location_directory (id, organization_id, name, kind, time_zone, currency, database, role_name, state,
                        created_at, created_by, updated_at, updated_by)
                    values (\(id), \(organization), \(new.name), \(new.kind), \(new.timeZone.name), \(new.currency.code), \(database), \(role), 'provisioning',
                        \(now), \(Provisioner.operatorID), \(now), \(Provisioner.operatorID))
                    """
                )
            }
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            throw Problem.conflict("location_exists", "The organization has a location of this name.")
        } catch let error as PostgresError where error.sqlState == .foreignKeyViolation {
            throw Problem.notFound
        }
        return try await resume(id)
    }

    /// A name is typed again before anything is removed: it must be something that can be.
    private static func check(_ name: String) throws(Problem) {
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard (1...100).contains(name.unicodeScalars.count), isPlain, name.first?.isWhitespace == false, name.last?.isWhitespace == false
        else {
            throw .invalid("/name", "name", "A name is 1 to 100 characters on one line, without blanks at its ends.")
        }
    }

    /// Goes on with a location that was not finished; does nothing to a finished one.
    public func resume(_ id: LocationID) async throws -> Location {
        let location = try await find(id)
        let role = location.role
        let database = try owner.database(location.database)
        try await step("role", location) { try await makeRole(role) }
        try await step("schema", location) {
            let present = try await database.flight(.login, ["select 1 from pg_catalog.pg_namespace where nspname = \(role.name)"])[0]
            guard present.isEmpty else { return }
            let first = owner.files.all(.location).prefix(1).map { Provisioner.script($0, location) }.joined()
            try await database.script(SQLFile(text: first))
        }
        try await Migrator(owner: owner).bring(location)
        try await owner.control.transaction(.login) { tx in
            try await tx.query(
                """
                update control.location_directory set state = 'active', updated_at = \(owner.ambient.now())
                where id = \(id) and state = 'provisioning'
                """
            )
        }
        return try await find(id)
    }

    public func suspend(_ id: LocationID) async throws { try await change(id, from: "active", to: "suspended") }

    public func reactivate(_ id: LocationID) async throws { try await change(id, from: "suspended", to: "active") }

    /// The directory's entry in whatever state.
    public func find(_ id: LocationID) async throws -> Location {
        guard let row = try await owner.control.flight(.login, [Location.columns + " where id = \(id)"])[0].first else {
            throw Problem.notFound
        }
        return try Location(row: row)
    }

    /// The one location of this id or of exactly this name, in whatever state but removed. Errors: `not_found`; `name_ambiguous` when
    /// several organizations have one of this name.
    public func find(named name: String) async throws -> Location {
        if let id = LocationID(name) { return try await find(id) }
        let found = try await owner.control.flight(.login, Location.columns + " where name = \(name) and state <> 'removed' limit 2")
        guard found.count < 2 else {
            throw Problem.conflict(
                "name_ambiguous",
                "Several organizations have a location of this name. Name it by its id: polyclinic location list."
            )
        }
        guard let row = found.first else { throw Problem.notFound }
        return try Location(row: row)
    }

    /// All organizations with their locations, for the command line.
    public func organizations() async throws -> [(id: OrganizationID, name: String, kind: ClinicKind, state: String)] {
        try await owner.control.flight(.login, ["select id, name, kind, state from control.organization order by name limit 10000"])[0]
            .decode((OrganizationID, String, ClinicKind, String).self)
            .map { ($0.0, $0.1, $0.2, $0.3) }
    }

    public func locations(of organization: OrganizationID?) async throws -> [Location] {
        try await owner.control.flight(
            .login,
            [Location.columns + " where \(organization)::uuid is null or organization_id = \(organization) order by name limit 10000"]
        )[0].map(Location.init(row:))
    }

    // MARK: Steps

    func makeRole(_ role: RoleName) async throws {
        let members = logins.map(\.name).joined(separator: ", ")
        try await owner.control.script(
            SQLFile(
                text:
                    """
                    do $make$ begin create role \(role) nologin inherit in role location_any; exception when duplicate_object then null; end $make$;
                    grant \(role) to \(members);
                    """
            )
        )
    }

    func step(_ name: String, _ location: Location, _ body: () async throws -> Void) async throws {
        let done = try await owner.control.flight(
            .login,
            ["select 1 from control.location_step where location_id = \(location.id) and step = \(name)"]
        )[0]
        guard done.isEmpty else { return }
        try await body()
        try await owner.control.transaction(.login) { tx in
            try await tx.query(
                """
                insert into control.location_step (location_id, step, done_at) values (\(location.id), \(name), \(owner.ambient.now()))
                on conflict do nothing
                """
            )
        }
    }

    private func change(_ id: LocationID, from: String, to: String) async throws {
        let changed = try await owner.control.transaction(.login) { tx in
            try await tx.query(
                """
                update control.location_directory set state = \(to), updated_at = \(owner.ambient.now()), version = version + 1
                where id = \(id) and state = \(from) and moving_to is null and moved_from is null
                """
            )
        }
        guard changed.affected == 1 else { throw Problem.conflict("location_state", "The location is not \(from), or is being moved.") }
    }

    func emptiest() async throws -> String {
        let rows = try await owner.control.flight(
            .login,
            ["select database, count(*) from control.location_directory where state <> 'removed' group by database"]
        )[0].decode((String, Int).self)
        let counts = Dictionary(rows.map { ($0.0, $0.1) }, uniquingKeysWith: +)
        guard let name = owner.databaseNames.min(by: { counts[$0, default: 0] < counts[$1, default: 0] }) else {
            throw Problem(.failed, "database_unknown", "No location database is configured.")
        }
        return name
    }

    /// The actor of what an operator does from the command line without an account.
    public static let operatorID = UUID(high: 0, low: 0)

    static func script(_ migration: MigrationFiles.Migration, _ location: Location) -> String {
        Owner.transaction(migration, schema: location.schema.name)
            .replacing("{location}", with: location.schema.name)
            .replacing("{role}", with: location.role.name)
    }
}
