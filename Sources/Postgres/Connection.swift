internal import CLibpq
internal import Glibc

/// Whoever keeps a connection hears what becomes of it.
protocol ConnectionKeeper: AnyObject {
    func opened(_ connection: Connection)
    /// Everything up to the Sync or Flush has come back.
    func finished(_ exchange: Exchange, on connection: Connection)
    /// What went on outside the pipeline has ended there.
    func released(_ connection: Connection)
    /// It is closed; `unanswered` will never be answered.
    func lost(_ connection: Connection, unanswered: [Exchange], why: Connection.Loss)
}

/// One libpq connection: made without blocking, in pipeline mode, non-blocking both ways. Reactor thread only.
final class Connection {
    enum Phase { case connecting, open, closed }
    enum Loss { case refused, broken, overdue, closed }

    let serial: UInt64
    let settings: DatabaseSettings
    let poll: EventPoll
    private(set) weak var keeper: (any ConnectionKeeper)?
    private(set) var handle: OpaquePointer?
    private(set) var phase = Phase.connecting
    private(set) var openedAt: Nanoseconds = 0
    private let connectDeadline: Nanoseconds
    private var isMarked = false
    /// What epoll was asked for last.
    private var watched: UInt32 = 0

    /// What was sent and has not come back, oldest first.
    var exchanges = Backlog<Exchange>()
    /// The last thing libpq said was the NULL that ends a statement.
    var sawEnd = false
    var prepared: PreparedStatements
    var schemas: Set<SchemaName> = []
    /// To be closed as soon as nobody waits for it: it was interrupted by PQcancel.
    var isDoomed = false
    var lease: SegmentOrder.Lease?
    /// What goes on outside the pipeline.
    var conversation: Conversation?
    /// The caller of what is running was cancelled: when PQcancel is due.
    var cancelAt: Nanoseconds?

    init(_ settings: DatabaseSettings, poll: EventPoll, keeper: any ConnectionKeeper) {
        self.settings = settings
        self.poll = poll
        self.keeper = keeper
        serial = poll.nextSerial()
        connectDeadline = poll.now + settings.connectTimeout.nanoseconds
        prepared = PreparedStatements(maximum: settings.maximumStatements)
        poll.register(self)
    }

    var inFlight: Int { exchanges.count }
    var isOpen: Bool { phase == .open }
    /// Nothing is on its way and nobody holds it.
    var isIdle: Bool { isOpen && exchanges.isEmpty && lease == nil && conversation == nil }

    /// Old, has met many schemas, or much in them: to be replaced when nobody uses it.
    var isWornOut: Bool {
        isDoomed || poll.now - openedAt > settings.retireAfter.nanoseconds || schemas.count > settings.maximumSchemas
            || prepared.total > UInt64(settings.maximumPrepared)
    }

    // MARK: Connecting

    /// `addresses` are the host's, looked up before; libpq would look it up itself, and block.
    func connect(_ addresses: [String]) {
        guard phase == .connecting, handle == nil else { return }
        guard !addresses.isEmpty else { return close(.refused) }
        let repeated = { (text: String) in addresses.map { _ in text }.joined(separator: ",") }
        var words = [
            ("port", repeated(String(settings.port))), ("dbname", settings.database), ("user", settings.user),
            ("password", settings.password),
            ("application_name", settings.applicationName), ("client_encoding", "UTF8"), ("gssencmode", "disable"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
        ]
        if settings.host.hasPrefix("/") {
            words.append(("host", settings.host))
        } else {
            words.append(("host", repeated(settings.host)))
            words.append(("hostaddr", addresses.joined(separator: ",")))
        }
        switch settings.tls {
        case .off: words.append(("sslmode", "disable"))
        case .verifyFull(let caFile):
            words += [("sslmode", "verify-full"), ("sslrootcert", caFile), ("ssl_min_protocol_version", "TLSv1.2")]
        }
        let keywords = words.map { strdup($0.0) } + [nil]
        let values = words.map { strdup($0.1) } + [nil]
        defer { (keywords + values).forEach { free($0) } }
        handle = PQconnectStartParams(keywords.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 0)
        guard let handle, PQstatus(handle) != CONNECTION_BAD else { return close(.refused) }
        // What the server notes about a statement may quote its data: nobody hears it.
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        watch(EPOLLOUT.rawValue)
    }

    private func advance() {
        guard let handle else { return }
        switch PQconnectPoll(handle) {
        case PGRES_POLLING_READING: watch(EPOLLIN.rawValue)
        case PGRES_POLLING_WRITING: watch(EPOLLOUT.rawValue)
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { return close(.refused) }
            watch(EPOLLIN.rawValue)
            phase = .open
            openedAt = poll.now
            keeper?.opened(self)
        default: close(.refused)
        }
    }

    private func watch(_ interest: UInt32) {
        // While connecting, libpq may change the socket under the same number.
        guard interest != watched || phase == .connecting else { return }
        watched = interest
        poll.watch(PQsocket(handle), for: interest, serial: serial)
    }

    /// While nobody asks for the rows of a COPY, the socket is left full: that slows the server down.
    func listen(_ isListening: Bool) {
        watch(isListening ? EPOLLIN.rawValue : 0)
    }

    // MARK: Events

    func ready(_ events: UInt32) {
        switch phase {
        case .connecting: advance()
        case .open:
            if events & EPOLLOUT.rawValue != 0 { flush() }
            if isOpen { receive() }
        case .closed: break
        }
    }

    /// Sends at the end of this turn.
    func mark() {
        guard !isMarked else { return }
        isMarked = true
        poll.mark(self)
    }

    func flush() {
        isMarked = false
        guard isOpen else { return }
        switch PQflush(handle) {
        case 0: watch(EPOLLIN.rawValue)
        case 1: watch(EPOLLIN.rawValue | EPOLLOUT.rawValue)  // the socket is full
        default: return close(.broken)
        }
        conversation?.flushed(self)
    }

    /// Closes what is overdue; called every few milliseconds while anything is on its way.
    func checkDeadlines() {
        switch phase {
        case .connecting: if poll.now > connectDeadline { close(.refused) }
        case .open:
            if let deadline = conversation?.deadline ?? exchanges.first?.deadline, poll.now > deadline { return close(.overdue) }
            if let cancelAt, poll.now >= cancelAt { interrupt() }
        case .closed: break
        }
    }

    /// PQcancel blocks, so it has a thread of its own; what it stops may be the next statement, so the connection is not used again.
    private func interrupt() {
        cancelAt = nil
        isDoomed = true
        guard let cancel = PQgetCancel(handle) else { return }
        let address = UInt(bitPattern: cancel)
        onNewThread("pg-cancel") {
            guard let cancel = OpaquePointer(bitPattern: address) else { return }
            var text: [CChar] = Array(repeating: 0, count: 256)
            PQcancel(cancel, &text, Int32(text.count))
            PQfreeCancel(cancel)
        }
    }

    /// What libpq says about a connection that could not be made: host, port, role, never data.
    var refusal: String {
        PQerrorMessage(handle).map { String(cString: $0).split(separator: "\n").joined(separator: " ") } ?? "the host has no address"
    }

    func close(_ why: Loss) {
        guard phase != .closed else { return }
        let unanswered = exchanges.removeAll()
        phase = .closed
        poll.forget(self)
        let talk = conversation
        conversation = nil
        if handle != nil, PQsocket(handle) >= 0 { poll.unwatch(PQsocket(handle)) }
        keeper?.lost(self, unanswered: unanswered, why: why)
        talk?.lost(why)
        PQfinish(handle)
        handle = nil
    }
}
