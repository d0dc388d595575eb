import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Serves `/metrics` on a port of its own, which is not for the public.
public final class MetricsServer: Service {
    private let metrics: Metrics
    private let host: String
    private let port: Int
    private let logger: Logger

    public init(_ metrics: Metrics, host: String, port: Int, logger: Logger) {
        self.metrics = metrics
        self.host = host
        self.port = port
        self.logger = logger
    }

    public func run() async throws {
        let metrics = metrics
        let channel = HTTP1Channel(
            responder: { request, writer, _ in
                guard request.method == .get, request.head.path == "/metrics" else {
                    return try await writer.writeResponse(HTTPResponse(status: .notFound, headerFields: [.contentLength: "0"]))
                }
                let body = ByteBuffer(string: await metrics.exposition())
                let fields: HTTPFields = [.contentType: "text/plain; version=0.0.4; charset=utf-8", .contentLength: String(body.readableBytes)]
                try await writer.write(response: HTTPResponse(status: .ok, headerFields: fields), body: .init(byteBuffer: body))
            }, configuration: .init(idleTimeout: .seconds(30)))
        // Scrapes are rare: the process's shared loops are enough.
        try await Server(
            childChannelSetup: channel, configuration: ServerConfiguration(address: .hostname(host, port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ).run()
    }
}
