/// A five-character SQLSTATE: what PostgreSQL says went wrong, without a word about the data.
public struct SQLState: Hashable, Sendable, CustomStringConvertible {
    public let code: String

    public init(_ code: String) {
        self.code = code
    }

    public var description: String { code }

    public static let featureNotSupported = SQLState("0A000")
    public static let stringDataRightTruncation = SQLState("22001")
    public static let numericValueOutOfRange = SQLState("22003")
    public static let characterNotInRepertoire = SQLState("22021")
    public static let notNullViolation = SQLState("23502")
    public static let foreignKeyViolation = SQLState("23503")
    public static let uniqueViolation = SQLState("23505")
    public static let checkViolation = SQLState("23514")
    public static let exclusionViolation = SQLState("23P01")
    public static let readOnlyTransaction = SQLState("25006")
    public static let invalidStatementName = SQLState("26000")
    public static let invalidCatalogName = SQLState("3D000")
    public static let invalidSchemaName = SQLState("3F000")
    public static let serializationFailure = SQLState("40001")
    public static let deadlockDetected = SQLState("40P01")
    public static let insufficientPrivilege = SQLState("42501")
    public static let syntaxError = SQLState("42601")
    public static let undefinedColumn = SQLState("42703")
    public static let undefinedObject = SQLState("42704")
    public static let duplicateObject = SQLState("42710")
    public static let undefinedTable = SQLState("42P01")
    public static let duplicateSchema = SQLState("42P06")
    public static let duplicateTable = SQLState("42P07")
    public static let diskFull = SQLState("53100")
    public static let outOfMemory = SQLState("53200")
    public static let tooManyConnections = SQLState("53300")
    public static let lockNotAvailable = SQLState("55P03")
    public static let objectInUse = SQLState("55006")
    public static let queryCanceled = SQLState("57014")
    public static let adminShutdown = SQLState("57P01")
    public static let crashShutdown = SQLState("57P02")
    public static let cannotConnectNow = SQLState("57P03")

    /// The backend is going away, or does not come up.
    private static let goneAway: Set<SQLState> = [.adminShutdown, .crashShutdown, .cannotConnectNow]
    private static let outages = goneAway.union([.tooManyConnections, .readOnlyTransaction])

    /// The backend, or the pooler in front of it, is going away: what it was asked is treated as a lost connection.
    var endsConnection: Bool { SQLState.goneAway.contains(self) || code.utf8.starts(with: "08".utf8) }
    /// The database cannot be used now, whatever it is asked and whoever asks.
    public var isOutage: Bool { SQLState.outages.contains(self) }
    /// The prepared statement is gone or no longer fits its table: forget it and prepare again.
    var outdatesPrepared: Bool { self == .invalidStatementName || self == .featureNotSupported }
    /// Worth running the whole transaction again: it lost a race with another one.
    public var isRetryable: Bool { self == .serializationFailure || self == .deadlockDetected }
}
