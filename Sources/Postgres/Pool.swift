internal import Logging

/// The ways to one database: three lanes that share its settings. Reactor thread only.
final class Pool {
    let settings: DatabaseSettings
    let poll: EventPoll
    private let board: StatisticsBoard
    private let logger: Logger
    private let lookUp: (Connection) -> Void
    private var leases: UInt64 = 0
    private var preparedBefore = 0
    private(set) var isClosing = false
    private var closers: [CheckedContinuation<Void, Never>] = []
    private var lastComplaint: Nanoseconds = 0
    private var closeDeadline: Nanoseconds = 0
    var statistics = DatabaseStatistics()

    private(set) lazy var shared = SharedLane(self)
    private(set) lazy var leased = LeaseLane(self)
    private(set) lazy var flush = FlushLane(self)

    /// `lookUp` finds the addresses of a host name without blocking this thread, and then connects.
    init(
        _ settings: DatabaseSettings,
        _ poll: EventPoll,
        _ board: StatisticsBoard,
        _ logger: Logger,
        lookUp: @escaping (Connection) -> Void
    ) {
        self.settings = settings
        self.poll = poll
        self.board = board
        self.logger = logger
        self.lookUp = lookUp
        shared.keepConnected()
    }

    var grace: Nanoseconds { settings.outageGrace.nanoseconds }
    var answerDeadline: Nanoseconds { poll.now + settings.answerDeadline.nanoseconds }
    var flushEpoch: UInt64 { flush.epoch }
    /// Nothing is under way that a deadline could end.
    var isQuiet: Bool { shared.isQuiet && leased.isQuiet && flush.isQuiet && !isClosing }
    private var all: [Connection] { shared.all + leased.connections + flush.all }

    func nextLease() -> SegmentOrder.Lease {
        leases += 1
        return SegmentOrder.Lease(number: leases)
    }

    func submit(_ order: FlightOrder) {
        if isClosing { order.continuation.resume(throwing: PostgresError(.closed, origin: order.origin)) } else { shared.submit(order) }
    }

    func cancel(_ ticket: Ticket) {
        shared.cancel(ticket)
        leased.cancel(ticket)
    }

    // MARK: Connections

    func connect(_ connection: Connection) {
        if isAddress(settings.host) { connection.connect([settings.host]) } else { lookUp(connection) }
    }

    func opened(_ connection: Connection) {
        statistics.opened += 1
        shared.hurry()
        leased.hurry()
        flush.hurry()
        logger.debug("connected to PostgreSQL", metadata: ["database": "\(settings.database)"])
    }

    /// `first`: the first failure of an outage, worth a line in the log.
    func lost(_ connection: Connection, _ why: Connection.Loss, first: Bool) {
        preparedBefore += Int(clamping: connection.prepared.total)
        switch why {
        case .refused:
            guard first else { return }
            logger.warning("cannot connect to PostgreSQL", metadata: ["database": "\(settings)", "reason": "\(connection.refusal)"])
        case .broken, .overdue:
            statistics.lost += 1
            flush.doubt()
            // A server that stops takes all connections along: one line a second says enough.
            guard poll.now - lastComplaint > 1_000_000_000 else { return }
            lastComplaint = poll.now
            logger.warning("a connection to PostgreSQL was lost", metadata: ["database": "\(settings.database)", "why": "\(why)"])
        case .closed: if connection.isDoomed { statistics.lost += 1 }
        }
    }

    // MARK: Turns

    func tick() {
        shared.tick()
        leased.tick()
        flush.tick()
        let isDone = all.allSatisfy { $0.exchanges.isEmpty && $0.lease == nil }
        if isClosing, isDone || poll.now > closeDeadline { finishClosing() }
    }

    func publish() {
        statistics.connections = 0
        statistics.inFlight = 0
        statistics.prepared = preparedBefore
        for lane in [shared.all, leased.connections, flush.all] {
            for connection in lane {
                if connection.isOpen { statistics.connections += 1 }
                statistics.inFlight += connection.inFlight
                statistics.prepared += Int(clamping: connection.prepared.total)
            }
        }
        statistics.leased = leased.leased
        statistics.waiting = shared.waiting + leased.waiting + flush.count
        statistics.isUp = shared.isUp
        board.publish(statistics)
    }

    // MARK: Closing

    /// New requests are refused; those under way may finish for as long as an answer may take.
    func close(_ continuation: CheckedContinuation<Void, Never>?) {
        if let continuation { closers.append(continuation) }
        guard !isClosing else { return }
        isClosing = true
        closeDeadline = answerDeadline
        tick()
    }

    var isClosed: Bool { isClosing && all.isEmpty }

    func finishClosing() {
        isClosing = true
        shared.close()
        leased.close()
        flush.close()
        publish()
        for closer in closers { closer.resume() }
        closers = []
    }
}
