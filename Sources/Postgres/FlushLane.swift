/// One connection whose only work is a synchronous commit, over and over while anybody waits: everything that committed asynchronously
/// before it is then on disk too. Requests that come while a commit is running share the next one.
final class FlushLane: ConnectionKeeper {
    private enum Waiter {
        case caller(FlushOrder)
        case flight(Flight, [Rows])

        func resume(_ error: PostgresError?) {
            switch (self, error) {
            case (.caller(let order), nil): order.continuation.resume()
            case (.caller(let order), let error?): order.continuation.resume(throwing: error)
            case (.flight(let flight, let rows), nil): flight.order.continuation.resume(returning: rows)
            case (.flight(let flight, _), let error?): flight.fail(error)
            }
        }
    }

    /// A transactional message makes the transaction have an id and something in the log, so that its commit flushes, whatever the
    /// role's own synchronous_commit says.
    private static let commit: Statement = """
        select set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'polyclinic', '')
        """

    private unowned let pool: Pool
    private var connection: Connection?
    private var waiting: [(waiter: Waiter, deadline: Nanoseconds)] = []
    private var committing: [Waiter] = []
    private var outage = Outage()
    /// Counts the moments at which the server may have crashed: what was written before is then perhaps lost, and a later flush proves
    /// nothing about it.
    private(set) var epoch: UInt64 = 0

    init(_ pool: Pool) {
        self.pool = pool
    }

    var count: Int { waiting.count + committing.count }
    var isQuiet: Bool { count == 0 && connection?.phase != .connecting }
    var isOpen: Bool { connection?.isOpen ?? false }
    var all: [Connection] { connection.map { [$0] } ?? [] }

    func submit(_ order: FlushOrder) { wait(.caller(order)) }

    /// The answer of a flight waits here until it is durable.
    func hold(_ flight: Flight, _ rows: [Rows]) {
        // The server may have crashed since: whether the rows of this flight survived is not known.
        guard epoch == flight.flushEpoch else { return flight.fail(.unknownOutcome) }
        wait(.flight(flight, rows))
    }

    private func wait(_ waiter: Waiter) {
        guard !pool.isClosing else { return waiter.resume(PostgresError(.closed)) }
        guard count < pool.settings.queueLimit else {
            pool.statistics.refused += 1
            return waiter.resume(PostgresError(.overloaded))
        }
        guard !outage.hasLasted(pool.grace, at: pool.poll.now) else { return waiter.resume(PostgresError(.unknownOutcome)) }
        waiting.append((waiter, pool.poll.now + pool.settings.leaseDeadline.nanoseconds))
        commit()
    }

    /// At the end of a turn of the reactor, so that all that came in with it share the commit.
    func commit() {
        guard !waiting.isEmpty, committing.isEmpty else { return }
        guard let connection, connection.isOpen else { return keepConnected() }
        committing = waiting.map(\.waiter)
        waiting = []
        pool.statistics.flights += 1
        let exchange = Exchange(.tick, deadline: pool.answerDeadline)
        connection.send(exchange) { $0.execute(FlushLane.commit, nil, as: .control, in: exchange) && $0.sync(exchange) }
    }

    func finished(_ exchange: Exchange, on connection: Connection) {
        guard case .tick = exchange.purpose else { return }
        let done = committing
        committing = []
        for waiter in done { waiter.resume(exchange.failure) }
        if connection.isWornOut, waiting.isEmpty { connection.close(.closed) }
        commit()
    }

    func released(_ connection: Connection) {}

    func hurry() { outage.hurry() }

    func opened(_ connection: Connection) {
        outage.ended()
        pool.opened(connection)
        commit()
    }

    func lost(_ connection: Connection, unanswered: [Exchange], why: Connection.Loss) {
        if self.connection === connection { self.connection = nil }
        pool.lost(connection, why, first: why == .refused ? outage.failed(at: pool.poll.now) : false)
        // What they wait for was written before the loss.
        let unsure = committing + (why == .closed ? [] : waiting.map(\.waiter))
        committing = []
        if why != .closed { waiting = [] }
        for waiter in unsure { waiter.resume(PostgresError(.unknownOutcome)) }
    }

    /// A connection of some lane broke. While this lane has one that goes on, the server did not crash.
    func doubt() {
        if !isOpen { epoch += 1 }
    }

    private func keepConnected() {
        guard connection == nil, !pool.isClosing, outage.mayConnect(at: pool.poll.now) else { return }
        let connection = Connection(pool.settings, poll: pool.poll, keeper: self)
        self.connection = connection
        pool.connect(connection)
    }

    func tick() {
        connection?.checkDeadlines()
        let now = pool.poll.now
        let isDown = outage.hasLasted(pool.grace, at: now)
        let late = waiting.filter { isDown || now > $0.deadline }
        waiting.removeAll { isDown || now > $0.deadline }
        for entry in late { entry.waiter.resume(PostgresError(.unknownOutcome)) }
        if !waiting.isEmpty || outage.since != nil { keepConnected() }
        commit()
    }

    func close() {
        for entry in waiting { entry.waiter.resume(PostgresError(.closed)) }
        waiting = []
        connection?.close(.closed)
    }
}
