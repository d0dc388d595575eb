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
        try await move.set("moving_to = \(move.target)", where: "state in ('active', 'moving')")
        let tables = try await SchemaTables.read(old, location.schema)
        let early = try await prepare(tables, old, new)
        try await move.said(.schema)
        for attempt in 1... {
            let paused = ContinuousClock.now
            do {
                try await pause()
                try await move.said(.paused)
                report.rows = try await transfer(tables, early, old, new)
                report.pause = ContinuousClock.now - paused
                try await move.said(.switched)
                return
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                // Something long is at work: let everybody go on, and try again a little later.
                try await move.set("state = 'active'", where: "state = 'moving'")
                guard attempt < move.attempts else {
                    try await move.giveUp()
                    throw Problem.conflict(
                        "location_busy",
                        "Something changes the location without end. Nothing was moved; try again later."
                    )
                }
                try await Task.sleep(for: .seconds(2))
            } catch let error where error is PostgresError || error is Problem {
                // The location goes on where it is. If even that cannot be said now, it waits for the same command or for --give-up.
                try? await move.giveUp()
                throw error
            }
        }
    }

    /// The schema, and what of the trail is there already: most rows of a location are entries of its trail, which never change. Answers the
    /// newest entry it copied.
    private func prepare(_ tables: SchemaTables, _ old: Database, _ new: Database) async throws -> UUID? {
        try await new.copying { target in
            try await copy.build(at: location.schemaVersion, in: target)
            return try await old.copying(.readOnly, schema: location.schema) { source in
                guard let trail = tables.tables.first(where: { $0.name == "audit_entry" }),
                    let last = try await source.query("select id from {location}.audit_entry order by id desc limit 1").first
                else { return nil }
                try await copy.pipe(trail, from: source, to: target)
                guard try await trail.digest(location.schema, in: source) == trail.digest(location.schema, in: target) else {
                    throw MoveCopy.differs(trail)
                }
                return try last.value(0, as: UUID.self)
            }
        }
    }

    /// After this nobody begins a change: every directory entry that says otherwise is older than its lifetime.
    private func pause() async throws {
        try await move.set("state = 'moving', moving_since = \(owner.ambient.now())", where: "state in ('active', 'moving')")
        try await Task.sleep(for: Directory.lifetime + .milliseconds(50))
    }

    /// Copies and compares while the old tables are locked; then the old schema is closed to changes. Until that is committed nothing has
    /// happened. Between that and the switch the old schema is still the truth, read only.
    private func transfer(_ tables: SchemaTables, _ early: UUID?, _ old: Database, _ new: Database) async throws -> Int {
        let rows = try await old.copying { lock in
            try await lock.script(try lockText(tables))
            let rows = try await old.copying(.readOnly, schema: location.schema) { source in
                try await new.copying(schema: location.schema) { target in
                    for table in tables.tables { try await bring(table, early, from: source, to: target) }
                    _ = try await target.query(
                        QueueRows.insert(jobs: try await source.query(QueueRows.slots(location.role)).decode(String.self))
                    )
                    return try await compare(tables, early, source, target)
                }
            }
            try await lock.script(try closeText(tables))
            try await move.said(.copied)
            return rows
        }
        try await move.set(
            "database = \(move.target), moved_from = \(location.database), moving_to = null, state = 'active'",
            where: "state = 'moving' and moving_to = \(move.target)"
        )
        return rows
    }

    private func bring(_ table: SchemaTables.Table, _ early: UUID?, from source: CopySession, to target: CopySession) async throws {
        guard table.name == "audit_entry", let early else { return try await copy.pipe(table, from: source, to: target) }
        _ = try await LateEntries.bring(since: early, from: source, to: target)
    }

    /// All rows here and there; of the trail those since the first copy, which was compared when it was made, and how many there are in all.
    /// Entries that came in no order of their ids are found by that, and all are copied again.
    private func compare(_ tables: SchemaTables, _ early: UUID?, _ source: CopySession, _ target: CopySession) async throws -> Int {
        var rows = 0
        for table in tables.tables {
            let since = table.name == "audit_entry" ? early.map(LateEntries.first(after:)) : nil
            let wanted = try await table.digest(location.schema, since: since, in: source)
            rows += wanted.rows
            if try await table.digest(location.schema, since: since, in: target) == wanted { continue }
            guard since != nil else { throw MoveCopy.differs(table) }
            _ = try await target.query("delete from {location}.audit_entry")
            try await copy.pipe(table, from: source, to: target)
            guard try await table.digest(location.schema, in: source) == table.digest(location.schema, in: target) else {
                throw MoveCopy.differs(table)
            }
        }
        return rows
    }

    private static func differs(_ table: SchemaTables.Table) -> Problem {
        Problem(.failed, "copy_differs", "The copy of table \(table.name) differs. Nothing was moved.")
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
