internal import Logging
internal import Synchronization

/// What callers ask of the reactor thread. Everything in here is a value or immutable: nothing of a connection leaves its thread.
enum Order: Sendable {
    case open(Int, DatabaseSettings, StatisticsBoard, Logger)
    case flight(FlightOrder)
    case segment(SegmentOrder)
    case flush(FlushOrder)
    case cancel(database: Int, Ticket)
    case resolved(connection: UInt64, addresses: [String])
    case close(database: Int, CheckedContinuation<Void, Never>?)
    case stop(CheckedContinuation<Void, Never>)
}

/// Names a request, so that its cancellation can find it.
final class Ticket: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }
}

/// One flight on the shared lane.
struct FlightOrder: Sendable {
    let database: Int
    let scope: Scope
    let statements: [Statement]
    /// What the answer waits for.
    let durability: Durability
    let ticket: Ticket
    let origin: Origin
    let continuation: CheckedContinuation<[Rows], any Error>
}

/// One flight on a leased connection.
struct SegmentOrder: Sendable {
    let database: Int
    /// nil: take a connection first.
    let lease: Lease?
    let scope: Scope
    let part: Part
    /// How long to wait for the answer, when not as long as for every other.
    let patience: Duration?
    let ticket: Ticket
    let origin: Origin
    let continuation: CheckedContinuation<SegmentAnswer, any Error>

    /// A connection in one caller's hands. A number is never used twice, so a stale lease finds nothing.
    struct Lease: Sendable, Hashable {
        let number: UInt64
    }

    enum Part: Sendable {
        /// In the pipeline: opening, statements, ending.
        case statements([Statement], opening: Opening?, ending: Ending)
        /// Undo a transaction and give the connection back.
        case rollback
        /// Outside the pipeline, in the simple protocol.
        case talk(Talk)
    }

    enum Opening: Sendable {
        case transaction(TransactionMode)
        case session
    }

    enum Ending: Sendable {
        /// The answers are fetched, the transaction goes on.
        case flush
        /// COMMIT, and the connection is given back.
        case commit
        /// The implicit transaction ends, and the connection is given back.
        case sync
    }
}

/// What a connection does outside the pipeline, where COPY and text of several statements are allowed.
enum Talk: Sendable {
    /// Runs the NUL-terminated SQL; for COPY ends when the copying may begin.
    case script([UInt8])
    /// One statement with binds.
    case statement(Statement)
    case copyIn([UInt8])
    case copyInEnd
    /// The next rows, at most about 64 kB; none at the end.
    case copyOut
    /// Back into the pipeline, and the connection is given back.
    case end
    /// The connection is closed: what it was doing cannot be ended in another way.
    case abandon
}

struct SegmentAnswer: Sendable {
    let lease: SegmentOrder.Lease
    /// Of the statements up to the first that failed.
    let rows: [Rows]
    var copied: [[UInt8]] = []
    let failure: PostgresError?
}

struct FlushOrder: Sendable {
    let database: Int
    let continuation: CheckedContinuation<Void, any Error>
}

/// Where the reactor thread leaves its numbers for others to read.
final class StatisticsBoard: Sendable {
    private let numbers = Mutex(DatabaseStatistics())

    var now: DatabaseStatistics { numbers.withLock { $0 } }

    func publish(_ statistics: DatabaseStatistics) {
        numbers.withLock { $0 = statistics }
    }
}
