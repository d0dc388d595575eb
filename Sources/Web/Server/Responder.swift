import Access
import HTTPTypes
import HummingbirdCore
import Jobs
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import Redis
import Synchronization
import Tenancy
import Values

/// The request path: limits → route → caller → permission → location → use case → answer. One place, one order.
final class Responder: Sendable {
    enum Target: Sendable {
        case route(Route)
        case fixed(Fixed)
    }

    /// An answer that needs no caller: health, the document.
    struct Fixed: Sendable {
        let path: String
        let isLimited: Bool
        let answer: @Sendable (RequestHead) async -> Reply
    }

    let settings: WebSettings
    let router: Router<Target>
    let gatekeeper: Gatekeeper
    let access: Access
    let tenancy: Tenancy
    let keys: KeyRing
    let wake: Wake?
    let ambient: Ambient
    let metrics: Metrics
    let log: AccessLog
    let errors: ErrorMapping
    let state: ServerState
    private let callers: TokenBuckets<UUID>
    private let sources: TokenBuckets<String>
    private let locations: LocationTraffic
    let streams: StreamSlots
    private let clock = ServerClock()
    private let headers: AnswerHeaders
    private let callerPolicy: String
    private let sourcePolicy: String

    init(
        settings: WebSettings,
        router: Router<Target>,
        access: Access,
        tenancy: Tenancy,
        redis: Redis?,
        keys: KeyRing,
        wake: Wake?,
        ambient: Ambient,
        metrics: Metrics,
        log: AccessLog,
        state: ServerState,
        logger: Logger
    ) {
        self.settings = settings
        self.router = router
        self.access = access
        self.tenancy = tenancy
        self.keys = keys
        self.wake = wake
        self.ambient = ambient
        self.metrics = metrics
        self.log = log
        self.state = state
        gatekeeper = Gatekeeper(access: access, tenancy: tenancy)
        errors = ErrorMapping(logger: logger)
        headers = AnswerHeaders(settings)
        callers = TokenBuckets(settings.callerRate)
        sources = TokenBuckets(settings.sourceRate)
        locations = LocationTraffic(rate: settings.locationRate, share: settings.localShare, redis: redis)
        streams = StreamSlots(settings)
        callerPolicy = RateHeaders.policy(settings.callerRate)
        sourcePolicy = RateHeaders.policy(settings.sourceRate)
    }

    /// What is known of a request while it is worked on, for the log.
    struct Trace {
        let requestID: UUID
        let head: RequestHead
        let source: String?
        var route = "unmatched"
        var caller: Caller?
        var place = Call.Place.account
        var rate: [(name: String, value: String)] = []
        /// The body was not read to its end, so the connection cannot go on.
        var closes = false
        var code: String?
        /// What goes on after the answer's head, and who has it open.
        var stream: (content: EventStream, caller: UUID)?
        let admission = FlightCounter()
        let work = FlightCounter()
    }

    /// (`@concurrent`, like everything of Hummingbird's that the writer is passed to; it runs where the task prefers to run.)
    @concurrent func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel, executor: LoopExecutor?)
        async throws
    {
        let start = ContinuousClock.now
        let now = ambient.now()
        let head = RequestHead(request.head)
        let peer = channel.remoteAddress?.ipAddress
        var trace = Trace(
            requestID: UUID.version7(at: now, random: ambient.random(), ambient.random()),
            head: head,
            source: head.source(peer: peer, trusted: settings.trustedProxies)
        )
        let working = metrics.requests.inFlight.add(1, ordering: .relaxed).newValue
        var isWorking = true
        defer { if isWorking { metrics.requests.inFlight.subtract(1, ordering: .relaxed) } }

        var reply: Reply
        do {
            reply = try await answer(request, &writer, channel, executor, &trace, working, start, now)
        } catch let error as HTTPParserError {
            throw error  // the connection answers 400 and closes
        } catch {
            let problem = errors.problem(error, trace.requestID, route: trace.route)
            trace.code = problem.code
            reply = problem.reply(trace.requestID)
        }
        reply.headers += trace.rate
        let fields = fields(reply, trace.requestID, now, closes: trace.closes || state.isDraining)
        let answer = HTTPResponse(status: .init(code: reply.status), headerFields: fields)
        finish(trace, reply, start, now)
        if var stream = trace.stream {
            defer { streams.release(stream.caller) }
            // It waits most of the time, and must not keep others out.
            metrics.requests.inFlight.subtract(1, ordering: .relaxed)
            isWorking = false
            try await stream.content.run(try await writer.writeHead(answer))
        } else if head.method == "HEAD" || reply.body.isEmpty {
            try await writer.writeResponse(answer)
        } else {
            try await writer.write(response: answer, body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
    }

    func fields(_ reply: Reply, _ requestID: UUID, _ now: Instant, closes: Bool) -> HTTPFields {
        headers.of(reply, requestID, date: clock.date(now), closes: closes)
    }

    @concurrent private func answer(
        _ request: Request,
        _ writer: inout ResponseWriter,
        _ channel: any Channel,
        _ executor: LoopExecutor?,
        _ trace: inout Trace,
        _ working: Int,
        _ start: ContinuousClock.Instant,
        _ now: Instant
    ) async throws -> Reply {
        let head = trace.head
        guard head.hasHost else {
            trace.closes = true
            throw Problem(.malformed, "host_required", "Send one Host header that names a host.")
        }
        guard !head.isForeignCoding else {
            trace.closes = true
            throw Problem(.malformed, "transfer_coding_unknown", "The only transfer coding of a request is chunked, once.")
        }
        guard !head.isAuthorizationForeign else { throw Problem(.unauthenticated, "not_signed_in", "Only bearer tokens are accepted.") }
        try head.site.check(head.method, publicURL: settings.publicURL)
        let target: Target
        let values: PathValues
        switch router.match(head.method, head.path) {
        case .none: throw Problem.notFound
        case .otherMethods(let methods):
            let allowed = ("allow", (methods.contains("GET") ? methods + ["HEAD"] : methods).sorted().joined(separator: ", "))
            if head.method == "OPTIONS" { return Reply(status: 204, headers: [(name: allowed.0, value: allowed.1)]) }
            trace.code = "method_not_allowed"
            var reply = Problem(.methodNotAllowed, "method_not_allowed", "Use one of \(allowed.1).").reply(trace.requestID)
            reply.headers.append((name: allowed.0, value: allowed.1))
            return reply
        case .found(let found, let names): (target, values) = (found, PathValues(values: names))
        }
        switch target {
        case .fixed(let fixed):
            trace.route = "GET " + fixed.path
            if fixed.isLimited { try limit(source: &trace, start) }
            return await fixed.answer(head)
        case .route(let route):
            trace.route = route.method.rawValue + " " + route.path.description
            guard working <= settings.maximumRequests else { throw Problem.busy }
            let admission = try await FlightCounter.$current.withValue(trace.admission) {
                try await identify(&trace, route, start)
                return try await gatekeeper.admit(trace.caller, route, values, trace.requestID, now)
            }
            guard route.path.accepts(values.values.map(\.value)) else { throw Problem.notFound }
            trace.caller = admission.caller
            trace.place = admission.place
            if case .location(let location) = admission.place, let wait = locations.refusal(location.id, at: start) {
                throw Problem(.tooMany, "location_busy", "This location has too many requests now.", retryAfter: wait)
            }
            if route.form.takesNoQuery { _ = try noQuery.read(query: head.query, for: .everything) }
            let body = try await body(request, &writer, route, &trace)
            let call = Call(
                requestID: trace.requestID,
                route: route.path.description,
                caller: admission.caller,
                token: head.token,
                path: values,
                now: now,
                ambient: ambient,
                access: access,
                tenancy: tenancy,
                source: trace.source,
                userAgent: head.userAgent,
                place: admission.place
            )
            let exchange = Exchange(
                call: call,
                path: String(head.path),
                query: head.query,
                body: body,
                headers: head.headers,
                keys: keys,
                wake: wake
            )
            var reply = try await FlightCounter.$current.withValue(trace.work) {
                try await Deadline.run(route.deadline ?? settings.handlerDeadline, on: channel.eventLoop, executor) {
                    try await route.respond(exchange)
                }
            }
            // For the banner (AZ-11): until when the chart stays open.
            if let source = reply.events, head.method != "HEAD" { trace.stream = try stream(source, call, route, values) }
            if let glass = admission.caller.emergency {
                reply.headers.append((name: "Break-Glass-Until", value: glass.expiresAt.description))
            }
            return reply
        }
    }

    private func identify(_ trace: inout Trace, _ route: Route, _ start: ContinuousClock.Instant) async throws {
        guard let token = trace.head.token else { return try limit(source: &trace, start) }
        do {
            let caller = try await access.caller(
                token: token,
                requestID: trace.requestID,
                source: trace.source,
                userAgent: trace.head.userAgent,
                activity: route.isPolled || trace.head.isBackground ? .background : .user
            )
            trace.caller = caller
            let answer = callers.take(caller.session?.uuid ?? caller.actor.id, at: start)
            trace.rate = RateHeaders.of(answer, callerPolicy)
            guard answer.isAllowed else { throw RateHeaders.refusal(answer) }
        } catch let problem as Problem where problem.kind == .unauthenticated {
            try limit(source: &trace, start)
            // Signing in with an old token at hand must work.
            guard route.authority == .everybody else { throw problem }
        }
    }

    private func limit(source trace: inout Trace, _ start: ContinuousClock.Instant) throws {
        let answer = sources.take(trace.source ?? "", at: start)
        trace.rate = RateHeaders.of(answer, sourcePolicy)
        guard answer.isAllowed else { throw RateHeaders.refusal(answer) }
    }

    @concurrent private func body(_ request: Request, _ writer: inout ResponseWriter, _ route: Route, _ trace: inout Trace) async throws
        -> [UInt8]
    {
        guard route.method != .get else { return [] }
        let head = trace.head
        let tooLarge = Problem(.tooLarge, "body_too_large", "Send at most \(route.bodyLimit) bytes.")
        if let length = head.contentLength, length > route.bodyLimit {
            trace.closes = true
            throw tooLarge
        }
        guard !head.isEncoded else {
            trace.closes = true
            throw Problem(.unsupportedMedia, "unsupported_content_encoding", "Send the body without Content-Encoding.")
        }
        if head.expectsContinue { try await writer.writeInformationalHead(HTTPResponse(status: .continue)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head.contentLength ?? 0)
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= route.bodyLimit else {
                trace.closes = true
                throw tooLarge
            }
            bytes.append(contentsOf: part.readableBytesView)
        }
        guard head.contentLength.map({ $0 == bytes.count }) ?? true else {
            throw Problem(.malformed, "incomplete_body", "The body ended before its length.")
        }
        return bytes
    }
}
