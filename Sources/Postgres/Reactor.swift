internal import CLibpq
internal import Glibc
internal import Logging
internal import Synchronization

/// One thread with an epoll set that owns the libpq connections of any number of databases.
///
/// `@unchecked Sendable`, as the only type here: the fields under "reactor thread only" are touched by that one thread; everybody else
/// leaves an `Order` in the inbox, behind a mutex, and awaits a continuation that the thread resumes exactly once.
public final class Reactor: @unchecked Sendable {
    private let inbox = Mutex(Inbox())
    private let bell = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    private let databases = Atomic(0)

    // Reactor thread only.
    private let poll: EventPoll
    private var pools: [Int: Pool] = [:]
    private var lastTick: Nanoseconds = 0
    private var stoppers: [CheckedContinuation<Void, Never>] = []

    private struct Inbox {
        var orders: ContiguousArray<Order> = []
        var isAsleep = false
        var hasStopped = false
    }

    /// Deadlines are looked at this often while anything is under way.
    private static let tick: Nanoseconds = 20_000_000

    /// Starts the thread; `shutdown` ends it.
    public init(name: String) {
        poll = EventPoll(bell: bell)
        onNewThread(name) { self.run() }
    }

    deinit { Glibc.close(bell) }

    /// Closes all databases, failing what is under way, and ends the thread.
    public func shutdown() async {
        await withCheckedContinuation { post(.stop($0)) }
    }

    // MARK: Any thread

    func nextDatabase() -> Int { databases.add(1, ordering: .relaxed).newValue }

    func post(_ order: Order) {
        let (hasStopped, rings) = inbox.withLock { inbox in
            guard !inbox.hasStopped else { return (true, false) }
            inbox.orders.append(order)
            defer { inbox.isAsleep = false }
            return (false, inbox.isAsleep)
        }
        if hasStopped { refuse(order) }
        if rings { eventfd_write(bell, 1) }
    }

    private func refuse(_ order: Order) {
        switch order {
        case .flight(let order): order.continuation.resume(throwing: PostgresError(.closed, origin: order.origin))
        case .segment(let order): order.continuation.resume(throwing: PostgresError(.closed, origin: order.origin))
        case .flush(let order): order.continuation.resume(throwing: PostgresError(.closed))
        case .close(_, let continuation): continuation?.resume()
        case .stop(let continuation): continuation.resume()
        case .open, .cancel, .resolved: break
        }
    }

    // MARK: Reactor thread only

    private func run() {
        var orders: ContiguousArray<Order> = []
        while true {
            inbox.withLock { swap(&$0.orders, &orders) }
            for order in orders { take(order) }
            orders.removeAll(keepingCapacity: true)
            if poll.now - lastTick >= Reactor.tick {
                lastTick = poll.now
                for pool in pools.values { pool.tick() }
                for (number, pool) in pools where pool.isClosed { pools[number] = nil }
            }
            for pool in pools.values { pool.flush.commit() }
            poll.flushMarked()
            poll.wakeAnswered()
            for pool in pools.values { pool.publish() }
            if !stoppers.isEmpty { return stop() }
            let mayIdle = pools.values.allSatisfy { $0.isQuiet }
            let sleeps = inbox.withLock { inbox in
                inbox.isAsleep = inbox.orders.isEmpty
                return inbox.isAsleep
            }
            let busy = pools.values.reduce(20) { min($0, $1.flush.pause ?? 20) }
            poll.wait(sleeps ? (mayIdle ? 1000 : busy) : 0, bell: bell)
            if sleeps { inbox.withLock { $0.isAsleep = false } }
        }
    }

    private func take(_ order: Order) {
        switch order {
        case .open(let number, let settings, let board, let logger):
            pools[number] = Pool(settings, poll, board, logger) { [unowned self] in self.lookUp($0) }
        case .flight(let flight): if let pool = pools[flight.database] { pool.submit(flight) } else { refuse(order) }
        case .segment(let segment): if let pool = pools[segment.database] { pool.leased.submit(segment) } else { refuse(order) }
        case .flush(let flush): if let pool = pools[flush.database] { pool.flush.submit(flush) } else { refuse(order) }
        case .cancel(let number, let ticket): pools[number]?.cancel(ticket)
        case .resolved(let serial, let addresses): poll.connection(serial)?.connect(addresses)
        case .close(let number, let continuation): if let pool = pools[number] { pool.close(continuation) } else { continuation?.resume() }
        case .stop(let continuation): stoppers.append(continuation)
        }
    }

    /// getaddrinfo blocks, so it has a thread of its own.
    private func lookUp(_ connection: Connection) {
        let serial = connection.serial
        let host = connection.settings.host
        onNewThread("pg-resolve") { self.post(.resolved(connection: serial, addresses: addresses(of: host))) }
    }

    private func stop() {
        let rest = inbox.withLock { inbox in
            inbox.hasStopped = true
            defer { inbox.orders = [] }
            return inbox.orders
        }
        for order in rest { refuse(order) }
        for pool in pools.values { pool.finishClosing() }
        pools = [:]
        for stopper in stoppers { stopper.resume() }
        stoppers = []
    }
}
