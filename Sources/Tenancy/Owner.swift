public import Postgres
import Synchronization
public import Values

/// The connections of the role that owns the schemas. Only the admin command line has them; gateway and worker never do.
public struct Owner: Sendable {
    let control: Database
    let databases: [String: Database]
    let files: MigrationFiles
    let ambient: Ambient

    public init(control: Database, databases: [String: Database], files: MigrationFiles, ambient: Ambient) {
        self.control = control
        self.databases = databases
        self.files = files
        self.ambient = ambient
    }

    /// The same connections with other migrations.
    public func knowing(_ files: MigrationFiles) -> Owner { Owner(control: control, databases: databases, files: files, ambient: ambient) }

    public var databaseNames: [String] { databases.keys.sorted() }

    func database(_ name: String) throws(Problem) -> Database {
        guard let database = databases[name] else {
            throw Problem(.failed, "database_unknown", "There is no location database named \(name) in POLYCLINIC_LOCATION_DATABASES.")
        }
        return database
    }

    /// A transaction with the owner's rights in a location's schema: only for what the doors' roles must never be able to do.
    public func transaction<T: Sendable>(_ location: Location, _ body: (Transaction) async throws -> T) async throws -> T {
        try await database(location.database).transaction(.login(schema: location.schema), body)
    }

    /// The same for the rows of one organization: row-level security binds the owner too.
    public func transaction<T: Sendable>(_ organization: OrganizationID, _ body: (Transaction) async throws -> T) async throws -> T {
        try await control.transaction(.login) { tx in
            tx.enqueue("select set_config('app.organization', \(organization.description), true)")
            return try await body(tx)
        }
    }

    /// Brings one schema that is not a location's (control, queue, reference) to the newest version, each migration in a transaction of
    /// its own together with its version row.
    func migrate(_ target: MigrationFiles.Target, in database: Database) async throws {
        let schema = target.rawValue
        try await database.script(
            SQLFile(
                text:
                    """
                    create schema if not exists \(schema);
                    create table if not exists \(schema).schema_version (version int primary key, name text not null, applied_at timestamptz not null);
                    """
            )
        )
        let version = try await Owner.version(of: target, in: database)
        for migration in files.after(version, target) {
            try await database.script(SQLFile(text: Owner.transaction(migration, schema: schema)))
        }
    }

    private static func version(of target: MigrationFiles.Target, in database: Database) async throws -> Int {
        let statement: Statement =
            switch target {
            case .control: "select coalesce(max(version), 0) from control.schema_version"
            case .queue: "select coalesce(max(version), 0) from queue.schema_version"
            case .reference, .location: "select coalesce(max(version), 0) from reference.schema_version"
            }
        return try await database.flight(.login, [statement])[0].first?.value(0, as: Int.self) ?? 0
    }

    /// The version row is written with the DDL, so a killed migration is either whole or absent.
    static func transaction(_ migration: MigrationFiles.Migration, schema: String) -> String {
        """
        begin;
        set local lock_timeout = '2s';
        \(text(migration, schema: schema))
        commit;
        """
    }

    /// The migration and its version row, which can be written only on top of the one before (else 23502: it would be null). It comes first, so
    /// that a schema which is elsewhere has no table locked; a first migration makes the table of versions itself.
    static func text(_ migration: MigrationFiles.Migration, schema: String) -> String {
        let row = """
            insert into \(schema).schema_version (version, name, applied_at)
            select case when coalesce(max(version), 0) = \(migration.version - 1) then \(migration.version) end, '\(migration.name)', now()
            from \(schema).schema_version;
            """
        return migration.version == 1 ? migration.sql + "\n" + row : row + "\n" + migration.sql
    }
}
