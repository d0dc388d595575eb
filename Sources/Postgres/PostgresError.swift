/// What a request to the database failed with. Says what happened, never to whom: no message, no bind, no DETAIL line of the server is kept.
public struct PostgresError: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The server refused a statement; see `sqlState`.
        case server
        /// Nothing happened: the connection was refused, or lost before anything that could have an effect was sent.
        case notSent
        /// The connection was lost after COMMIT or Sync was sent: it may or may not have happened.
        case unknownOutcome
        /// A queue is full; nothing was sent.
        case overloaded
        /// The deadline for a connection or for an answer passed.
        case timeout
        /// The caller was cancelled.
        case cancelled
        /// The database handle was closed.
        case closed
        /// The caller broke a rule of this module, such as using a transaction after its end.
        case misuse
    }

    public let kind: Kind
    /// Set for `.server`.
    public let sqlState: SQLState?
    /// The violated constraint, without the `_<digits>` a sharding server appends.
    public let constraint: String?
    public let table: String?
    /// Where in our code the statement was sent from.
    public let origin: Origin?
    /// For `.misuse`: the broken rule.
    let rule: StaticString?

    public init(
        _ kind: Kind,
        sqlState: SQLState? = nil,
        constraint: String? = nil,
        table: String? = nil,
        origin: Origin? = nil
    ) {
        self.init(kind: kind, sqlState: sqlState, constraint: constraint, table: table, origin: origin, rule: nil)
    }

    init(kind: Kind, sqlState: SQLState?, constraint: String?, table: String?, origin: Origin?, rule: StaticString?) {
        self.kind = kind
        self.sqlState = sqlState
        self.constraint = constraint.map(PostgresError.withoutShardSuffix)
        self.table = table.map(PostgresError.withoutShardSuffix)
        self.origin = origin
        self.rule = rule
    }

    static func misuse(_ rule: StaticString, _ origin: Origin? = nil) -> PostgresError {
        PostgresError(kind: .misuse, sqlState: nil, constraint: nil, table: nil, origin: origin, rule: rule)
    }

    func at(_ origin: Origin?) -> PostgresError {
        PostgresError(kind: kind, sqlState: sqlState, constraint: constraint, table: table, origin: origin ?? self.origin, rule: rule)
    }

    /// Whether it is the database that is down, and not what was asked of it, or who asked.
    public var isOutage: Bool {
        switch kind {
        case .notSent, .unknownOutcome, .overloaded, .timeout: true
        case .server: sqlState?.isOutage ?? false
        case .cancelled, .closed, .misuse: false
        }
    }

    public static func == (left: PostgresError, right: PostgresError) -> Bool {
        left.kind == right.kind && left.sqlState == right.sqlState && left.constraint == right.constraint && left.table == right.table
    }

    /// Citus names the constraint of a shard `appointment_pkey_102041`. Only six digits or more count, so that `line_2` keeps its name.
    private static func withoutShardSuffix(_ name: String) -> String {
        guard let mark = name.lastIndex(of: "_") else { return name }
        let digits = name[name.index(after: mark)...].utf8
        guard digits.count >= 6, digits.allSatisfy({ (48...57).contains($0) }) else { return name }
        return String(name[..<mark])
    }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        var text = "PostgreSQL: \(kind)"
        if let sqlState { text += " \(sqlState)" }
        if let constraint { text += " constraint \(constraint)" }
        if let table { text += " table \(table)" }
        if let rule { text += " (\(rule))" }
        if let origin { text += " at \(origin)" }
        return text
    }
}

/// The line of our code a statement was sent from.
public struct Origin: Sendable, CustomStringConvertible {
    public let file: StaticString
    public let line: UInt

    public init(_ file: StaticString = #fileID, _ line: UInt = #line) {
        self.file = file
        self.line = line
    }

    public var description: String { "\(file):\(line)" }
}
