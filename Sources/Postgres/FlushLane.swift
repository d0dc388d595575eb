/// One connection whose only work is a synchronous commit, over and over while anybody waits: everything that committed asynchronously
/// before it is then on disk too. Requests that come while a commit is running share the next one, and so do the rows that have to be in an
/// intake before answers are given. A commit also waits a little for what is under way and will want one; who is alone waits for nobody.
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

    private struct Place {
        let waiter: Waiter
        let deadline: Nanoseconds
        /// The row that the commit carries for it.
        var row: (entry: Intake.Entry, intake: Intake)?
        /// What it was committed with failed: one bad row must not keep the others' answers.
        var isAlone = false
        /// Its commit was sent once and lost; the row may be there.
        var wasResent = false
    }

    /// A transactional message makes the transaction have an id and something in the log, so that its commit flushes, whatever the
    /// role's own synchronous_commit says.
    private static let commit: Statement = """
        select set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'polyclinic', '')
        """

    /// How long a commit waits for others (DESIGN L3 allows an answer 5 ms). Shared by more it costs less: reads by 32 clients took 9 % less of
    /// both processes so, and came 9 % faster (deploy/bench read_10).
    private static let patience: Nanoseconds = 4_000_000

    private unowned let pool: Pool
    private var connection: Connection?
    private var waiting: [Place] = []
    /// When the first of these came.
    private var since: Nanoseconds = 0
    private var committing: [Place] = []
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

    /// The answer of a flight waits here until a row about it is durable.
    func record(_ entry: Intake.Entry, in intake: Intake, _ flight: Flight, _ rows: [Rows]) {
        wait(.flight(flight, rows), (entry, intake))
    }

    private func wait(_ waiter: Waiter, _ row: (Intake.Entry, Intake)? = nil) {
        guard !pool.isClosing else { return waiter.resume(PostgresError(.closed)) }
        guard count < pool.settings.queueLimit else {
            pool.statistics.refused += 1
            return waiter.resume(PostgresError(.overloaded))
        }
        guard !outage.hasLasted(pool.grace, at: pool.poll.now) else { return waiter.resume(PostgresError(.unknownOutcome)) }
        if waiting.isEmpty { since = pool.poll.now }
        waiting.append(Place(waiter: waiter, deadline: pool.poll.now + pool.settings.leaseDeadline.nanoseconds, row: row))
    }

    /// The milliseconds, rounded up, that the next commit waits for flights that are under way; nil when it need not.
    var pause: Int32? {
        let rest = since + FlushLane.patience - pool.poll.now
        guard !waiting.isEmpty, committing.isEmpty, rest > 0, pool.shared.durable > 0 else { return nil }
        return Int32(clamping: (rest + 999_999) / 1_000_000)
    }

    /// At the end of a turn of the reactor, so that all that came in with it share the commit.
    func commit() {
        guard let first = waiting.first, committing.isEmpty, pause == nil else { return }
        guard let connection, connection.isOpen else { return keepConnected() }
        committing = first.isAlone ? [first] : Array(waiting.prefix { !$0.isAlone })
        waiting.removeFirst(committing.count)
        pool.statistics.flights += 1
        let rows = committing.compactMap(\.row)
        // Rows that are there already write nothing, and so flush nothing for those who wait with them.
        let wasResent = committing.contains(where: \.wasResent)
        let exchange = Exchange(.tick, deadline: pool.answerDeadline)
        connection.send(exchange) { connection in
            guard let intake = rows.first?.intake, let opening = intake.scope.opening else {
                return connection.execute(FlushLane.commit, nil, as: .control, in: exchange) && connection.sync(exchange)
            }
            guard !wasResent || connection.execute(FlushLane.commit, nil, as: .control, in: exchange) else { return false }
            return connection.execute(opening, nil, as: .control, in: exchange)
                && connection.execute(intake.insert(rows.map(\.entry)), nil, as: .control, in: exchange) && connection.sync(exchange)
        }
    }

    func finished(_ exchange: Exchange, on connection: Connection) {
        guard case .tick = exchange.purpose else { return }
        let done = committing
        committing = []
        if exchange.failure?.sqlState != nil, done.count > 1 {
            for place in done.reversed() {
                var place = place
                place.isAlone = true
                waiting.insert(place, at: 0)
            }
        } else {
            for place in done { place.waiter.resume(exchange.failure) }
        }
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
        var unsure: [Place] = []
        var again: [Place] = []
        for var place in committing {
            // A row may be sent twice. Whoever waits for a flush wrote before the loss.
            if place.row == nil || place.wasResent || why == .closed {
                unsure.append(place)
            } else {
                place.wasResent = true
                again.append(place)
            }
        }
        committing = []
        if why != .closed {
            unsure += waiting.filter { $0.row == nil }
            waiting = again + waiting.filter { $0.row != nil }
        }
        for place in unsure { place.waiter.resume(PostgresError(.unknownOutcome)) }
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
        for place in late { place.waiter.resume(PostgresError(.unknownOutcome)) }
        if !waiting.isEmpty || outage.since != nil { keepConnected() }
        commit()
    }

    func close() {
        for place in waiting { place.waiter.resume(PostgresError(.closed)) }
        waiting = []
        connection?.close(.closed)
    }
}
