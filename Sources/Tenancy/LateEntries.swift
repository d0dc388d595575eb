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
            added += try await target.query(AuditIntake.add(rows.map(\.1))).affected
            last = end.0
        }
    }
}
