public import Logging

/// One database, through the reactor: short reads share a connection, transactions lease one. All waits are bounded by `DatabaseSettings`.
public final class Database: Sendable {
    public let settings: DatabaseSettings
    private let reactor: Reactor
    private let number: Int
    private let board = StatisticsBoard()
    let logger: Logger

    /// Begins to connect; returns at once. A database that is away is tried again and again, with growing pauses.
    public init(_ settings: DatabaseSettings, reactor: Reactor, logger: Logger) {
        self.settings = settings
        self.reactor = reactor
        self.logger = logger
        number = reactor.nextDatabase()
        reactor.post(.open(number, settings, board, logger))
    }

    deinit { reactor.post(.close(database: number, nil)) }

    public var statistics: DatabaseStatistics { board.now }

    /// One flight on the shared lane: scope, statements and one Sync, so all of it is one implicit transaction. Any error: that error, and
    /// nothing is kept. For statements known to be short, each with a LIMIT: what is slow here delays everybody.
    ///
    /// When its connection is lost the flight is sent again, once: what it writes must bear that (an id made by the application and
    /// `on conflict do nothing`). `durability` holds the answer until the next shared commit (a few milliseconds), so that what it asks for
    /// survives a crash of the server.
    ///
    /// Cancellation: a flight on its way is finished, and its effect stays; the caller gets `CancellationError`.
    @discardableResult
    public func flight(
        _ scope: Scope,
        _ statements: [Statement],
        durability: Durability = .none,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> [Rows] {
        let origin = Origin(file, line)
        try check(statements, scope, origin)
        guard !statements.isEmpty else { return [] }
        FlightCounter.current?.add()
        let ticket = Ticket()
        let rows = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.reactor.post(
                    .flight(
                        FlightOrder(
                            database: self.number,
                            scope: scope,
                            statements: statements,
                            durability: durability,
                            ticket: ticket,
                            origin: origin,
                            continuation: continuation
                        )
                    )
                )
            }
        } onCancel: {
            ticket.cancel()
            self.reactor.post(.cancel(database: self.number, ticket))
        }
        if ticket.isCancelled { throw CancellationError() }
        return rows
    }

    /// A flight of one statement.
    @discardableResult
    public func flight(
        _ scope: Scope,
        _ statement: Statement,
        durability: Durability = .none,
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Rows {
        try await flight(scope, [statement], durability: durability, file: file, line: line)[0]
    }

    /// One transaction on a leased connection, taken at the first query. BEGIN and the scope ride with the first statement, COMMIT with
    /// what was enqueued last. When `body` throws, everything is undone and its error is thrown.
    ///
    /// Errors: `.notSent` (nothing happened), `.unknownOutcome` (lost after COMMIT was sent), `.timeout` and `.overloaded` (no connection in
    /// time), `.server`.
    @discardableResult
    public func transaction<Value>(
        _ scope: Scope,
        mode: TransactionMode = .readWrite,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        try await run(Transaction(self, scope, .transaction(mode), Origin(file, line)), body)
    }

    /// Several statements on a leased connection in one implicit transaction, without BEGIN and COMMIT: answers are fetched inside the
    /// flight, and one Sync ends it. For reads, and the audit rows that ride with them; those are kept even when `body` throws later.
    ///
    /// When its connection is lost after an answer, `body` runs once more from its start: it must bear that.
    @discardableResult
    public func session<Value>(
        _ scope: Scope,
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: (Transaction) async throws -> Value
    ) async throws -> Value {
        let session = Transaction(self, scope, .session, Origin(file, line))
        do {
            return try await run(session, body)
        } catch  where session.wasLost {
            return try await run(Transaction(self, scope, .session, Origin(file, line)), body)
        }
    }

    private func run<Value>(_ transaction: Transaction, _ body: (Transaction) async throws -> Value) async throws -> Value {
        let value: Value
        do {
            value = try await body(transaction)
            try transaction.checkHealth()
        } catch {
            await transaction.undo()
            throw error
        }
        try await transaction.finish()
        return value
    }

    /// Returns when everything that committed asynchronously on this server before the call is on disk: one synchronous commit, shared by
    /// all who wait. Errors: `.unknownOutcome` when the connection was lost meanwhile: the server may have crashed, and lost it.
    public func flushed() async throws {
        FlightCounter.current?.add()
        try await withCheckedThrowingContinuation { reactor.post(.flush(FlushOrder(database: number, continuation: $0))) }
    }

    /// Refuses new requests, lets those under way finish, and closes the connections.
    public func close() async {
        await withCheckedContinuation { reactor.post(.close(database: number, $0)) }
    }

    /// Sends one flight on a leased connection and waits for it. Not cancellable when it ends something: a rollback has to happen.
    func segment(
        _ part: SegmentOrder.Part,
        lease: SegmentOrder.Lease?,
        scope: Scope,
        origin: Origin,
        patience: Duration? = nil,
        isCancellable: Bool = true
    ) async throws -> SegmentAnswer {
        FlightCounter.current?.add()
        let ticket = Ticket()
        let send = { (continuation: CheckedContinuation<SegmentAnswer, any Error>) in
            self.reactor.post(
                .segment(
                    SegmentOrder(
                        database: self.number,
                        lease: lease,
                        scope: scope,
                        part: part,
                        patience: patience,
                        ticket: ticket,
                        origin: origin,
                        continuation: continuation
                    )
                )
            )
        }
        guard isCancellable else { return try await withCheckedThrowingContinuation(send) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation(send)
        } onCancel: {
            ticket.cancel()
            self.reactor.post(.cancel(database: self.number, ticket))
        }
    }

    /// What can be known to be wrong before anything is sent.
    func check(_ statements: [Statement], _ scope: Scope, _ origin: Origin) throws {
        for statement in statements {
            if statement.usesLocation, scope.schema == nil { throw PostgresError.misuse("{location} in a scope without a schema", origin) }
            // The protocol counts binds in sixteen bits.
            if statement.lengths.count > 65_535 { throw PostgresError.misuse("more than 65,535 binds", origin) }
        }
    }
}
