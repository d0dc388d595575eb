import NIOCore
import NIOPosix
import Synchronization

/// Stands between the client and a real Redis and spoils what the server says.
final class FaultProxy: Sendable {
    private let clients = Mutex<[any Channel]>([])
    private let listener = Mutex<(any Channel)?>(nil)

    /// Starts to listen, on a free port of 127.0.0.1, for connections to pass on to `target`.
    func start(before target: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: target).flatMapThrowing { server in
                    try client.pipeline.syncOperations.addHandler(Relay(to: server))
                    try server.pipeline.syncOperations.addHandler(Relay(to: client))
                    self.clients.withLock { $0.append(client) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        listener.withLock { $0 = channel }
        guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        return port
    }

    /// Puts bytes that Redis never sent among its replies.
    func inject(_ text: String) {
        for client in clients.withLock({ $0 }) {
            client.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }

    deinit {
        for channel in clients.withLock({ $0 }) + [listener.withLock { $0 }].compactMap(\.self) {
            channel.close(promise: nil)
        }
    }

    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let peer: any Channel

        init(to peer: any Channel) {
            self.peer = peer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            peer.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            peer.close(promise: nil)
        }
    }
}
