import Postgres
import Values

/// Upgrades a fleet of locations (DESIGN L10): one at a time as canary, then in parallel; a locked one is tried again; one that fails stays
/// behind, visibly, and stops nobody else. Killed and run again it goes on where it was, because each schema holds its own version.
public struct Migrator: Sendable {
    private let owner: Owner

    public init(owner: Owner) {
        self.owner = owner
    }

    /// A location that is not at the newest version.
    public struct Behind: Sendable {
        public let location: Location
        public let target: Int
        /// Why the last try failed: an SQLSTATE and the migration's name.
        public let failure: String?
    }

    public struct Report: Sendable {
        public var upgraded = 0
        public var failed: [(location: Location, failure: String)] = []

        fileprivate mutating func add(_ part: Report, _ done: inout Int, _ total: Int, _ progress: (Int, Int) -> Void) {
            upgraded += part.upgraded
            failed += part.failed
            done += 1
            progress(done, total)
        }
    }

    /// Which are behind: one query on control; locations that are up to date cost nothing.
    public func plan() async throws -> [Behind] {
        let latest = owner.files.latest(.location)
        let answers = try await owner.control.flight(
            .login,
            [
                Location.columns + " where state in ('active', 'suspended') and schema_version < \(latest) order by id limit 100000",
                "select id, migration_failure from control.location_directory where migration_failure is not null",
            ]
        )
        let failures = Dictionary(
            try answers[1].decode((LocationID, String).self).map { ($0.0, $0.1) },
            uniquingKeysWith: { first, _ in first }
        )
        return try answers[0].map { row in
            let location = try Location(row: row)
            return Behind(location: location, target: latest, failure: failures[location.id])
        }
    }

    /// Upgrades all that are behind. The first one is the canary: when it fails nothing else is touched. `parallel` connections after that.
    public func run(parallel: Int = 4, _ progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> Report {
        let behind = try await plan()
        guard let canary = behind.first else { return Report() }
        var report = Report()
        report = await upgrade(canary.location)
        progress(1, behind.count)
        guard report.failed.isEmpty else { return report }
        let rest = behind.dropFirst().map(\.location)
        var done = 1
        await withTaskGroup(of: Report.self) { group in
            for (started, location) in rest.enumerated() {
                if started >= max(1, min(parallel, 16)), let part = await group.next() { report.add(part, &done, behind.count, progress) }
                group.addTask { await upgrade(location) }
            }
            for await part in group { report.add(part, &done, behind.count, progress) }
        }
        return report
    }

    private func upgrade(_ location: Location) async -> Report {
        do {
            try await bring(location)
            return Report(upgraded: 1)
        } catch {
            // Control mirrors the failure for `migrate status`; the schema itself knows its version, so losing this note loses nothing.
            _ = try? await owner.control.transaction(.login) { tx in
                try await tx.query("update control.location_directory set migration_failure = \("\(error)") where id = \(location.id)")
            }
            return Report(failed: [(location, "\(error)")])
        }
    }

    /// Brings one location to the newest version, by what its own schema says.
    func bring(_ location: Location) async throws {
        let database = try owner.database(location.database)
        let version =
            try await database.flight(.login(schema: location.schema), ["select coalesce(max(version), 0) from {location}.schema_version"])[
                0
            ]
            .first?.value(0, as: Int.self) ?? 0
        for migration in owner.files.after(version, .location) {
            try await retrying { try await database.script(SQLFile(text: Provisioner.script(migration, location))) }
        }
        let latest = owner.files.latest(.location)
        _ = try await owner.control.transaction(.login) { tx in
            try await tx.query(
                "update control.location_directory set schema_version = \(latest), migration_failure = null where id = \(location.id)"
            )
        }
    }

    /// Somebody is using the table: wait a little, longer each time, at most about a minute.
    private func retrying(_ body: () async throws -> Void) async throws {
        for attempt in 1...10 {
            do {
                return try await body()
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable && attempt < 10 {
                try await Task.sleep(for: .milliseconds(250 * attempt))
            }
        }
    }
}
