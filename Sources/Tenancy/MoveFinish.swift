import Postgres
import Values

/// The part of a move after the switch: the new schema is the truth; what is left in the old database follows, and then it is cleared.
struct MoveFinish {
    let move: LocationMove
    let old: String

    private var owner: Owner { move.owner }
    private var location: Location { move.location }

    func run(_ report: inout LocationMove.Report) async throws {
        let old = try owner.database(old)
        let new = try owner.database(move.target)
        report.queueRows += try await queue(old, new)
        // Whoever still holds the old entry of the directory lets go of it.
        try await Task.sleep(for: Directory.lifetime + .milliseconds(50))
        if try await isThere(old) { report.lateEntries += try await trail(old, new) }
        report.queueRows += try await queue(old, new)
        // Once more: somebody may have paused it here since the copy.
        try await QueueRows.movePauses(location.role, from: old, to: new)
        try await QueueRows.forgetNumbers(location.role, in: old)
        try await move.said(.followed)
        try await old.script(SQLFile(text: "drop schema if exists \(location.schema) cascade;"))
        try await move.set("moved_from = null, moving_since = null", where: "moved_from = \(self.old)")
        try await move.said(.cleared)
    }

    /// Until nothing is left. What runs when it is looked at ends in its own time: it is closed out of the old schema, so it only comes back.
    private func queue(_ old: Database, _ new: Database) async throws -> Int {
        var count = 0
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            let (moved, isRunning) = try await QueueRows.move(location.role, from: old, to: new)
            count += moved
            if moved == 0, !isRunning { return count }
            guard moved > 0 || ContinuousClock.now < deadline else {
                throw Problem.conflict(
                    "jobs_running",
                    "The location is moved; a job of it still runs in the old database. Ask for the move again to finish it."
                )
            }
            if moved == 0 { try await Task.sleep(for: .milliseconds(200)) }
        }
    }

    private func isThere(_ old: Database) async throws -> Bool {
        try await !old.flight(.login, "select 1 from pg_catalog.pg_namespace where nspname = \(location.schema.name)").isEmpty
    }

    /// Closes the old schema to reads as well, waits for those under way, and brings the entries they wrote.
    private func trail(_ old: Database, _ new: Database) async throws -> Int {
        try await old.script(SQLFile(text: "revoke usage on schema \(location.schema) from \(location.role);"))
        let late = try await old.copying(schema: location.schema) { source in
            try await source.script(
                try SQLFile(
                    text: "lock table {location}.audit_entry, {location}.audit_unsealed in access exclusive mode;",
                    schema: location.schema
                )
            )
            return try await new.copying(schema: location.schema) { target in
                try await LateEntries.bring(from: source, to: target)
            }
        }
        return try await late + AuditIntake.move(location, from: old, to: new)
    }
}
