/// The lane of short reads: one connection or two, many flights at once on each, every flight with its own Sync and so its own implicit
/// transaction. Nothing is ever cancelled here by PQcancel: it would hit somebody else's statement.
final class SharedLane: ConnectionKeeper {
    private unowned let pool: Pool
    private var connections: [Connection] = []
    /// Worn out and replaced; they end when the last flight on them has.
    private var retiring: [Connection] = []
    private var pending: FlightQueue
    private var outage = Outage()

    init(_ pool: Pool) {
        self.pool = pool
        pending = FlightQueue(share: pool.settings.sharedPerSchema)
    }

    var all: [Connection] { connections + retiring }
    var waiting: Int { pending.count }
    /// How many that are under way will ask for a commit when they are answered.
    var durable: Int { pending.durable }
    /// Nobody should wait for a connection any longer. One that cannot be replaced still serves.
    private var isDown: Bool { !isUp && outage.hasLasted(pool.grace, at: pool.poll.now) }
    var isUp: Bool { connections.contains { $0.isOpen } }
    var isQuiet: Bool { pending.isEmpty && connections.allSatisfy { $0.isOpen && $0.exchanges.isEmpty } && retiring.isEmpty }

    func submit(_ order: FlightOrder) {
        let flight = Flight(order, deadline: pool.poll.now + pool.settings.leaseDeadline.nanoseconds)
        // One schema may fill a quarter of the queue.
        let limit = pool.settings.queueLimit
        guard pending.count < limit, pending.standingAside(order.scope.schema) < max(limit / 4, 1) else {
            pool.statistics.refused += 1
            return flight.fail(.overloaded)
        }
        guard !isDown else { return flight.fail(.notSent) }
        pending.append(flight)
        dispatch()
    }

    /// A flight that was not sent yet is taken back; one that was goes on to its end.
    func cancel(_ ticket: Ticket) {
        for flight in pending.remove(where: { $0.order.ticket === ticket }) {
            flight.order.continuation.resume(throwing: CancellationError())
        }
    }

    // MARK: Sending

    func dispatch() {
        while let flight = pending.next(), let connection = choose(flight) {
            pending.depart()
            if flight.order.ticket.isCancelled {
                pending.arrived(flight)
                flight.order.continuation.resume(throwing: CancellationError())
            } else {
                send(flight, connection)
            }
        }
    }

    /// A schema's home connection has met it before; the work spills over when home is busier by four.
    private func choose(_ flight: Flight) -> Connection? {
        guard !connections.isEmpty else { return nil }
        let home = connections[connections.count == 1 ? 0 : abs((flight.order.scope.schema?.hashValue ?? 0) % connections.count)]
        var best: Connection? = home.isOpen && home.openedAt >= flight.notBefore ? home : nil
        for other in connections where other.isOpen && other.openedAt >= flight.notBefore {
            if best.map({ other.inFlight + 4 < $0.inFlight }) ?? true { best = other }
        }
        return best.flatMap { $0.inFlight < pool.settings.sharedDepth ? $0 : nil }
    }

    private func send(_ flight: Flight, _ connection: Connection) {
        let order = flight.order
        let deadline = pool.answerDeadline
        flight.flushEpoch = pool.flushEpoch
        flight.parseFailure = nil
        pool.statistics.flights += 1
        if pool.settings.prepared { prepare(flight, connection, deadline) }
        guard connection.isOpen else {
            pending.arrived(flight)
            return requeue(flight)
        }
        let exchange = Exchange(.flight(flight), deadline: deadline)
        connection.send(exchange) { connection in
            if let opening = order.scope.opening {
                guard connection.execute(opening, nil, as: .control, in: exchange) else { return false }
            }
            for statement in order.statements {
                guard connection.execute(statement, order.scope.schema, as: .answer, in: exchange) else { return false }
            }
            return connection.sync(exchange)
        }
    }

    /// What the connection does not know yet is parsed in a segment of its own, under the scope's role: the login may not read.
    private func prepare(_ flight: Flight, _ connection: Connection, _ deadline: Nanoseconds) {
        let scope = flight.order.scope
        let missing = flight.order.statements.filter { connection.prepared.find($0, scope.schema) == nil }
        let isOpeningMissing = scope.opening.map { connection.prepared.find($0, nil) == nil } ?? false
        guard !missing.isEmpty || isOpeningMissing else { return }
        let exchange = Exchange(.preparation(flight), deadline: deadline)
        connection.send(exchange) { connection in
            if let opening = scope.opening {
                guard connection.execute(opening, nil, as: .control, in: exchange) else { return false }
            }
            for statement in missing where connection.prepared.find(statement, scope.schema) == nil {
                guard connection.prepare(statement, scope.schema, in: exchange) != nil else { return false }
            }
            return connection.sync(exchange)
        }
    }

    // MARK: What comes back

    func finished(_ exchange: Exchange, on connection: Connection) {
        switch exchange.purpose {
        case .preparation(let flight): flight.parseFailure = exchange.failure
        case .flight(let flight):
            pending.arrived(flight)
            finished(flight, exchange)
        default: break
        }
        connection.deallocateDiscarded(deadline: pool.answerDeadline)
        retire()
        dispatch()
    }

    private func finished(_ flight: Flight, _ exchange: Exchange) {
        guard let failure = exchange.failure else {
            return answer(flight, exchange.rows)
        }
        if let parseFailure = flight.parseFailure { return flight.fail(parseFailure) }
        guard failure.sqlState?.outdatesPrepared ?? false, !flight.wasPreparedAgain else { return flight.fail(failure) }
        flight.wasPreparedAgain = true
        requeue(flight)
    }

    private func answer(_ flight: Flight, _ rows: [Rows]) {
        switch flight.order.durability {
        case .none: pool.poll.answer(flight.order, rows)
        case .flushed: pool.flush.hold(flight, rows)
        case .recorded(let intake, let make):
            do {
                guard let entry = try make(rows) else { return pool.poll.answer(flight.order, rows) }
                pool.flush.record(entry, in: intake, flight, rows)
            } catch {
                flight.order.continuation.resume(throwing: error)
            }
        }
    }

    private func requeue(_ flight: Flight) {
        flight.deadline = pool.poll.now + pool.settings.leaseDeadline.nanoseconds
        pending.prepend(flight)
    }

    func released(_ connection: Connection) {}

    func hurry() { outage.hurry() }

    func opened(_ connection: Connection) {
        outage.ended()
        pool.opened(connection)
        if connection === incoming {
            incoming = nil
            guard let old = connections.firstIndex(where: { $0.isWornOut }) else { return connection.close(.closed) }
            retiring.append(connections[old])
            connections[old] = connection
        }
        retire()
        dispatch()
    }

    /// Reads that were not answered are sent again, once, on another connection.
    func lost(_ connection: Connection, unanswered: [Exchange], why: Connection.Loss) {
        connections.removeAll { $0 === connection }
        retiring.removeAll { $0 === connection }
        if incoming === connection { incoming = nil }
        pool.lost(connection, why, first: why == .refused ? outage.failed(at: pool.poll.now) : false)
        var again: [Flight] = []
        for (index, exchange) in unanswered.enumerated() {
            guard case .flight(let flight) = exchange.purpose else { continue }
            pending.arrived(flight)
            if why == .closed {
                flight.fail(.closed)
            } else if why == .overdue, index == 0 {
                flight.fail(.timeout)
            } else if flight.wasResent {
                flight.fail(.unknownOutcome)
            } else {
                flight.wasResent = true
                flight.notBefore = pool.poll.now
                again.append(flight)
            }
        }
        for flight in again.reversed() { requeue(flight) }
        if why != .closed { keepConnected() }
    }

    // MARK: Upkeep

    /// The replacement of a worn-out connection, while it is being made.
    private var incoming: Connection?

    func keepConnected() {
        guard !pool.isClosing else { return }
        while connections.count < pool.settings.sharedConnections, outage.mayConnect(at: pool.poll.now) {
            let connection = Connection(pool.settings, poll: pool.poll, keeper: self)
            connections.append(connection)
            pool.connect(connection)
            if connection.phase == .closed { return }
        }
        if incoming == nil, outage.mayConnect(at: pool.poll.now),
            connections.contains(where: { $0.isOpen && $0.isWornOut })
        {
            let connection = Connection(pool.settings, poll: pool.poll, keeper: self)
            incoming = connection
            pool.connect(connection)
        }
    }

    private func retire() {
        for connection in retiring where connection.exchanges.isEmpty { connection.close(.closed) }
        if connections.contains(where: { $0.isWornOut }) { keepConnected() }
    }

    func tick() {
        let now = pool.poll.now
        for connection in connections + retiring { connection.checkDeadlines() }
        incoming?.checkDeadlines()
        keepConnected()
        guard !pending.isEmpty else { return }
        let isDown = isDown
        for flight in pending.remove(where: { isDown || now > $0.deadline }) { flight.fail(isUp ? .timeout : .notSent) }
        dispatch()
    }

    func close() {
        for flight in pending.remove(where: { _ in true }) { flight.fail(.closed) }
        for connection in all + (incoming.map { [$0] } ?? []) { connection.close(.closed) }
    }
}
