public import Access
import Crypto
import HummingbirdCore
public import Jobs
public import Logging
import NIOCore
import NIOPosix
public import Redis
public import ServiceLifecycle
public import Tenancy
public import Values

/// The HTTP side of a process: routes in, a service out.
public final class WebServer: Service {
    public let routes: [Route]
    /// The OpenAPI 3.1 document.
    public let openAPI: [UInt8]
    private let settings: WebSettings
    private let responder: Responder
    private let state = ServerState()
    private let log: AccessLog
    private let logger: Logger
    private let bound = Listening()

    /// Errors: `DeclarationFault`, naming every fault of the declarations.
    public init(
        routes: [Route],
        settings: WebSettings,
        access: Access,
        tenancy: Tenancy,
        redis: Redis?,
        keys: KeyRing,
        wake: Wake?,
        ambient: Ambient = .system,
        metrics: Metrics,
        dependencies: [Dependency],
        log: AccessLog = AccessLog(),
        logger: Logger
    ) throws(DeclarationFault) {
        try DeclarationFault.check(routes)
        self.routes = routes
        self.settings = settings
        self.log = log
        self.logger = logger
        openAPI = OpenAPI(routes: routes, server: settings.publicURL).document().bytes
        var router = Router<Responder.Target>()
        for route in routes { router.add(route.method.rawValue, route.path, .route(route)) }
        let fixed = Health(dependencies: dependencies, state: state).targets + WebServer.documents(openAPI, routes)
        for target in fixed { router.add("GET", PathTemplate(target.path), .fixed(target)) }
        responder = Responder(
            settings: settings,
            router: router,
            access: access,
            tenancy: tenancy,
            redis: redis,
            keys: keys,
            wake: wake,
            ambient: ambient,
            metrics: metrics,
            log: log,
            state: state,
            logger: logger
        )
    }

    /// The port it listens on; nil before it does.
    public var port: Int? { bound.now }

    /// The port it listens on, once it does; 0 when it never came to that.
    public func listening() async -> Int { await bound.value() }

    private static func documents(_ openAPI: [UInt8], _ routes: [Route]) -> [Responder.Fixed] {
        let tag = digest(openAPI)
        let page = Array(DocsPage(routes: routes).html().utf8)
        return [
            Responder.Fixed(path: "/v1/openapi.json", isLimited: true) { head in
                let isKnown = head.headers.ifNoneMatch == "\"\(tag)\""
                return isKnown ? Reply(status: 304, etag: tag) : Reply(body: openAPI, etag: tag)
            },
            Responder.Fixed(path: "/v1/docs", isLimited: true) { _ in
                Reply(body: page, media: "text/html; charset=utf-8", headers: [("Content-Security-Policy", DocsPage.policy)])
            },
        ]
    }

    // MARK: Running

    /// Until it is asked to stop: then it is first not ready, accepts no more after `drainDelay`, and lets requests finish.
    public func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads ?? System.coreCount)
        let arrivals = Arrivals()
        let server = server(group, arrivals)
        // Detached, so that the stop signal does not reach the server before balancers have seen it unready. Awaited below.
        let serving = Task.detached { try await server.run() }
        let log = log
        let logging = Task { await log.run() }
        let outcome = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serving.result
            } onGracefulShutdown: { [state, settings, logger] in
                state.drain()
                // Ends with the server, which is awaited here.
                Task { await WebServer.drain(server, serving, settings, logger) }
            }
        } onCancel: {
            serving.cancel()
        }
        arrivals.close()
        // A cancelled server has not yet let go of its loops.
        try? await server.shutdownGracefully()
        logging.cancel()
        await logging.value
        await log.flush()
        bound.set(0)
        try? await group.shutdownGracefully()  // nothing is left that could fail
        try outcome.get()
    }

    private static func drain(_ server: Server<LoopChannel>, _ serving: Task<Void, any Error>, _ settings: WebSettings, _ logger: Logger)
        async
    {
        try? await Task.sleep(for: settings.drainDelay)
        let overdue = Task {
            try await Task.sleep(for: settings.drainTimeout)
            logger.warning("requests were cut off at the end of the drain time")
            serving.cancel()
        }
        try? await server.shutdownGracefully()  // it ends either way
        overdue.cancel()
    }

    private func server(_ group: MultiThreadedEventLoopGroup, _ arrivals: Arrivals) -> Server<LoopChannel> {
        let executors = LoopExecutors(group)
        let settings = settings
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = settings.maximumHeaderBytes
        decoder.maxHeaderListSize = settings.maximumHeaderBytes
        decoder.maxHeaderFieldCount = settings.maximumHeaderCount
        let responder = responder
        let channel = HTTP1Channel(
            responder: { request, writer, channel in
                try await responder.respond(to: request, writer: writer, channel: channel, executor: executors[channel.eventLoop])
            },
            configuration: .init(
                additionalChannelHandlers: [
                    ConnectionGuard(bodyTimeout: settings.bodyTimeout, writeTimeout: settings.writeTimeout, refuse: responder.refuse)
                ],
                idleTimeout: TimeAmount(settings.idleTimeout),
                httpDecoderConfiguration: decoder
            )
        )
        return Server(
            childChannelSetup: LoopChannel(
                base: channel,
                executors: executors,
                arrivals: arrivals,
                lingerTimeout: TimeAmount(settings.lingerTimeout)
            ),
            configuration: ServerConfiguration(
                address: .hostname(settings.host, port: settings.port),
                backlog: settings.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.maximumConnections)
            ),
            onServerRunning: { [bound, logger] channel in
                await AcceptGuard.add(to: channel, logger)
                bound.set(channel.localAddress?.port ?? 0)
            },
            eventLoopGroup: group,
            logger: logger
        )
    }
}

/// What is wrong with the declarations; found when the server is made, and so by the first test.
public struct DeclarationFault: Error, Sendable, CustomStringConvertible {
    public let faults: [String]

    public var description: String { faults.joined(separator: "; ") }

    static func check(_ routes: [Route]) throws(DeclarationFault) {
        var faults: [String] = []
        var router = Router<Int>()
        var ids: Set<String> = []
        var schemas: [String: JSON] = [:]
        for route in routes {
            let name = "\(route.method.rawValue) \(route.path)"
            router.add(route.method.rawValue, route.path, 0)
            if !ids.insert(route.operationID).inserted { faults.append("\(name): the operation id \(route.operationID) is taken") }
            if !route.path.description.hasPrefix("/v1/") { faults.append("\(name): a path begins with /v1/") }
            for shape in [route.form.query, route.form.body].compactMap(\.self) {
                if !shape.isReadable { faults.append("\(name): \(shape.name) has no blank value and cannot be read") }
                for parameter in shape.parameters where !parameter.isWritable {
                    faults.append("\(name): \(shape.name).\(parameter.name) cannot be set")
                }
            }
            for component in [route.form.body, route.form.answer].compactMap(\.self).flatMap(\.components) {
                if let other = schemas[component.name], other != component.schema {
                    faults.append("\(name): another schema is named \(component.name)")
                }
                schemas[component.name] = component.schema
            }
        }
        faults += router.clashes.map { "\($0) is declared twice" }
        guard faults.isEmpty else { throw DeclarationFault(faults: faults) }
    }
}
