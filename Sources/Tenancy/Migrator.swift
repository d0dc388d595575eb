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
    }

    private enum Outcome {
        case upgraded(Location)
        case failed(Location, String, isLocked: Bool)
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
        var notes = Notes()
        func end(_ outcome: Outcome) async {
            switch outcome {
            case .upgraded(let location): notes.pending.append(location)
            case .failed(let location, let failure, _): notes.report.failed.append((location, failure))
            }
            await write(&notes, isLast: false)
            progress(notes.report.upgraded + notes.pending.count + notes.report.failed.count, behind.count)
        }
        while notes.report.upgraded + notes.pending.count == 0, let canary = rest.popFirst() {
            let outcome = await upgrade(canary)
            await end(outcome)
            if case .failed(_, _, let isLocked) = outcome, !isLocked || notes.report.failed.count >= 3 { return notes.report }
        }
        await withTaskGroup(of: Outcome.self) { group in
            for (started, location) in rest.enumerated() {
                if started >= max(1, min(parallel, 16)), let outcome = await group.next() { await end(outcome) }
                group.addTask { await upgrade(location) }
            }
            for await outcome in group { await end(outcome) }
        }
        await write(&notes, isLast: true)
        return notes.report
    }

    private func upgrade(_ location: Location) async -> Outcome {
        do {
            try await migrate(location, from: location.schemaVersion)
            return .upgraded(location)
        } catch {
            // Control mirrors the failure for `migrate status`; the schema itself knows its version, so losing this note loses nothing.
            _ = try? await owner.control.transaction(.login) { tx in
                try await tx.query("update control.location_directory set migration_failure = \("\(error)") where id = \(location.id)")
            }
            return .failed(location, "\(error)", isLocked: (error as? Failure)?.isLock ?? false)
        }
    }

    /// Brings one location to the newest version, by what its own schema says.
    func bring(_ location: Location) async throws {
        try await migrate(location, from: try await version(of: location))
        try await note([location])
    }

    /// `noted` is where the schema is thought to be. A migration succeeds only on top of the one before, so what is wrong about it is found out.
    private func migrate(_ location: Location, from noted: Int) async throws {
        let database = try owner.database(location.database)
        var version = noted
        while let migration = owner.files.after(version, .location).first {
            do {
                try await retrying { try await database.script(SQLFile(text: Provisioner.script(migration, location))) }
                version = migration.version
            } catch let error as PostgresError {
                // Somebody else who migrates may have been faster, or was killed before control knew.
                let actual = try await self.version(of: location)
                guard actual != version else { throw Failure(migration: migration.name, cause: error) }
                version = actual
            }
        }
    }

    // MARK: What control knows

    /// Control mirrors what the schemas say, for `plan` and `migrate status`. Noted together now and then: what is forgotten in a crash is
    /// found out from the schemas.
    private struct Notes {
        /// `upgraded` are those that control knows of.
        var report = Report()
        var pending: [Location] = []
        var next = ContinuousClock.now
        static let pause = Duration.milliseconds(200)
    }

    private func write(_ notes: inout Notes, isLast: Bool) async {
        guard !notes.pending.isEmpty, isLast || .now >= notes.next else { return }
        notes.next = .now + Notes.pause
        do {
            try await note(notes.pending)
            notes.report.upgraded += notes.pending.count
            notes.pending = []
        } catch {
            // They are noted with the next ones; the last ones an operator has to know of.
            if isLast { notes.report.failed += notes.pending.map { ($0, "upgraded, but control could not be told: \(error)") } }
        }
    }

    /// These are at the newest version. Not of a schema that a location has left meanwhile; and nobody waits for the disk.
    private func note(_ locations: [Location]) async throws {
        let latest = owner.files.latest(.location)
        _ = try await owner.control.transaction(.login) { tx in
            tx.enqueue("select set_config('synchronous_commit', 'off', true)")
            try await tx.query(
                """
                update control.location_directory as place set schema_version = \(latest), migration_failure = null
                from unnest(\(locations.map(\.id)), \(locations.map(\.database))) as done (id, database)
                where place.id = done.id and place.database = done.database
                """
            )
        }
    }

    private func version(of location: Location) async throws -> Int {
        try await owner.database(location.database)
            .flight(.login(schema: location.schema), "select coalesce(max(version), 0) from {location}.schema_version")
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
