import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves `/metrics`, and `/livez` and `/readyz` for processes that serve nothing else, on a port of its own, which is not for the public.
public final class MetricsServer: Service {
    private let metrics: Metrics
    private let health: Health
    private let host: String
    private let port: Int
    private let logger: Logger

    public init(_ metrics: Metrics, dependencies: [Dependency] = [], host: String, port: Int, logger: Logger) {
        self.metrics = metrics
        health = Health(dependencies: dependencies, state: ServerState())
        self.host = host
        self.port = port
        self.logger = logger
    }

    public func run() async throws {
        let channel = HTTP1Channel(
            responder: { [self] request, writer, _ in
                let reply = request.method == .get ? await reply(request.head.path ?? "") : Reply(status: 405)
                let fields: HTTPFields = [.contentType: reply.media, .contentLength: String(reply.body.count)]
                let head = HTTPResponse(status: .init(code: reply.status), headerFields: fields)
                try await writer.write(response: head, body: .init(byteBuffer: ByteBuffer(bytes: reply.body)))
            },
            configuration: .init(idleTimeout: .seconds(30))
        )
        // Scrapes are rare: the process's shared loops are enough.
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .hostname(host, port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: { [health] in
            health.state.drain()
        }
    }

    private func reply(_ path: String) async -> Reply {
        switch path {
        case "/metrics": Reply(body: Array(await metrics.exposition().utf8), media: "text/plain; version=0.0.4; charset=utf-8")
        case "/livez": Health.alive
        case "/readyz": await health.readiness()
        default: Reply(status: 404)
        }
    }
}
