import Postgres
import Values

/// Moves a location to another database with a pause of its changes of a few seconds (DESIGN section 6). Reads go on throughout.
///
///  1. `schema`: the target gets the schema and a first copy while the location works on, and then what changed meanwhile.
///  2. `paused`: the directory says `moving`; within a second no gateway and no worker begins a change (503 with Retry-After, jobs snooze).
///  3. `copied`: all tables of the old schema are locked against changes, so whatever was under way has ended; what is still missing is
///     copied and compared, row hashes included; cron slots and pauses follow. The role loses its right to change the old schema.
///  4. `switched`: the directory names the new database. The pause is over as each gateway notices, in a tenth of a second.
///  5. `followed`: rows of the queue, and entries of the trail that reads wrote meanwhile.
///  6. `cleared`: the old schema is dropped; nothing of the location is left in the old database.
///
/// Killed anywhere, the same command goes on: before the switch the old schema is the truth and the copy is made anew, after it the new one is.
public struct LocationMove: Sendable {
    public enum Step: String, Sendable, CaseIterable {
        case schema, paused, copied, switched, followed, cleared
    }

    /// What it took.
    public struct Report: Sendable {
        public internal(set) var rows = 0
        /// From the moment changes may have been refused to the moment the directory named the new database.
        public internal(set) var pause: Duration = .zero
        public internal(set) var queueRows = 0
        public internal(set) var lateEntries = 0
    }

    let owner: Owner
    let location: Location
    let target: String
    let attempts: Int
    let said: @Sendable (Step) async throws -> Void

    /// `said` hears each step when it is done. `attempts` is how often a location that somebody changes without end is paused in vain.
    public init(
        owner: Owner,
        location: Location,
        to target: String,
        attempts: Int = 5,
        _ said: @escaping @Sendable (Step) async throws -> Void = { _ in }
    ) {
        self.owner = owner
        self.location = location
        self.target = target
        self.attempts = attempts
        self.said = said
    }

    /// Errors: `database_unknown`, `location_here` (nothing to do), `location_not_active`, `location_behind`, `location_busy` (something
    /// changes it without end: nothing was moved), `location_in_work`, `copy_differs`.
    public func run() async throws -> Report { try await owner.alone(with: location.id) { try await work() } }

    private func work() async throws -> Report {
        _ = try owner.database(target)
        var report = Report()
        let mark = try await mark()
        if let old = mark.from, location.database == target {
            try await MoveFinish(move: self, old: old).run(&report)
            return report
        }
        guard location.database != target else { throw Problem.conflict("location_here", "The location is in this database.") }
        guard mark.from == nil, mark.to == nil || mark.to == target else {
            throw Problem.conflict(
                "location_moving",
                "Another move of this location is not finished. Finish that first: --to \(mark.to ?? location.database)."
            )
        }
        guard location.state == .active || location.state == .moving else {
            throw Problem.conflict("location_not_active", "Only an active location is moved.")
        }
        guard location.schemaVersion == owner.files.latest(.location) else {
            throw Problem.conflict("location_behind", "Bring the location to the newest version first: polyclinic migrate run.")
        }
        let old = location.database
        try await MoveCopy(move: self).run(&report)
        try await MoveFinish(move: self, old: old).run(&report)
        return report
    }

    /// Takes back a move that did not come to its switch: the location is active where it was. Safe to repeat. Errors: `location_moved`,
    /// `location_in_work`.
    public func giveUp() async throws { try await owner.alone(with: location.id) { try await takeBack() } }

    func takeBack() async throws {
        let mark = try await mark()
        guard mark.from == nil else {
            throw Problem.conflict("location_moved", "The move is past its switch; it can only be finished.")
        }
        try await restoreRights()
        try await set("state = 'active', moving_to = null, moving_since = null", where: beforeSwitch)
        if let to = mark.to, to != location.database {
            let target = try owner.database(to)
            try await target.script(SQLFile(text: "drop schema if exists \(location.schema) cascade;"))
            _ = try await target.transaction(.login) { tx in
                try await tx.query("delete from queue.pause where location = \(location.role.name)")
            }
        }
    }

    /// The grants of the migrations, once more: a copy that was ended between its last two commits has taken some away.
    private func restoreRights() async throws {
        let grants = owner.files.all(.location).flatMap { $0.sql.split(separator: ";") }.map(LocationMove.withoutComments)
            .filter { $0.hasPrefix("grant ") }
        let text = grants.map { $0 + ";\n" }.joined()
        try await owner.database(location.database).script(
            SQLFile(
                text: text.replacing("{location}", with: location.schema.name).replacing("{role}", with: location.role.name)
            )
        )
    }

    private static func withoutComments(_ statement: Substring) -> String {
        String(statement.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n"))
    }

    // MARK: The directory

    /// Locations whose move has begun and is not finished: their names and where they are to be.
    public static func unfinished(_ owner: Owner) async throws -> [(name: String, target: String)] {
        try await owner.control.flight(
            .login,
            """
            select name, coalesce(moving_to, database) from control.location_directory
            where moving_to is not null or moved_from is not null order by name limit 1000
            """
        ).decode((String, String).self).map { (name: $0.0, target: $0.1) }
    }

    /// Where it is going to and coming from. Errors: `location_state` when the directory says otherwise than it did when the command began.
    private func mark() async throws -> (to: String?, from: String?) {
        let row = try await owner.control.flight(
            .login,
            "select moving_to, moved_from from control.location_directory where id = \(location.id) and database = \(location.database)"
        ).first
        guard let row else { throw Self.changed }
        return try row.decode((String?, String?).self)
    }

    /// The old schema is the truth.
    var beforeSwitch: Statement { "state in ('active', 'moving') and database = \(location.database) and moved_from is null" }

    private static var changed: Problem {
        .conflict("location_state", "The location's state changed meanwhile. Look at `polyclinic location list`.")
    }

    func set(_ what: Statement, where state: Statement) async throws {
        let changed = try await owner.control.transaction(.login) { tx in
            try await tx.query(
                "update control.location_directory set " + what
                    + ", version = version + 1, updated_at = \(owner.ambient.now()) where id = \(location.id) and "
                    + state
            )
        }
        guard changed.affected == 1 else { throw Self.changed }
    }
}
