/// The limits of the HTTP side (DESIGN L11). Each has a clear refusal.
public struct WebSettings: Sendable {
    public var host = "127.0.0.1"
    public var port = 8080
    /// Connections at once; further ones wait unaccepted. Enough for the slow ones of an attack not to shut others out for long.
    public var maximumConnections = 4096
    public var backlog = 1024
    /// Requests worked on at once; the next one gets 503.
    public var maximumRequests = 1024
    /// The request line, all headers together, and one of them. Over it: 414 or 431, and the connection is closed.
    public var maximumHeaderBytes = 16 * 1024
    public var maximumHeaderCount = 100
    /// A connection without a complete request head for this long is closed.
    public var idleTimeout: Duration = .seconds(30)
    /// A body that is not there after this long closes the connection.
    public var bodyTimeout: Duration = .seconds(15)
    /// A client that takes nothing off an answer for this long is cut off.
    public var writeTimeout: Duration = .seconds(20)
    /// After an answer that ends the connection, what the client still sends is taken in for this long.
    public var lingerTimeout: Duration = .seconds(3)
    /// How long a handler may run, unless its route says otherwise; then 503.
    public var handlerDeadline: Duration = .seconds(15)
    /// From SIGTERM on the server is not ready, but still accepts for this long, so that balancers notice first.
    public var drainDelay: Duration = .zero
    /// Then it accepts no more, and requests in flight have this long.
    public var drainTimeout: Duration = .seconds(30)
    /// Event streams at once, and of one session or key; the next one gets 503 or 429.
    public var maximumStreams = 1000
    public var maximumStreamsOfCaller = 6
    /// How often a stream looks for events, and at the caller's rights; how long it is silent before it says that it is still there; and
    /// after how long its client has to come again.
    public var streamInterval: Duration = .seconds(1)
    public var streamSilence: Duration = .seconds(5)
    public var streamLifetime: Duration = .seconds(3600)
    /// Requests of one session or key.
    public var callerRate = Rate(perSecond: 100, burst: 400)
    /// Requests of one source address without a valid token.
    public var sourceRate = Rate(perSecond: 10, burst: 60)
    /// Requests on one location, over all gateways.
    public var locationRate = Rate(perSecond: 1000, burst: 4000)
    /// Part of a location's rate that one gateway allows by itself while Redis cannot be asked.
    public var localShare = 0.25
    /// Addresses whose X-Forwarded-For is believed.
    public var trustedProxies: Set<String> = []
    /// Where the API is reached, for the document; nil leaves it relative.
    public var publicURL: String?
    /// Event loop threads; nil is one per core.
    public var threads: Int?

    public init() {}
}

/// A token bucket's size and filling.
public struct Rate: Sendable, Hashable {
    public var perSecond: Double
    public var burst: Int

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}
