import Postgres
import Values

/// Entries of trails that wait in `queue.audit_intake`: what reads recorded before their answers were given. Whoever looks into a location's trail,
/// seals it, moves it or writes it into a file brings them there first.
enum AuditIntake {
    static let intake = Intake(as: Roles.intake) { entries in
        """
        insert into queue.audit_intake (id, location, entry)
        select id, location::name, entry::jsonb
        from unnest(\(entries.map(\.id)), \(entries.map(\.owner)), \(entries.map(\.content))) as row (id, location, entry)
        on conflict do nothing
        """
    }

    /// The oldest of a location's rows, taken out, as rows of a trail.
    static func taken(_ role: RoleName) -> Statement {
        """
        delete from queue.audit_intake where id in (select id from queue.audit_intake where location = \(role.name) order by id limit 1000)
        returning \n
        """ + row
    }

    /// All of a location's rows, as rows of a trail.
    static func waiting(_ role: RoleName) -> Statement {
        "select " + row + " from queue.audit_intake where location = \(role.name) order by id"
    }

    private static let row: Statement = "(entry || jsonb_build_object('id', id))::text"

    /// Adds to a trail what it lacks, to be sealed; `affected` says how much that was.
    static func add(_ entries: [String]) -> Statement {
        """
        with brought as (
            insert into {location}.audit_entry
            select * from jsonb_populate_recordset(null::{location}.audit_entry, \(QueueRows.list(entries))::jsonb)
            on conflict do nothing returning id
        )
        insert into {location}.audit_unsealed (id) select id from brought
        """
    }

    static func clear(_ role: RoleName) -> Statement { "delete from queue.audit_intake where location = \(role.name)" }

    /// After the schema was closed to its role: what waits in the old database goes into the trail where it is now. Killed in between, a
    /// repetition finds the entries there. Answers how many.
    static func move(_ location: Location, from old: Database, to new: Database) async throws -> Int {
        // Rows that were let in before the schema was closed are committed when this lock is had; later ones are refused.
        _ = try await old.transaction(.login) { tx in try await tx.query("lock table queue.audit_intake in share mode") }
        var count = 0
        while true {
            let moved = try await old.transaction(.login) { tx in
                let entries = try await tx.query(taken(location.role)).decode(String.self)
                if !entries.isEmpty {
                    _ = try await new.transaction(.login(schema: location.schema)) { target in try await target.query(add(entries)) }
                }
                return entries.count
            }
            count += moved
            if moved == 0 { return count }
        }
    }
}

extension Tenancy {
    /// Brings what waits in the intake into the location's trail, under a lock of the caller's number. While the location is being moved, what
    /// waits stays where it is until it has arrived.
    public func settleTrail(of location: Location, lock: Int64) async throws {
        guard location.state != .moving else { return }
        while true {
            let count = try await transaction(location) { tx in
                let entries = try await tx.query(["select pg_advisory_xact_lock(\(lock))", AuditIntake.taken(location.role)])[1].decode(
                    String.self
                )
                if !entries.isEmpty { tx.enqueue(AuditIntake.add(entries)) }
                return entries.count
            }
            if count < 1000 { return }
        }
    }
}
