import FoundationEssentials
import Postgres
public import Values

extension Provisioner {
    /// Writes everything of a location into one sealed file: its tables and unfinished events and jobs as of one moment, its files, and what
    /// control keeps for it (claim routes, who bills for it, daily figures). Grants and allotments are not in it: rights are given anew.
    /// The location goes on working. Answers what is in the file.
    ///
    /// Errors: `not_found`, `file_exists`, `file_unwritable`, `location_state` for one that is being made, moved or removed; `location_in_work`.
    public func export(_ id: LocationID, to path: String, files: String, _ seal: LocationFile.Seal) async throws -> [LocationFile.Summary] {
        try await owner.alone(with: id) { try await exportAlone(id, to: path, files: files, seal) }
    }

    private func exportAlone(_ id: LocationID, to path: String, files: String, _ seal: LocationFile.Seal) async throws
        -> [LocationFile.Summary]
    {
        let location = try await find(id)
        guard location.state == .active || location.state == .suspended else {
            throw Problem.conflict("location_state", "The location is \(location.state.rawValue).")
        }
        let database = try owner.database(location.database)
        let tables = try await SchemaTables.read(database, location.schema)
        return try await database.copying(.readOnly, schema: location.schema) { session in
            // The first statement decides the moment. The version is read inside it: a migration may just have run.
            let version = try await session.query("select max(version)::int8 from {location}.schema_version").first?.value(0, as: Int.self)
            let header = LocationFile.Header(
                export: owner.ambient.id(EventID.self).uuid,
                location: id,
                organization: location.organization,
                name: location.name,
                kind: location.kind.rawValue,
                timeZone: location.timeZone.name,
                currency: location.currency.code,
                schemaVersion: version ?? location.schemaVersion,
                madeAt: owner.ambient.now()
            )
            let writer = try LocationFileWriter(path, header, seal)
            for table in tables.tables {
                try await writer.section(.init(sort: .table, name: table.name, columns: table.columns)) { write in
                    try await session.copyOut(try table.copyOut(location.schema)) { try write($0) }
                }
            }
            try await lines(.init(sort: .queue, name: "audit_intake"), AuditIntake.waiting(location.role), session, writer)
            try await lines(.init(sort: .queue, name: "event"), QueueRows.pendingEvents(location.role), session, writer)
            try await lines(.init(sort: .queue, name: "job"), QueueRows.pendingJobs(location.role), session, writer)
            try await owner.control.copying(.readOnly) { control in
                for table in LocationFile.Control.allCases {
                    try await lines(.init(sort: .control, name: table.rawValue), table.select(id), control, writer)
                }
            }
            // Files are written once and never changed: those that the rows of that moment name are all there.
            let folder = LocationFolder(files, id)
            for file in try folder.files() {
                try await writer.section(.init(sort: .file, name: file)) { write in
                    try write(Array(try Data(contentsOf: URL(filePath: folder.path + "/" + file))))
                }
            }
            try writer.finish()
            return writer.summaries
        }
    }

    private func lines(
        _ section: LocationFile.Section,
        _ statement: Statement,
        _ session: CopySession,
        _ writer: LocationFileWriter
    ) async throws {
        let rows = try await session.query(statement).decode(String.self)
        try await writer.section(section) { write in for row in rows { try write(Array((row + "\n").utf8)) } }
    }
}

extension LocationFile {
    /// What control keeps for a location and a file brings along.
    enum Control: String, CaseIterable {
        case claimRoute = "claim_route"
        case billingEntity = "billing_entity_location"
        case dailyFact = "daily_fact"

        func select(_ id: LocationID) -> Statement {
            switch self {
            case .claimRoute: "select to_jsonb(row)::text from control.claim_route row where location_id = \(id) order by claim_number"
            case .billingEntity: "select to_jsonb(row)::text from control.billing_entity_location row where location_id = \(id)"
            case .dailyFact: "select to_jsonb(row)::text from control.daily_fact row where location_id = \(id) order by day"
            }
        }

        /// A billing entity that is gone bills for nobody.
        func insert(_ rows: [String]) -> Statement {
            let list = QueueRows.list(rows)
            return switch self {
            case .claimRoute:
                "insert into control.claim_route select * from jsonb_populate_recordset(null::control.claim_route, \(list)::jsonb)"
            case .billingEntity:
                """
                insert into control.billing_entity_location
                select row.* from jsonb_populate_recordset(null::control.billing_entity_location, \(list)::jsonb) as row
                where exists (select from control.billing_entity entity where entity.id = row.billing_entity_id)
                """
            case .dailyFact:
                "insert into control.daily_fact select * from jsonb_populate_recordset(null::control.daily_fact, \(list)::jsonb)"
            }
        }
    }
}
