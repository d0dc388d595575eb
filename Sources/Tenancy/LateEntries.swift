import Postgres
import Values

/// Entries of a trail that were written to the old schema after it was copied: reads go on during a move, and each writes one. All of them still
/// wait to be sealed there: the old schema is closed to sealing since it was copied. No clock is asked: the one that made an id may be wrong.
enum LateEntries {
    /// Adds what the target lacks, to be sealed there, and answers how much that was.
    static func bring(from source: CopySession, to target: CopySession) async throws -> Int {
        var last: UUID?
        var added = 0
        while true {
            let rows = try await source.query(
                """
                select id, to_jsonb(entry)::text from {location}.audit_entry entry join {location}.audit_unsealed using (id)
                where \(last)::uuid is null or id > \(last) order by id limit 2000
                """
            ).decode((UUID, String).self)
            guard let end = rows.last else { return added }
            let entries: Statement = """
                insert into {location}.audit_entry
                select * from jsonb_populate_recordset(null::{location}.audit_entry, \(QueueRows.list(rows.map(\.1)))::jsonb)
                on conflict do nothing returning id
                """
            let fresh = try await target.query(entries).decode(UUID.self)
            _ = try await target.query("insert into {location}.audit_unsealed (id) select unnest(\(fresh))")
            added += fresh.count
            last = end.0
        }
    }
}
