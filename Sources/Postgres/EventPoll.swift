internal import CLibpq
internal import Glibc

/// The epoll set of a reactor, the connections in it, and the time of its present turn. Reactor thread only.
final class EventPoll {
    private let descriptor: Int32
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: EventPoll.batch)
    private static let batch = 64
    /// Not the serial of a connection: the bell that rings when orders come in.
    private static let bell: UInt64 = 0

    private(set) var now: Nanoseconds = 0
    private var connections: [UInt64: Connection] = [:]
    private var serial: UInt64 = EventPoll.bell
    private var dirty: ContiguousArray<Connection> = []
    private var answered: ContiguousArray<(flight: FlightOrder, rows: [Rows])> = []

    init(bell: Int32) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        readClock()
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: EventPoll.bell))
        epoll_ctl(descriptor, EPOLL_CTL_ADD, bell, &event)
    }

    deinit {
        events.deallocate()
        close(descriptor)
    }

    func readClock() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    func connection(_ serial: UInt64) -> Connection? { connections[serial] }

    func nextSerial() -> UInt64 {
        serial += 1
        return serial
    }

    func register(_ connection: Connection) { connections[connection.serial] = connection }

    func forget(_ connection: Connection) { connections[connection.serial] = nil }

    func watch(_ file: Int32, for interest: UInt32, serial: UInt64) {
        var event = epoll_event(events: interest, data: epoll_data_t(u64: serial))
        if epoll_ctl(descriptor, EPOLL_CTL_MOD, file, &event) != 0 { epoll_ctl(descriptor, EPOLL_CTL_ADD, file, &event) }
    }

    func unwatch(_ file: Int32) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, file, &event)
    }

    /// Has something to send at the end of this turn.
    func mark(_ connection: Connection) { dirty.append(connection) }

    func flushMarked() {
        while let connection = dirty.popLast() { connection.flush() }
    }

    /// Wakes the caller at the end of this turn: the server works on what was sent meanwhile.
    func answer(_ flight: FlightOrder, _ rows: [Rows]) { answered.append((flight, rows)) }

    func wakeAnswered() {
        for answer in answered { answer.flight.continuation.resume(returning: answer.rows) }
        answered.removeAll(keepingCapacity: true)
    }

    /// Waits for sockets, and for the bell, up to `milliseconds` (-1: for ever), and serves them.
    func wait(_ milliseconds: Int32, bell: Int32) {
        let count = epoll_wait(descriptor, events, Int32(EventPoll.batch), milliseconds)
        readClock()
        for index in 0..<Int(max(count, 0)) {
            let event = events[index]
            if event.data.u64 == EventPoll.bell {
                var rings: eventfd_t = 0
                eventfd_read(bell, &rings)
            } else {
                connections[event.data.u64]?.ready(event.events)
            }
        }
    }
}
