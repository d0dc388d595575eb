import Postgres
import Values

/// The part of a move up to the switch: the old schema is the truth, the new one may be thrown away at any time.
struct MoveCopy {
    let move: LocationMove

    private var owner: Owner { move.owner }
    private var location: Location { move.location }
    private var copy: SchemaCopy { SchemaCopy(owner: owner, location: location) }

    func run(_ report: inout LocationMove.Report) async throws {
        let old = try owner.database(location.database)
        let new = try owner.database(move.target)
        try await move.set("moving_to = \(move.target)", where: move.beforeSwitch)
        let tables = try await SchemaTables.read(old, location.schema)
        var copied: TransactionMark?
        for attempt in 1... {
            do {
                let mark = try await catchUp(tables, since: copied, old, new)
                copied = mark
                let paused = ContinuousClock.now
                try await pause()
                try await move.said(.paused)
                report.rows = try await transfer(tables, mark, old, new)
                report.pause = ContinuousClock.now - paused
                return try await move.said(.switched)
            } catch let error as PostgresError where MoveCopy.mayPass(error) && attempt < move.attempts {
                // Let everybody go on, and try again a little later; what two rows exchanged is sorted out by a copy from the beginning.
                try await move.set("state = 'active'", where: move.beforeSwitch)
                if error.sqlState != .lockNotAvailable { copied = nil }
                try await Task.sleep(for: .seconds(2))
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                try await move.takeBack()
                throw Problem.conflict(
                    "location_busy",
                    "Something changes the location without end. Nothing was moved; try again later."
                )
            } catch let error where error is PostgresError || error is Problem {
                // The location goes on where it is. If even that cannot be said now, it waits for the same command or for --give-up.
                try? await move.takeBack()
                throw error
            }
        }
    }

    /// Somebody holds a lock, or rows have exchanged what is unique.
    private static func mayPass(_ error: PostgresError) -> Bool {
        switch error.sqlState {
        case .lockNotAvailable?, .uniqueViolation?, .exclusionViolation?, .foreignKeyViolation?: true
        default: false
        }
    }

    /// A first copy if there is none, and what changed while that took long: the pause is to be as long as the last of these rounds.
    private func catchUp(_ tables: SchemaTables, since: TransactionMark?, _ old: Database, _ new: Database) async throws -> TransactionMark
    {
        var mark: TransactionMark
        if let since {
            mark = since
        } else {
            mark = try await prepare(tables, old, new)
            try await move.said(.schema)
        }
        for _ in 0..<3 {
            let began = ContinuousClock.now
            (mark, _) = try await follow(tables, mark, old, new)
            if ContinuousClock.now - began < .seconds(1) { break }
        }
        return mark
    }

    /// The schema and a first copy, compared, of one moment while the location works on; answers the moment.
    private func prepare(_ tables: SchemaTables, _ old: Database, _ new: Database) async throws -> TransactionMark {
        try await new.copying { target in
            try await copy.build(at: location.schemaVersion, in: target)
            return try await old.copying(.readOnly, schema: location.schema) { source in
                let mark = try await TransactionMark.now(in: source)
                for table in tables.tables {
                    try await copy.pipe(table, from: source, to: target)
                    guard try await table.digest(location.schema, in: source) == table.digest(location.schema, in: target) else {
                        throw table.differs
                    }
                }
                return mark
            }
        }
    }

    /// Brings what changed since a moment; answers the new moment and how many rows there are.
    private func follow(
        _ tables: SchemaTables,
        _ mark: TransactionMark,
        _ old: Database,
        _ new: Database,
        _ last: (CopySession, CopySession) async throws -> Void = { _, _ in }
    ) async throws -> (TransactionMark, rows: Int) {
        try await old.copying(.readOnly, schema: location.schema) { source in
            try await new.copying(schema: location.schema) { target in
                let now = try await TransactionMark.now(in: source)
                let rows = try await SchemaChanges(schema: location.schema, tables: tables, since: mark).bring(from: source, to: target)
                try await last(source, target)
                return (now, rows)
            }
        }
    }

    /// After this nobody begins a change: every directory entry that says otherwise is older than its lifetime.
    private func pause() async throws {
        try await move.set("state = 'moving', moving_since = \(owner.ambient.now())", where: move.beforeSwitch)
        try await Task.sleep(for: Directory.lifetime + .milliseconds(50))
    }

    /// Brings what is left while the old tables are locked; then the old schema is closed to changes. Until that is committed nothing has
    /// happened. Between that and the switch the old schema is still the truth, read only.
    private func transfer(_ tables: SchemaTables, _ mark: TransactionMark, _ old: Database, _ new: Database) async throws -> Int {
        let rows = try await old.copying { lock in
            try await lock.script(try lockText(tables))
            try await checkVersion(lock)
            let (_, rows) = try await follow(tables, mark, old, new) { source, target in
                // Before there is a job: what is paused begins at no moment of the move.
                let pauses = try await source.query(QueueRows.pauses(location.role)).decode(String.self)
                _ = try await target.query(QueueRows.insert(pauses: pauses))
                let slots = try await source.query(QueueRows.slots(location.role)).decode(String.self)
                _ = try await target.query(QueueRows.insert(jobs: slots))
            }
            try await lock.script(try closeText(tables))
            try await move.said(.copied)
            return rows
        }
        try await move.set(
            "database = \(move.target), moved_from = \(location.database), moving_to = null, state = 'active'",
            where: "moving_to = \(move.target) and " + move.beforeSwitch
        )
        return rows
    }

    /// An upgrade that was under way when the move began may have come to its end only now.
    private func checkVersion(_ lock: CopySession) async throws {
        var line: [UInt8] = []
        let text = "copy (select max(version) from {location}.schema_version) to stdout"
        try await lock.copyOut(try SQLFile(text: text, schema: location.schema)) { line += $0 }
        guard String(decoding: line, as: UTF8.self) == "\(location.schemaVersion)\n" else {
            throw Problem.conflict("location_behind", "The location was upgraded while it was copied. Nothing was moved; ask again.")
        }
    }

    // MARK: Texts

    private func names(_ tables: SchemaTables, trail: Bool) -> String {
        tables.tables.filter { SchemaTables.trail.contains($0.name) == trail }.map { "\(location.schema).\($0.name)" }.joined(
            separator: ", "
        )
    }

    /// Waits without standing in a queue, so that it deadlocks with nobody and nobody waits behind it; for three seconds at most.
    private func lockText(_ tables: SchemaTables) throws -> SQLFile {
        try SQLFile(
            text: """
                do $lock$ declare tries int := 0; begin
                    loop
                        begin
                            lock table \(names(tables, trail: false)) in share mode nowait;
                            exit;
                        exception when lock_not_available then
                            tries := tries + 1;
                            if tries > 60 then raise; end if;
                            perform pg_catalog.pg_sleep(0.05);
                        end;
                    end loop;
                end $lock$;
                """
        )
    }

    /// Reads go on, and so do the entries they write.
    private func closeText(_ tables: SchemaTables) throws -> SQLFile {
        try SQLFile(
            text: """
                revoke insert, update, delete on \(names(tables, trail: false)) from \(location.role);
                revoke update, delete on \(names(tables, trail: true)) from \(location.role);
                """
        )
    }
}
