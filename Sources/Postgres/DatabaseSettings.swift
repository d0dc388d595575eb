/// Where a database is, and the limits of the way to it. Statement time-outs and search_path are settings of the roles, not ours.
public struct DatabaseSettings: Sendable, CustomStringConvertible {
    public enum TLS: Sendable, Equatable {
        case off
        /// The server's certificate must be signed by this authority and name `host`.
        case verifyFull(caFile: String)
    }

    /// Name or address, or the directory of a Unix socket.
    public var host: String
    public var port: Int
    public var database: String
    public var user: String
    public var password: String
    public var tls: TLS
    public var applicationName: String

    /// Connections of the short-read lane. Fewer are cheaper on both sides (PERFORMANCE section 8).
    public var sharedConnections = 1
    /// Flights at once on each of them.
    public var sharedDepth = 64
    /// Flights of one schema at once on the whole lane: one location's flood leaves room for the others.
    public var sharedPerSchema = 16
    /// Connections for transactions and long queries. Eight let commits share a flush.
    public var leasedConnections = 8
    /// Requests that may wait for a place, per lane; the next one is `.overloaded`.
    public var queueLimit = 4096
    /// How long a request waits for a place before `.timeout`, or `.notSent` when the database is down.
    public var leaseDeadline: Duration = .seconds(5)
    /// How long a request waits for its answer before `.timeout`; its connection is then closed.
    public var answerDeadline: Duration = .seconds(30)
    public var connectTimeout: Duration = .seconds(5)
    /// After this long without a connection, requests fail at once until one is made again.
    public var outageGrace: Duration = .seconds(1)
    /// How long a leased statement may go on after its caller was cancelled before the server is asked to stop it.
    public var cancelGrace: Duration = .seconds(1)
    /// Prepared statements per connection; a backend keeps about 24 kB for each. The least recently used go first.
    public var maximumStatements = 1000
    /// A connection that is older is replaced when it is idle.
    public var retireAfter: Duration = .seconds(3600)
    /// A connection that has prepared more statements, ever, is replaced when it is idle: a backend never forgets a relation it touched. At 2,500
    /// of a thousand schemas' lists it has about 170 MB to itself (deploy/bench memory). Counted so, a connection that reads one table of a thousand
    /// schemas stays warm for all of them, and one that was in every table of them is replaced after about two hundred.
    public var maximumPrepared = 2500
    /// The same for schemas met.
    public var maximumSchemas = 1000
    /// False behind a pooler that cannot keep prepared statements: the same SQL is then sent unprepared.
    public var prepared = true

    public init(
        host: String,
        port: Int = 5432,
        database: String,
        user: String,
        password: String,
        tls: TLS,
        applicationName: String = "polyclinic"
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.tls = tls
        self.applicationName = applicationName
    }

    /// Without the password.
    public var description: String { "\(user)@\(host):\(port)/\(database)" }
}

/// What the way to one database is doing now, and has done.
public struct DatabaseStatistics: Sendable, Equatable {
    /// Open connections of all lanes.
    public var connections = 0
    /// Leased connections in somebody's hands.
    public var leased = 0
    /// Requests sent and not answered.
    public var inFlight = 0
    /// Requests waiting for a place.
    public var waiting = 0
    /// Segments sent, ever.
    public var flights = 0
    /// Connections lost or given up, ever (retired ones are not counted).
    public var lost = 0
    /// Connections opened, ever.
    public var opened = 0
    /// Statements prepared, ever.
    public var prepared = 0
    /// Requests refused because a queue was full, ever.
    public var refused = 0
    /// False while the short-read lane has no connection.
    public var isUp = false
}
