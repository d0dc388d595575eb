import FoundationEssentials
import Postgres
import Values

/// Brings a location back from its file, under the id it had: what is sealed in it opens under that id only. All or nothing: it is visible
/// when all of it is there. A killed restore is simply asked for again.
public struct LocationRestore: Sendable {
    private let provisioner: Provisioner
    private let path: String
    private let files: String
    private let seal: LocationFile.Seal

    private var owner: Owner { provisioner.owner }

    /// `files` is the folder of the object store.
    public init(_ provisioner: Provisioner, from path: String, files: String, _ seal: LocationFile.Seal) {
        self.provisioner = provisioner
        self.path = path
        self.files = files
        self.seal = seal
    }

    /// Reads the whole file and checks it. Errors: `file_unreadable`, `file_damaged`, `file_version`, `entry_unknown`.
    public func check() throws -> (header: LocationFile.Header, content: [LocationFile.Summary]) {
        let reader = try LocationFileReader(path, seal)
        return (reader.header, try reader.check())
    }

    /// Errors: those of `check`; `file_version` for one of a newer schema; `location_exists` for the id or the name; `organization_unknown`;
    /// `database_unknown`; `location_in_work`.
    /// `begin` is called before anything is made.
    public func run(database: String? = nil, as name: String? = nil, _ begin: () async throws -> Void = {}) async throws -> Location {
        let header = try check().header
        return try await owner.alone(with: header.location) {
            if let waiting = try await unfinished(header.location) {
                try await unpause(waiting)
                return waiting
            }
            return try await restore(header, database, name, begin)
        }
    }

    /// The location when a restore of it was killed after its last step but one: it is there, and its jobs still wait.
    private func unfinished(_ id: LocationID) async throws -> Location? {
        guard let location = try? await provisioner.find(id), location.state == .active,  // not there: it is to be restored
            try await !owner.database(location.database).flight(
                .login,
                "select 1 from queue.pause where location = \(location.role.name) and paused_by = 'restore'"
            ).isEmpty
        else { return nil }
        return location
    }

    private func restore(_ header: LocationFile.Header, _ database: String?, _ name: String?, _ begin: () async throws -> Void) async throws
        -> Location
    {
        guard header.schemaVersion <= owner.files.latest(.location), header.schemaVersion > 0 else {
            throw Problem(
                .invalid,
                "file_version",
                "The file's schema has version \(header.schemaVersion), which this program does not know."
            )
        }
        let place = if let database { database } else { try await provisioner.emptiest() }
        let location = try location(header, place, name ?? header.name)
        _ = try owner.database(place)
        try await refuseExisting(location)
        try await begin()
        do {
            try await provisioner.makeRole(location.role)
            let control = try await load(location)
            try await appear(location, control)
            try await unpause(location)
        } catch {
            await clear(location)
            throw error
        }
        return try await provisioner.find(location.id)
    }

    private func location(_ header: LocationFile.Header, _ database: String, _ name: String) throws -> Location {
        let role = Location.roleName(header.location)
        guard let kind = ClinicKind(rawValue: header.kind), let zone = ZoneName(header.timeZone), let currency = Currency(header.currency),
            let schema = SchemaName(role), let role = RoleName(role)
        else { throw LocationFile.damaged }
        return Location(
            id: header.location,
            organization: header.organization,
            name: name,
            kind: kind,
            timeZone: zone,
            currency: currency,
            database: database,
            schema: schema,
            role: role,
            state: .active,
            schemaVersion: header.schemaVersion
        )
    }

    /// A removed location may come back: it is the same one.
    private func refuseExisting(_ location: Location) async throws {
        let answers = try await owner.control.flight(
            .login,
            [
                "select 1 from control.organization where id = \(location.organization)",
                "select 1 from control.location_directory where id = \(location.id) and state <> 'removed'",
                """
                select 1 from control.location_directory
                where organization_id = \(location.organization) and lower(name) = lower(\(location.name)) and state <> 'removed' and id <> \(location.id)
                """,
            ]
        )
        if answers[0].isEmpty {
            throw Problem.conflict("organization_unknown", "The location's organization \(location.organization) is not here.")
        }
        if !answers[1].isEmpty { throw Problem.conflict("location_exists", "The location is here. Remove it first.") }
        if !answers[2].isEmpty {
            throw Problem.conflict("location_exists", "The organization has another location of this name. Name this one with --as.")
        }
    }

    /// Schema, rows and queue in one transaction, then the files. Answers the rows that are control's.
    private func load(_ location: Location) async throws -> [LocationFile.Control: [String]] {
        let reader = try LocationFileReader(path, seal)
        let copy = SchemaCopy(owner: owner, location: location)
        let database = try owner.database(location.database)
        var control: [LocationFile.Control: [String]] = [:]
        try await database.copying(schema: location.schema) { session in
            try await copy.build(at: location.schemaVersion, in: session)
            let known = try await tables(location, session)
            while let section = try reader.section() {
                switch section.sort {
                case .table:
                    guard known.contains(section.name) else { throw LocationFile.unknown(section) }
                    try await table(section, reader, session, location)
                case .queue:
                    let rows = try lines(reader)
                    for start in stride(from: 0, to: rows.count, by: 1000) {
                        let batch = Array(rows[start..<min(start + 1000, rows.count)])
                        let insert =
                            switch section.name {
                            case "event": QueueRows.insert(events: batch)
                            case "audit_intake": AuditIntake.add(batch)
                            default: QueueRows.insert(jobs: batch)
                            }
                        _ = try await session.query(insert)
                    }
                case .control:
                    guard let name = LocationFile.Control(rawValue: section.name) else { throw LocationFile.damaged }
                    control[name] = try lines(reader)
                case .file: try keep(section.name, reader, location.id)
                }
            }
            // Until the directory names the location nobody may look at its jobs: they would be given up.
            _ = try await session.query(
                """
                insert into queue.pause (id, location, paused_by, reason) values (\(location.id), \(location.role.name), 'restore', 'being restored')
                on conflict do nothing
                """
            )
            try await copy.upgrade(from: location.schemaVersion, to: owner.files.latest(.location), in: session)
        }
        return control
    }

    /// The tables of the schema that was just built.
    private func tables(_ location: Location, _ session: CopySession) async throws -> Set<String> {
        let names = try await session.query(
            """
            select relname::text from pg_catalog.pg_class
            where relnamespace = (select oid from pg_catalog.pg_namespace where nspname = \(location.schema.name)) and relkind = 'r' limit 1000
            """
        )
        return Set(try names.decode(String.self))
    }

    private func table(_ section: LocationFile.Section, _ reader: LocationFileReader, _ session: CopySession, _ location: Location)
        async throws
    {
        guard ([section.name] + section.columns).allSatisfy({ SchemaName($0) != nil }) else { throw LocationFile.damaged }
        let table = SchemaTables.Table(name: section.name, columns: section.columns)
        let rows = try await session.copyIn(try table.copyIn(location.schema)) { write in
            while let piece = try reader.piece() { try await write(piece) }
        }
        guard rows == reader.summaries.last?.rows else { throw LocationFile.damaged }
    }

    private func lines(_ reader: LocationFileReader) throws -> [String] {
        var bytes: [UInt8] = []
        while let piece = try reader.piece() { bytes += piece }
        return bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A sealed file, under the generated name it had.
    private func keep(_ name: String, _ reader: LocationFileReader, _ id: LocationID) throws {
        guard LocationFolder.isGenerated(name) else {
            // A file that is older than the rule for names may bring what a killed writer left; the reader lets nothing else pass.
            while try reader.piece() != nil {}
            return
        }
        let target = URL(filePath: LocationFolder(files, id).path + "/" + name)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var bytes: [UInt8] = []
        while let piece = try reader.piece() { bytes += piece }
        try Data(bytes).write(to: target, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target.path(percentEncoded: false))
    }

    /// The last step: now it is there. An id that was removed becomes the same location again.
    private func appear(_ location: Location, _ control: [LocationFile.Control: [String]]) async throws {
        let now = owner.ambient.now()
        let latest = owner.files.latest(.location)
        do {
            try await owner.control.transaction(.login) { tx in
                tx.enqueue("delete from control.location_step where location_id = \(location.id)")
                let made = try await tx.query(
                    """
                    insert into control.location_directory (id, organization_id, name, kind, time_zone, currency, database, role_name, state,
                        schema_version, created_at, created_by, updated_at, updated_by)
                    values (\(location.id), \(location.organization), \(location.name), \(location.kind), \(location.timeZone.name),
                        \(location.currency.code), \(location.database), \(location.role.name), 'active', \(latest), \(now), \(Provisioner.operatorID),
                        \(now), \(Provisioner.operatorID))
                    on conflict (id) do update set name = excluded.name, database = excluded.database, state = 'active',
                        schema_version = excluded.schema_version, version = location_directory.version + 1, updated_at = excluded.updated_at
                    where location_directory.state = 'removed'
                    """
                )
                guard made.affected == 1 else { throw Problem.conflict("location_exists", "The location is here. Remove it first.") }
                for (table, rows) in control.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where !rows.isEmpty {
                    try await tx.query(table.insert(rows))
                }
            }
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            throw Problem.conflict("location_exists", "The organization has another location of this name, or has its claim numbers.")
        }
    }

    private func unpause(_ location: Location) async throws {
        try await owner.database(location.database).transaction(.login) { tx in
            try await tx.query("delete from queue.pause where location = \(location.role.name) and paused_by = 'restore'")
        }
    }

    /// What a failed restore has made and nobody sees. What cannot be cleared now is cleared by the next try: the schema is built anew.
    private func clear(_ location: Location) async {
        guard
            let row = try? await owner.control.flight(  // not known: nothing is touched
                .login,
                "select count(*) from control.location_directory where id = \(location.id) and state <> 'removed'"
            ).first, (try? row.value(0, as: Int.self)) == 0, let database = owner.databases[location.database]
        else { return }
        do {
            try await database.script(SQLFile(text: "drop schema if exists \(location.schema) cascade;"))
            try await database.transaction(.login) { tx in try await QueueRows.clear(location.role, tx) }
            try LocationFolder(files, location.id).remove()
            try await owner.control.script(SQLFile(text: "drop role if exists \(location.role);"))
        } catch { return }
    }
}
