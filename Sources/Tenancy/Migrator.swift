import Postgres
import Values

/// Upgrades a fleet of locations (DESIGN L10): one at a time as canary, then in parallel; a locked one is tried again; one that fails stays
/// behind, visibly, and stops nobody else. Killed and run again it goes on where it was, because each schema holds its own version.
public struct Migrator: Sendable {
    private let owner: Owner
    private let attempts: Int

    /// `attempts` is how often a location that somebody has locked is tried, about three seconds apart, before it is left behind.
    public init(owner: Owner, attempts: Int = 10) {
        self.owner = owner
        self.attempts = attempts
    }

    /// A location that is not at the newest version.
    public struct Behind: Sendable {
        public let location: Location
        public let target: Int
        /// Why the last try failed: the migration's name and an SQLSTATE.
        public let failure: String?
    }

    /// Why a location stays behind.
    struct Failure: Error, CustomStringConvertible {
        let migration: String
        let cause: PostgresError

        var isLock: Bool { Migrator.isLock(cause) }
        var description: String { migration + ": " + (isLock ? "somebody holds a lock (\(cause.sqlState?.code ?? ""))" : "\(cause)") }
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

    /// Which are behind: one query on control; locations that are up to date cost nothing. Those that failed before come last: the first is
    /// the canary, and one broken location must not hold the others up for ever.
    public func plan() async throws -> [Behind] {
        let latest = owner.files.latest(.location)
        let rows = try await owner.control.flight(
            .login,
            Location.columns(and: "migration_failure") + """
                 where state in ('active', 'suspended') and schema_version < \(latest) and moving_to is null and moved_from is null
                order by migration_failure is not null, id limit 100000
                """
        )
        return try rows.map { Behind(location: try Location(row: $0), target: latest, failure: try $0.value("migration_failure")) }
    }

    /// Upgrades all that are behind. The first one is the canary: when its migration fails nothing else is touched; when it is merely locked
    /// the next one takes its part, three at most. `parallel` connections after that, 1 to 16.
    public func run(parallel: Int = 4, _ progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) async throws -> Report {
        let behind = try await plan()
        var rest = behind.map(\.location)[...]
        var report = Report()
        var done = 0
        while report.upgraded == 0, let canary = rest.popFirst() {
            let (part, isLocked) = await upgrade(canary)
            report.add(part, &done, behind.count, progress)
            guard part.failed.isEmpty || (isLocked && report.failed.count < 3) else { return report }
        }
        await withTaskGroup(of: Report.self) { group in
            for (started, location) in rest.enumerated() {
                if started >= max(1, min(parallel, 16)), let part = await group.next() { report.add(part, &done, behind.count, progress) }
                group.addTask { await upgrade(location).report }
            }
            for await part in group { report.add(part, &done, behind.count, progress) }
        }
        return report
    }

    private func upgrade(_ location: Location) async -> (report: Report, isLocked: Bool) {
        do {
            try await bring(location)
            return (Report(upgraded: 1), false)
        } catch {
            // Control mirrors the failure for `migrate status`; the schema itself knows its version, so losing this note loses nothing.
            _ = try? await owner.control.transaction(.login) { tx in
                try await tx.query("update control.location_directory set migration_failure = \("\(error)") where id = \(location.id)")
            }
            return (Report(failed: [(location, "\(error)")]), (error as? Failure)?.isLock ?? false)
        }
    }

    /// Brings one location to the newest version, by what its own schema says.
    func bring(_ location: Location) async throws {
        let database = try owner.database(location.database)
        for migration in owner.files.after(try await version(of: location, in: database), .location) {
            do {
                try await retrying { try await database.script(SQLFile(text: Provisioner.script(migration, location))) }
            } catch let error as PostgresError {
                // Somebody else who migrates may have been faster: then its version row is there.
                guard try await version(of: location, in: database) >= migration.version else {
                    throw Failure(migration: migration.name, cause: error)
                }
            }
        }
        let latest = owner.files.latest(.location)
        // Not of a schema that the location has left meanwhile. Nobody waits for the disk: a crash that forgets this note has the location
        // looked at once more.
        _ = try await owner.control.transaction(.login) { tx in
            tx.enqueue("select set_config('synchronous_commit', 'off', true)")
            try await tx.query(
                """
                update control.location_directory set schema_version = \(latest), migration_failure = null
                where id = \(location.id) and database = \(location.database)
                """
            )
        }
    }

    private func version(of location: Location, in database: Database) async throws -> Int {
        try await database.flight(.login(schema: location.schema), "select coalesce(max(version), 0) from {location}.schema_version")
            .first?.value(0, as: Int.self) ?? 0
    }

    /// Somebody was in the way: the lock was not given in time, or each held what the other wanted.
    private static func isLock(_ error: PostgresError) -> Bool {
        error.sqlState == .lockNotAvailable || error.sqlState == .deadlockDetected
    }

    /// Somebody is using the table: wait a little, longer each time, with all attempts about half a minute.
    private func retrying(_ body: () async throws -> Void) async throws {
        for attempt in 1...attempts {
            do {
                return try await body()
            } catch let error as PostgresError where Migrator.isLock(error) && attempt < attempts {
                try await Task.sleep(for: .milliseconds(250 * attempt))
            }
        }
    }
}
