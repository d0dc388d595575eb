import Postgres
import Values

/// The tables of a location's schema, as its database describes them, each after those it refers to. `schema_version` is not among them:
/// migrations write it.
struct SchemaTables {
    struct Table: Equatable {
        let name: String
        let columns: [String]
        /// The columns of its primary key.
        var key: [String] = []
        /// Rows of this or another table refer to its rows.
        var isReferenced = false

        var list: String { columns.joined(separator: ", ") }
    }

    let tables: [Table]

    /// What reads add while a move goes on: these two are not locked, and what comes late is brought after.
    static let trail: Set<String> = ["audit_entry", "audit_unsealed"]

    static func read(_ database: Database, _ schema: SchemaName) async throws -> SchemaTables {
        let answers = try await database.flight(
            .login,
            [
                """
                select class.relname::text, array_agg(attribute.attname::text order by attribute.attnum),
                    array_agg(attribute.attname::text order by attribute.attnum) filter (where attribute.attnum = any (main.conkey)),
                    exists (select from pg_catalog.pg_constraint fk where fk.confrelid = class.oid and fk.contype = 'f')
                from pg_catalog.pg_class class
                join pg_catalog.pg_attribute attribute on attribute.attrelid = class.oid and attribute.attnum > 0 and not attribute.attisdropped
                left join pg_catalog.pg_constraint main on main.conrelid = class.oid and main.contype = 'p'
                where class.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = \(schema.name)) and class.relkind = 'r'
                group by class.oid, class.relname order by class.relname limit 1000
                """,
                """
                select distinct child.relname::text, parent.relname::text from pg_catalog.pg_constraint fk
                join pg_catalog.pg_class child on child.oid = fk.conrelid join pg_catalog.pg_class parent on parent.oid = fk.confrelid
                where fk.connamespace = (select oid from pg_catalog.pg_namespace where nspname = \(schema.name))
                    and fk.contype = 'f' and fk.conrelid <> fk.confrelid limit 10000
                """,
            ]
        )
        var waiting = try answers[0].decode((String, [String], [String]?, Bool).self).filter { $0.0 != "schema_version" }.map {
            Table(name: $0.0, columns: $0.1, key: $0.2 ?? [], isReferenced: $0.3)
        }
        let parents = Dictionary(grouping: try answers[1].decode((String, String).self), by: \.0).mapValues { Set($0.map(\.1)) }
        // Names come from migrations; they enter SQL, so what is no plain name is refused all the same.
        for table in waiting where table.key.isEmpty || ([table.name] + table.columns).contains(where: { SchemaName($0) == nil }) {
            throw damaged
        }
        var ordered: [Table] = []
        while !waiting.isEmpty {
            let names = Set(waiting.map(\.name))
            let ready = waiting.filter { names.isDisjoint(with: parents[$0.name] ?? []) }
            guard !ready.isEmpty else { throw damaged }
            ordered += ready
            waiting.removeAll { ready.contains($0) }
        }
        guard !ordered.isEmpty else { throw damaged }
        return SchemaTables(tables: ordered)
    }

    private static var damaged: Problem { Problem(.failed, "schema_damaged", "The location's schema is not what migrations make.") }
}

/// How many rows a table has, and a sum over their hashes that no order changes: equal here and there, the rows are the same.
struct TableDigest: Equatable {
    let rows: Int
    let hash: String
}

extension SchemaTables.Table {
    func copyOut(_ schema: SchemaName) throws -> SQLFile {
        try SQLFile(text: "copy {location}.\(name) (\(list)) to stdout", schema: schema)
    }

    func copyIn(_ schema: SchemaName) throws -> SQLFile {
        try SQLFile(text: "copy {location}.\(name) (\(list)) from stdin", schema: schema)
    }

    /// `of`: a condition for the rows that the hash covers; all are counted. One look at the table: a location waits for it.
    func digest(_ schema: SchemaName, of condition: String = "true", in session: CopySession) async throws -> TableDigest {
        var line: [UInt8] = []
        try await session.copyOut(
            try SQLFile(
                text: """
                    copy (select count(*), coalesce(sum(pg_catalog.hashtextextended(row(\(list))::text, 0)::numeric) filter (where \(condition)), 0)
                        from {location}.\(name)) to stdout
                    """,
                schema: schema
            )
        ) { line += $0 }
        let words = String(decoding: line, as: UTF8.self).split { $0 == "\t" || $0 == "\n" }
        guard words.count == 2, let rows = Int(words[0]) else {
            throw Problem(.failed, "digest_unreadable", "A table could not be counted.")
        }
        return TableDigest(rows: rows, hash: String(words[1]))
    }
}
