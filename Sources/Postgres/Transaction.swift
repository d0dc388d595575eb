internal import Logging
internal import Synchronization

/// The inside of a transaction or session. Nothing leaves the closure: using it afterwards throws `.misuse`.
public final class Transaction: Sendable {
    /// Looks at the answers of a prelude and throws when the transaction must not go on.
    public typealias Check = @Sendable ([Rows]) throws -> Void

    private struct State {
        var lease: SegmentOrder.Lease?
        /// BEGIN was sent.
        var isOpen = false
        var isBusy = false
        var hasEnded = false
        /// Its connection was lost between two flights, or in one after the first.
        var wasLost = false
        /// What ended it: nothing more can be done but undo it.
        var failure: (any Error)?
        var preludes: [(statements: [Statement], check: Check)] = []
        var enqueued: [Statement] = []
    }

    private let database: Database
    private let scope: Scope
    private let opening: SegmentOrder.Opening
    private let origin: Origin
    private let state = Mutex(State())

    init(_ database: Database, _ scope: Scope, _ opening: SegmentOrder.Opening, _ origin: Origin) {
        self.database = database
        self.scope = scope
        self.opening = opening
        self.origin = origin
    }

    /// Sends what was enqueued, then this statement, and waits for its answer: one flight. After an error the transaction is over: later
    /// queries throw that error again, and everything is undone even when `body` swallows it.
    @discardableResult
    public func query(_ statement: Statement, file: StaticString = #fileID, line: UInt = #line) async throws -> Rows {
        try await query([statement], file: file, line: line)[0]
    }

    /// Several statements in one flight; their answers in order.
    @discardableResult
    public func query(_ statements: [Statement], file: StaticString = #fileID, line: UInt = #line) async throws -> [Rows] {
        let origin = Origin(file, line)
        guard !statements.isEmpty else { return [] }
        return try await send(statements, ending: .flush, origin)
    }

    /// Rides with the next query or with COMMIT, where an error of it then surfaces; its answer is dropped.
    public func enqueue(_ statement: Statement, file: StaticString = #fileID, line: UInt = #line) {
        let hasEnded = state.withLock { state in
            if !state.hasEnded { state.enqueued.append(statement) }
            return state.hasEnded
        }
        if hasEnded {
            database.logger.error("a statement was enqueued after the end of its transaction", metadata: ["at": "\(Origin(file, line))"])
        }
    }

    /// Rides in front of the next query, or with COMMIT in a flight of its own. When `check` throws, the query throws that, even when a
    /// later statement of the flight failed: this is how a key of idempotency is taken and looked at without a flight for it.
    public func prelude(_ statements: [Statement], check: @escaping Check) {
        state.withLock { $0.preludes.append((statements, check)) }
    }

    // MARK: The end

    var wasLost: Bool { state.withLock { $0.wasLost } }

    func checkHealth() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
        if Task.isCancelled { throw CancellationError() }
    }

    /// COMMIT, or the Sync of a session, with what is still enqueued. Nothing is sent when nothing was ever to be sent.
    func finish() async throws {
        let (mustAsk, isNeeded) = state.withLock { state in
            (!state.preludes.isEmpty, state.isOpen || !state.enqueued.isEmpty || !state.preludes.isEmpty)
        }
        guard isNeeded else { return state.withLock { $0.hasEnded = true } }
        do {
            // The check comes before COMMIT.
            if mustAsk { _ = try await send([], ending: .flush, origin) }
        } catch {
            await undo()
            throw error
        }
        let isTransaction = if case .transaction = opening { true } else { false }
        defer { state.withLock { $0.hasEnded = true } }
        _ = try await send([], ending: isTransaction ? .commit : .sync, origin)
    }

    /// ROLLBACK, whether or not the caller was cancelled. A session has nothing to undo: its Sync ends it.
    func undo() async {
        let lease = state.withLock { state in
            state.hasEnded = true
            return state.lease
        }
        guard let lease else { return }
        let isTransaction = if case .transaction = opening { true } else { false }
        // An error here means that the connection is gone, and the transaction with it.
        _ = try? await database.segment(
            isTransaction ? .rollback : .statements([], opening: nil, ending: .sync),
            lease: lease,
            scope: scope,
            origin: origin,
            isCancellable: false
        )
    }

    // MARK: One flight

    private struct Departure {
        let lease: SegmentOrder.Lease?
        let opening: SegmentOrder.Opening?
        let preludes: [(statements: [Statement], check: Check)]
        let enqueued: [Statement]
    }

    private func send(_ statements: [Statement], ending: SegmentOrder.Ending, _ origin: Origin) async throws -> [Rows] {
        let departure = try depart(origin)
        let leading = departure.preludes.flatMap(\.statements)
        let all = leading + departure.enqueued + statements
        let answer: SegmentAnswer
        do {
            try database.check(all, scope, origin)
            answer = try await database.segment(
                .statements(all, opening: departure.opening, ending: ending),
                lease: departure.lease,
                scope: scope,
                origin: origin,
                isCancellable: true
            )
        } catch {
            if departure.lease != nil, let kind = (error as? PostgresError)?.kind, kind == .notSent || kind == .unknownOutcome {
                state.withLock { $0.wasLost = true }
            }
            throw arrive(lease: departure.lease, error)
        }
        let isOver = if case .flush = ending { false } else { true }
        do {
            var rows = answer.rows[...]
            for prelude in departure.preludes where rows.count >= prelude.statements.count {
                try prelude.check(Array(rows.prefix(prelude.statements.count)))
                rows = rows.dropFirst(prelude.statements.count)
            }
            if let failure = answer.failure {
                throw failure.sqlState == .queryCanceled && Task.isCancelled ? CancellationError() : failure
            }
        } catch {
            throw arrive(lease: isOver ? nil : answer.lease, error)
        }
        arrive(lease: isOver ? nil : answer.lease)
        // A commit that was acknowledged is a commit; before that a cancelled caller stops here.
        if !isOver, Task.isCancelled { throw arrive(lease: answer.lease, CancellationError()) }
        return Array(answer.rows.suffix(statements.count))
    }

    private func depart(_ origin: Origin) throws -> Departure {
        try state.withLock { state in
            guard !state.hasEnded else { throw PostgresError.misuse("a transaction was used after its end", origin) }
            if let failure = state.failure { throw failure }
            guard !state.isBusy else { throw PostgresError.misuse("two queries at once in one transaction", origin) }
            state.isBusy = true
            defer {
                state.isOpen = true
                state.preludes = []
                state.enqueued = []
            }
            return Departure(lease: state.lease, opening: state.isOpen ? nil : opening, preludes: state.preludes, enqueued: state.enqueued)
        }
    }

    private func arrive(lease: SegmentOrder.Lease?) {
        state.withLock { state in
            state.lease = lease
            state.isBusy = false
        }
    }

    private func arrive(lease: SegmentOrder.Lease?, _ failure: any Error) -> any Error {
        state.withLock { state in
            state.lease = lease
            state.isBusy = false
            state.failure = failure
        }
        return failure
    }
}
