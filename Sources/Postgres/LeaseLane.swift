/// The lane of transactions and long queries: each caller has a connection to itself until its transaction ends.
final class LeaseLane: ConnectionKeeper {
    private unowned let pool: Pool
    private(set) var connections: [Connection] = []
    private var waiters = Backlog<Segment>()
    private var outage = Outage()
    private var lastLoss: Nanoseconds = 0

    init(_ pool: Pool) {
        self.pool = pool
    }

    var waiting: Int { waiters.count }
    /// Nobody should wait for a connection any longer. While there is one at all, it may be given back.
    private var isDown: Bool { !connections.contains { $0.isOpen } && outage.hasLasted(pool.grace, at: pool.poll.now) }
    var leased: Int { connections.count { $0.lease != nil } }
    var isQuiet: Bool { waiters.isEmpty && connections.allSatisfy { $0.isIdle } && outage.since == nil }

    func submit(_ order: SegmentOrder) {
        let segment = Segment(order, deadline: pool.poll.now + pool.settings.leaseDeadline.nanoseconds)
        if let lease = order.lease {
            // A lost connection took its transaction with it.
            guard let connection = connections.first(where: { $0.lease == lease }) else { return segment.fail(.notSent) }
            return order.ticket.isCancelled ? turnBack(segment, connection) : run(segment, on: connection)
        }
        guard !pool.isClosing else { return segment.fail(.closed) }
        guard waiters.count < pool.settings.queueLimit else {
            pool.statistics.refused += 1
            return segment.fail(.overloaded)
        }
        guard !isDown else { return segment.fail(.notSent) }
        waiters.append(segment)
        serve()
    }

    /// A waiter leaves the queue; a running statement may finish, but not for ever.
    func cancel(_ ticket: Ticket) {
        for segment in waiters.remove(where: { $0.order.ticket === ticket }) {
            segment.order.continuation.resume(throwing: CancellationError())
        }
        let due = pool.poll.now + pool.settings.cancelGrace.nanoseconds
        for connection in connections where connection.cancelAt == nil {
            if connection.conversation?.isFor(ticket) ?? false { connection.cancelAt = due }
            if case .segment(let segment)? = connection.exchanges.first?.purpose, segment.order.ticket === ticket {
                connection.cancelAt = due
            }
        }
    }

    // MARK: Giving connections out

    /// First come, first served; a connection that has met the schema is preferred.
    private func serve() {
        while let segment = waiters.first {
            guard let connection = pick(segment.order.scope.schema) else { break }
            _ = waiters.popFirst()
            if segment.order.ticket.isCancelled {
                segment.order.continuation.resume(throwing: CancellationError())
            } else {
                connection.lease = pool.nextLease()
                run(segment, on: connection)
            }
        }
        grow()
    }

    private func pick(_ schema: SchemaName?) -> Connection? {
        var best: Connection?
        for connection in connections where connection.isIdle {
            if let schema, connection.schemas.contains(schema) { return connection }
            best = connection
        }
        return best
    }

    /// One connection for each waiter, up to the limit; a single one while it is not known whether the database is there.
    private func grow() {
        guard !pool.isClosing, outage.mayConnect(at: pool.poll.now) else { return }
        let making = connections.count { $0.phase == .connecting }
        let wanted = outage.since == nil ? waiters.count : 1
        for _ in 0..<max(0, min(wanted - making, pool.settings.leasedConnections - connections.count)) {
            let connection = Connection(pool.settings, poll: pool.poll, keeper: self)
            connections.append(connection)
            pool.connect(connection)
            if connection.phase == .closed { return }
        }
    }

    // MARK: Running

    private func run(_ segment: Segment, on connection: Connection) {
        pool.statistics.flights += 1
        switch segment.order.part {
        case .statements(let statements, let opening, let ending): run(segment, statements, opening, ending, connection)
        case .rollback:
            guard !connection.isDoomed, connection.conversation == nil else {
                answer(segment, connection)
                return connection.close(.closed)
            }
            rollBack(connection, for: segment)
        case .talk(let talk):
            if connection.conversation == nil { connection.conversation = Conversation(connection) }
            guard let conversation = connection.conversation else {
                segment.fail(.unknownOutcome)
                return connection.close(.broken)
            }
            conversation.run(talk, segment, on: connection)
        }
    }

    private func run(
        _ segment: Segment,
        _ statements: [Statement],
        _ opening: SegmentOrder.Opening?,
        _ ending: SegmentOrder.Ending,
        _ connection: Connection
    ) {
        let scope = segment.order.scope
        let exchange = Exchange(.segment(segment), deadline: pool.answerDeadline)
        connection.send(exchange) { connection in
            if case .transaction(let mode)? = opening {
                guard connection.execute(mode.begin, nil, as: .control, in: exchange) else { return false }
            }
            if opening != nil, let role = scope.opening {
                guard connection.execute(role, nil, as: .control, in: exchange) else { return false }
            }
            for statement in statements {
                guard connection.execute(statement, scope.schema, as: .answer, in: exchange) else { return false }
            }
            switch ending {
            case .flush: return connection.requestFlush()
            case .commit: return connection.execute("commit", nil, as: .control, in: exchange) && connection.sync(exchange)
            case .sync: return connection.sync(exchange)
            }
        }
    }

    /// The caller was cancelled before this was sent. What would have been a COMMIT is a ROLLBACK.
    private func turnBack(_ segment: Segment, _ connection: Connection) {
        switch segment.order.part {
        case .statements(_, _, .commit): rollBack(connection, for: nil)
        case .statements(_, _, .sync):
            let exchange = Exchange(.giveBack(nil), deadline: pool.answerDeadline)
            connection.send(exchange) { $0.sync(exchange) }
        case .statements(_, _, .flush), .talk, .rollback: break
        }
        segment.order.continuation.resume(throwing: CancellationError())
    }

    /// The first Sync ends the skipping that follows an error; ROLLBACK then ends the transaction.
    private func rollBack(_ connection: Connection, for segment: Segment?) {
        let deadline = pool.answerDeadline
        let resume = Exchange(.upkeep, deadline: deadline)
        connection.send(resume) { $0.sync(resume) }
        guard connection.isOpen else {
            if let segment { answer(segment, connection) }
            return
        }
        let exchange = Exchange(.giveBack(segment), deadline: deadline)
        connection.send(exchange) { $0.execute("rollback", nil, as: .control, in: exchange) && $0.sync(exchange) }
    }

    // MARK: What comes back

    func finished(_ exchange: Exchange, on connection: Connection) {
        switch exchange.purpose {
        case .segment(let segment): finished(segment, exchange, connection)
        case .giveBack(let segment):
            if let segment { answer(segment, connection) }
            giveBack(connection)
        case .upkeep: serve()
        default: break
        }
    }

    private func finished(_ segment: Segment, _ exchange: Exchange, _ connection: Connection) {
        connection.cancelAt = nil
        if exchange.failure?.sqlState?.outdatesPrepared ?? false, let opening = segment.opening, !segment.wasPreparedAgain,
            !connection.isDoomed
        {
            // Nothing but this flight has happened in the transaction: undo it and send it again.
            segment.wasPreparedAgain = true
            return startOver(segment, opening, connection)
        }
        guard case .statements(_, _, let ending) = segment.order.part else { return }
        answer(segment, connection, exchange.rows, exchange.failure?.at(segment.order.origin))
        switch ending {
        case .flush: break
        // A COMMIT that failed has undone everything itself; one that was skipped has not.
        case .commit where !connection.isCleanAtSync && !connection.isDoomed: rollBack(connection, for: nil)
        case .commit, .sync: giveBack(connection)
        }
    }

    private func startOver(_ segment: Segment, _ opening: SegmentOrder.Opening, _ connection: Connection) {
        let exchange = Exchange(.upkeep, deadline: pool.answerDeadline)
        connection.send(exchange) { $0.sync(exchange) }
        if case .transaction = opening, connection.isOpen {
            let rollback = Exchange(.upkeep, deadline: pool.answerDeadline)
            connection.send(rollback) { $0.execute("rollback", nil, as: .control, in: rollback) && $0.sync(rollback) }
        }
        guard connection.isOpen else { return segment.fail(.notSent) }
        run(segment, on: connection)
    }

    private func answer(_ segment: Segment, _ connection: Connection, _ rows: [Rows] = [], _ failure: PostgresError? = nil) {
        let lease = connection.lease ?? SegmentOrder.Lease(number: 0)
        segment.order.continuation.resume(returning: SegmentAnswer(lease: lease, rows: rows, failure: failure))
    }

    func released(_ connection: Connection) { giveBack(connection) }

    /// Only a connection that is proven idle is handed on; just after a loss, only one that is younger than it.
    private func giveBack(_ connection: Connection) {
        connection.lease = nil
        let isSuspect = connection.openedAt <= lastLoss && pool.poll.now - lastLoss < 1_000_000_000
        guard connection.isCleanAtSync, !connection.isWornOut, !isSuspect, !pool.isClosing else {
            connection.close(.closed)
            return serve()
        }
        connection.deallocateDiscarded(deadline: pool.answerDeadline)
        serve()
    }

    func hurry() { outage.hurry() }

    func opened(_ connection: Connection) {
        outage.ended()
        pool.opened(connection)
        serve()
    }

    func lost(_ connection: Connection, unanswered: [Exchange], why: Connection.Loss) {
        connections.removeAll { $0 === connection }
        pool.lost(connection, why, first: why == .refused ? outage.failed(at: pool.poll.now) : false)
        for exchange in unanswered {
            switch exchange.purpose {
            case .segment(let segment): lost(segment, exchange, why)
            // A lost connection is a rolled-back transaction.
            case .giveBack(let segment?): answer(segment, connection)
            default: break
            }
        }
        guard why != .closed else { return }
        // What took one connection has most often taken the others too: what is sent again shall not meet another dead one.
        if why == .broken {
            lastLoss = pool.poll.now
            for idle in connections where idle.isIdle { idle.close(.closed) }
        }
        serve()
    }

    private func lost(_ segment: Segment, _ exchange: Exchange, _ why: Connection.Loss) {
        if let failure = exchange.failure, !(failure.sqlState?.endsConnection ?? false) { return segment.fail(failure) }
        if why == .closed { return segment.fail(.closed) }
        if why == .overdue { return segment.fail(segment.mayHaveCommitted ? .unknownOutcome : .timeout) }
        if segment.isSession, !segment.wasResent {
            segment.wasResent = true
            return waiters.prepend(segment)
        }
        segment.fail(segment.mayHaveCommitted ? .unknownOutcome : .notSent)
    }

    func tick() {
        let now = pool.poll.now
        for connection in connections { connection.checkDeadlines() }
        let isDown = isDown
        for segment in waiters.remove(where: { isDown || now > $0.deadline }) {
            segment.fail(connections.contains { $0.isOpen } ? .timeout : .notSent)
        }
        serve()
        // Somebody has to find out that the database is back, also when everybody is turned away.
        if outage.since != nil { grow() }
    }

    func close() {
        for segment in waiters.removeAll() { segment.fail(.closed) }
        for connection in connections { connection.close(.closed) }
    }
}
