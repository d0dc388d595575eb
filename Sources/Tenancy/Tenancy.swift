public import Postgres
public import Values

/// The doors (DESIGN L1): the only ways to data. Each switches to a role that has just the rights meant, for exactly one transaction.
///
/// Location data: `read` in its two forms and `transaction`. Organization data: `organization`. Sign-in and look-ups across organizations:
/// `signIn`. Queue tables: `queue`. The logins themselves own nothing and may read nothing.
public final class Tenancy: Sendable {
    let control: Database
    let databases: [String: Database]
    private let directory: Directory

    /// `databases` are the location databases by name, as the directory names them.
    public init(control: Database, databases: [String: Database]) {
        self.control = control
        self.databases = databases
        directory = Directory { statement in try await control.flight(Tenancy.signInScope, [statement])[0] }
    }

    // MARK: Directory

    /// The location, as it stood at most a second ago. Errors: `not_found` when there is none or it is being made or removed;
    /// `location_suspended`. One that is being moved can be read.
    public func location(_ id: LocationID) async throws -> Location {
        guard let location = try await directory.location(id) else { throw Problem.notFound }
        switch location.state {
        case .active, .moving: return location
        case .suspended: throw Problem.forbidden("location_suspended", "This location is suspended. Ask the platform's operator.")
        case .provisioning, .removing, .removed: throw Problem.notFound
        }
    }

    /// For an operator who looks into the trail: suspended ones too. Errors: `not_found`.
    public func location(evenSuspended id: LocationID) async throws -> Location {
        guard let location = try await directory.location(id), [.active, .moving, .suspended].contains(location.state) else {
            throw Problem.notFound
        }
        return location
    }

    /// The location whose role wrote a queue row, in whatever state; nil when it is gone.
    public func location(role: String) async throws -> Location? {
        try await directory.location(role: role)
    }

    /// The locations of an organization that are served or suspended, by name.
    public func locations(of organization: OrganizationID) async throws -> [Location] {
        try await directory.locations(of: organization)
    }

    /// All active and suspended locations of every organization, read at most once a second.
    public func locations() async throws -> [Location] {
        try await directory.all()
    }

    public var databaseNames: [String] { databases.keys.sorted() }

    // MARK: Location data

    /// One flight: role, statement, one Sync.
    public func read(_ location: Location, _ statement: Statement) async throws -> Rows {
        let database = try database(location)
        return try await whereItIs(location) { try await database.flight(scope(location, lazily: false), [statement])[0] }
    }

    /// One flight, and a row about what it showed in the intake of the trails, safe from a crash before the answer is given (L3). nil from `entry`:
    /// nothing was shown. It runs on the reactor's thread, so it must be quick.
    public func read(
        _ location: Location,
        _ statement: Statement,
        recording entry: @escaping @Sendable (Rows) throws -> (id: UUID, content: String)?
    ) async throws -> Rows {
        let database = try database(location)
        let owner = location.role.name
        return try await whereItIs(location) {
            let durability = Durability.recorded(in: AuditIntake.intake) { rows in
                try entry(rows[0]).map { Intake.Entry(id: $0.id, owner: owner, content: $0.content) }
            }
            return try await database.flight(scope(location, lazily: false), [statement], durability: durability)[0]
        }
    }

    /// Several statements, each answer fetched inside one flight's transaction. `lazily`: what is written (the audit row of a read)
    /// commits asynchronously, and `body`'s value is given after the next flush that the database's answers share, so that a crash loses no
    /// audit of an answer given (L3).
    public func read<T: Sendable>(_ location: Location, lazily: Bool = false, _ body: (Transaction) async throws -> T) async throws -> T {
        let database = try database(location)
        let value = try await whereItIs(location) { try await database.session(scope(location, lazily: lazily), body) }
        if lazily { try await database.flushed() }
        return value
    }

    /// The same, lazily, for answers that take long: what `statement` shows is read by another connection meanwhile, so perhaps a moment earlier
    /// or later, and `make` works the answer out while the flush is under way.
    public func read<T: Sendable, Answer: Sendable>(
        _ location: Location,
        beside statement: Statement,
        _ body: (Transaction) async throws -> T,
        answering make: (T, Rows) async throws -> Answer
    ) async throws -> Answer {
        let database = try database(location)
        let scope = scope(location, lazily: true)
        async let beside = whereItIs(location) { try await database.session(scope) { tx in try await tx.query(statement) } }
        let value = try await whereItIs(location) { try await database.session(scope, body) }
        async let flushed: Void = database.flushed()
        let answer: Result<Answer, any Error>
        do { answer = .success(try await make(value, beside)) } catch { answer = .failure(error) }
        // A refusal tells something too: neither is given before its record is safe.
        try await flushed
        return try answer.get()
    }

    /// BEGIN and role ride with the first statement; statements whose result nobody reads ride with COMMIT. A throw rolls back.
    /// Errors: `location_moving` for the seconds in which its rows go to another database.
    public func transaction<T: Sendable>(_ location: Location, _ body: (Transaction) async throws -> T) async throws -> T {
        guard location.state != .moving else { throw Tenancy.moving }
        let database = try database(location)
        return try await whereItIs(location) { try await database.transaction(scope(location, lazily: false), body) }
    }

    /// Nothing was done; it may be asked for again at once.
    public static let moving = Problem(
        .unavailable,
        "location_moving",
        "This location is being moved and cannot be changed for a few seconds. Try again.",
        retryAfter: 1
    )

    /// Whoever holds a `Location` for longer than the directory's second may knock at the old place. It is closed there before it opens
    /// elsewhere, so nothing happens; the caller is told to try again.
    private func whereItIs<T>(_ location: Location, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError where error.sqlState.map(Tenancy.closed.contains) ?? false {
            guard let now = try await directory.location(location.id), now.state == .moving || now.database != location.database else {
                throw error
            }
            throw Tenancy.moving
        }
    }

    private static let closed: Set<SQLState> = [.insufficientPrivilege, .undefinedTable, .invalidSchemaName, .lockNotAvailable]

    // MARK: Control data

    /// Organization data: row-level security shows the rows of this organization only.
    public func organization<T: Sendable>(_ id: OrganizationID, _ body: (Transaction) async throws -> T) async throws -> T {
        try await control.transaction(Tenancy.organizationScope(id, lazily: false), body)
    }

    /// Organization data, one flight. `lazily` as for locations.
    public func organizationRead(_ id: OrganizationID, _ statement: Statement, lazily: Bool = false) async throws -> Rows {
        try await control.flight(Tenancy.organizationScope(id, lazily: lazily), [statement], durability: lazily ? .flushed : .none)[0]
    }

    /// Whether there is such an organization: to one that is not there everything looks empty.
    public func hasOrganization(_ id: OrganizationID) async throws -> Bool {
        try await !organizationRead(id, "select 1 from control.organization where id = \(id)").isEmpty
    }

    /// The second door of control: accounts, sessions, keys, guess counters and the directory, for sign-in and operator look-ups.
    public func signIn<T: Sendable>(_ body: (Transaction) async throws -> T) async throws -> T {
        try await control.transaction(Tenancy.signInScope, body)
    }

    /// The same, one flight.
    public func signInRead(_ statement: Statement) async throws -> Rows {
        try await control.flight(Tenancy.signInScope, [statement])[0]
    }

    /// The worker's door to the queue tables of one database; nil is the control database.
    public func queue<T: Sendable>(_ name: String?, _ body: (Transaction) async throws -> T) async throws -> T {
        try await queueDatabase(name).transaction(Tenancy.queueScope, body)
    }

    /// The same, one flight.
    public func queueRead(_ name: String?, _ statement: Statement) async throws -> Rows {
        try await queueDatabase(name).flight(Tenancy.queueScope, [statement])[0]
    }

    // MARK: Health

    /// One round trip to every database, in milliseconds by name; nil where it failed.
    public func roundTrips() async -> [String: Double?] {
        var times: [String: Double?] = [:]
        for name in [nil] + databaseNames.map(Optional.some) { times[name ?? "control"] = .some(await roundTrip(name)) }
        return times
    }

    /// Whether a database answers; nil is the control database.
    public func answers(_ name: String?) async -> Bool { await roundTrip(name) != nil }

    /// Milliseconds; nil when it does not answer.
    private func roundTrip(_ name: String?) async -> Double? {
        guard let database = try? queueDatabase(name) else { return nil }  // not configured here: it does not answer
        let start = ContinuousClock.now
        guard (try? await database.flight(.login, ["select 1"])) != nil else { return nil }  // why not is in its log
        let took = ContinuousClock.now - start
        return Double(took.components.attoseconds) / 1e15 + Double(took.components.seconds) * 1e3
    }

    /// What the connections of every database did, by name.
    public var statistics: [(name: String, statistics: DatabaseStatistics)] {
        [("control", control.statistics)] + databases.sorted { $0.key < $1.key }.map { ($0.key, $0.value.statistics) }
    }

    // MARK: Scopes

    private func database(_ location: Location) throws -> Database {
        guard let database = databases[location.database] else {
            throw Problem(.unavailable, "database_unknown", "This location's database is not configured here.", retryAfter: 30)
        }
        return database
    }

    private func queueDatabase(_ name: String?) throws -> Database {
        guard let name else { return control }
        guard let database = databases[name] else {
            throw Problem(.unavailable, "database_unknown", "This database is not configured here.", retryAfter: 30)
        }
        return database
    }

    private func scope(_ location: Location, lazily: Bool) -> Scope {
        .role(location.role, schema: location.schema, settings: lazily ? [("synchronous_commit", "off")] : [])
    }

    private static func organizationScope(_ id: OrganizationID, lazily: Bool) -> Scope {
        var settings: [(name: StaticString, value: String)] = [("app.organization", id.description)]
        if lazily { settings.append(("synchronous_commit", "off")) }
        return .role(Roles.organization, schema: nil, settings: settings)
    }

    private static let signInScope = Scope.role(Roles.signIn, schema: nil)
    private static let queueScope = Scope.role(Roles.queueWorker, schema: nil)
}
