import Postgres
import Values

/// A moment of a database: every transaction older than this one had ended.
struct TransactionMark: Sendable {
    fileprivate let transaction: String

    /// The moment that all statements of a session see, which reads only.
    static func now(in session: CopySession) async throws -> TransactionMark {
        let rows = try await session.query(
            """
            select (pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint & 4294967295)::text
            """
        )
        guard let transaction = try rows.first?.value(0, as: String.self) else {
            throw Problem(.failed, "no_snapshot", "The database does not say what it has committed.")
        }
        return TransactionMark(transaction: transaction)
    }
}

/// What changed in a schema since it was copied, brought to the copy. PostgreSQL keeps with each row the id of the transaction that wrote it;
/// rows that younger transactions wrote are copied again, and rows that are gone are found when the numbers differ. What it costs grows with
/// the changes, but for one look at each row's header.
struct SchemaChanges {
    let schema: SchemaName
    let tables: SchemaTables
    let since: TransactionMark

    /// Brings and compares the changes; answers how many rows there are now. Errors: `copy_differs`; a constraint that is violated because
    /// rows exchanged a unique value, which a new copy heals.
    func bring(from source: CopySession, to target: CopySession) async throws -> Int {
        var changed: [SchemaTables.Table] = []
        for table in tables.tables where try await load(table, from: source, to: target) { changed.append(table) }
        // What goes makes room for what comes; what refers to a row goes before it and comes after it.
        for table in changed.reversed() { try await remove(table, source, target) }
        for table in changed { try await put(table, in: target) }
        var rows = 0
        for table in tables.tables {
            let wanted = try await table.digest(schema, of: isYoung, in: source)
            let isLoaded = changed.contains(table)
            let copy = try await table.digest(
                schema,
                of: isLoaded ? "(\(table.keyList)) in (select \(table.keyList) from \(table.changes))" : "false",
                in: target
            )
            guard copy == wanted else { throw table.differs }
            rows += wanted.rows
        }
        return rows
    }

    private var isYoung: String { "pg_catalog.age(xmin) <= pg_catalog.age('\(since.transaction)'::xid)" }

    private func run(_ text: String, in session: CopySession) async throws {
        try await session.script(try SQLFile(text: text, schema: schema))
    }

    private func number(_ text: String, in session: CopySession) async throws -> Int {
        var line: [UInt8] = []
        try await session.copyOut(try SQLFile(text: "copy (\(text)) to stdout", schema: schema)) { line += $0 }
        guard let number = Int(String(decoding: line.prefix { $0 != 10 }, as: UTF8.self)) else {
            throw Problem(.failed, "digest_unreadable", "A table could not be counted.")
        }
        return number
    }

    /// False when nothing changed.
    private func load(_ table: SchemaTables.Table, from source: CopySession, to target: CopySession) async throws -> Bool {
        let out = try SQLFile(text: "copy (select \(table.list) from {location}.\(table.name) where \(isYoung)) to stdout", schema: schema)
        try await run("create temp table \(table.changes) (like {location}.\(table.name)) on commit drop;", in: target)
        let rows = try await target.copyIn(try SQLFile(text: "copy \(table.changes) (\(table.list)) from stdin", schema: schema)) { write in
            try await source.copyOut(out, write)
        }
        guard rows == 0 else { return true }
        let count = "select count(*) from {location}.\(table.name)"
        return try await number(count, in: source) != number(count, in: target)
    }

    /// Rows that are gone; and changed ones when nothing refers to them, so that two rows may exchange what is unique.
    private func remove(_ table: SchemaTables.Table, _ source: CopySession, _ target: CopySession) async throws {
        if !table.isReferenced {
            try await run("delete from {location}.\(table.name) here using \(table.changes) there where \(table.isSame);", in: target)
        }
        let expected = try await number(
            """
            select (select count(*) from {location}.\(table.name)) + (select count(*) from \(table.changes) there
                where not exists (select from {location}.\(table.name) here where \(table.isSame)))
            """,
            in: target
        )
        guard try await number("select count(*) from {location}.\(table.name)", in: source) != expected else { return }
        let keys = "kept_\(table.name)"
        try await run(
            "create temp table \(keys) on commit drop as select \(table.keyList) from {location}.\(table.name) limit 0;",
            in: target
        )
        let out = try SQLFile(text: "copy (select \(table.keyList) from {location}.\(table.name)) to stdout", schema: schema)
        _ = try await target.copyIn(try SQLFile(text: "copy \(keys) from stdin", schema: schema)) { write in
            try await source.copyOut(out, write)
        }
        try await run(
            "delete from {location}.\(table.name) here where not exists (select from \(keys) there where \(table.isSame));",
            in: target
        )
    }

    private func put(_ table: SchemaTables.Table, in target: CopySession) async throws {
        let rest = table.columns.filter { !table.key.contains($0) }
        let update = rest.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try await run(
            """
            insert into {location}.\(table.name) (\(table.list)) select \(table.list) from \(table.changes)
            on conflict (\(table.keyList)) do \(rest.isEmpty ? "nothing" : "update set \(update)");
            """,
            in: target
        )
    }
}

extension SchemaTables.Table {
    fileprivate var changes: String { "changed_\(name)" }
    fileprivate var keyList: String { key.joined(separator: ", ") }
    fileprivate var isSame: String { key.map { "here.\($0) = there.\($0)" }.joined(separator: " and ") }

    var differs: Problem { Problem(.failed, "copy_differs", "The copy of table \(name) differs. Nothing was moved.") }
}
