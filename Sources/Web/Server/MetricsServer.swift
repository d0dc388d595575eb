import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves `/metrics`, and `/livez` and `/readyz` for a process that serves nothing else, on a port of its own, which is not for the public.
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
        let metrics = metrics
        let health = health
        let channel = HTTP1Channel(
            responder: { request, writer, _ in
                var status = HTTPResponse.Status.ok
                var body = ByteBuffer()
                var media = "application/json"
                switch (request.method, request.head.path) {
                case (.get, "/metrics"):
                    body.writeString(await metrics.exposition())
                    media = "text/plain; version=0.0.4; charset=utf-8"
                case (.get, "/livez"): body.writeString(#"{"status":"ok"}"#)
                case (.get, "/readyz"):
                    let readiness = await health.readiness()
                    status = HTTPResponse.Status(code: readiness.status)
                    body.writeBytes(readiness.body)
                default: status = .notFound
                }
                let fields: HTTPFields = [.contentType: media, .contentLength: String(body.readableBytes)]
                try await writer.write(response: HTTPResponse(status: status, headerFields: fields), body: .init(byteBuffer: body))
            },
            configuration: .init(idleTimeout: .seconds(30))
        )
        // Scrapes are rare: the process's shared loops are enough.
        try await Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .hostname(host, port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        ).run()
    }
}
