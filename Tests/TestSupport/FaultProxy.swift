import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a real server and spoils what they say to each other: what a crash, a restart and a bad network look like from
/// outside. Bytes pass unchanged until a fault is set.
public final class FaultProxy: Sendable {
    public enum Fault: Sendable, Hashable {
        /// The request never reaches the server; the connection ends.
        case cutBeforeRequest
        /// The server has done what was asked, and its answer is lost with the connection.
        case cutBeforeAnswer
        /// The answer arrives, then the connection ends.
        case cutAfterAnswer
        /// One bit of the answer is another.
        case corruptAnswer
        /// Answers come later.
        case delay(milliseconds: Int64)
        /// Answers never come.
        case silence
        /// New connections end at once.
        case refuse
    }

    private struct State {
        var faults: [Fault] = []
        var oneIn = 1
        var clients: [any Channel] = []
        var listener: (any Channel)?
        var happened = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Listens for connections to `target`; the free port of 127.0.0.1 it chose.
    public func start(before target: Int) async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { client in
                if self.draws(.refuse) { return client.close() }
                return ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: target).flatMapThrowing { server in
                    try client.pipeline.syncOperations.addHandler(Relay(self, from: .client, to: server))
                    try server.pipeline.syncOperations.addHandler(Relay(self, from: .server, to: client))
                    self.state.withLock { $0.clients.append(client) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        state.withLock { $0.listener = channel }
        guard let port = channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        return port
    }

    /// From now on one in so many messages, at random, meets one of these faults; none: everything passes again.
    public func set(_ faults: [Fault], oneIn: Int = 1) {
        state.withLock {
            $0.faults = faults
            $0.oneIn = max(1, oneIn)
        }
    }

    /// How many faults have happened.
    public var happened: Int { state.withLock { $0.happened } }

    /// Ends every connection there is; returns when they are gone.
    public func cut() async {
        let clients = state.withLock { state in
            defer { state.clients = [] }
            return state.clients
        }
        for client in clients { try? await client.close() }  // closed already is as good
    }

    /// Puts bytes that the server never sent among its answers.
    public func inject(_ text: String) {
        for client in state.withLock({ $0.clients }) { client.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    }

    deinit {
        let state = state.withLock { $0 }
        for channel in state.clients + [state.listener].compactMap(\.self) { channel.close(promise: nil) }
    }

    /// The fault that a message of this side meets, if any.
    fileprivate func drawn(from side: Relay.Side) -> Fault? {
        state.withLock { state in
            let faults = state.faults.filter { ($0 == .cutBeforeRequest) == (side == .client) && $0 != .refuse }
            guard let fault = faults.randomElement(), Int.random(in: 0..<state.oneIn) == 0 else { return nil }
            state.happened += 1
            return fault
        }
    }

    private func draws(_ fault: Fault) -> Bool { state.withLock { $0.faults.contains(fault) && Int.random(in: 0..<$0.oneIn) == 0 } }
}

/// One direction of a connection.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    enum Side { case client, server }

    private let proxy: FaultProxy
    private let side: Side
    private let peer: any Channel

    init(_ proxy: FaultProxy, from side: Side, to peer: any Channel) {
        self.proxy = proxy
        self.side = side
        self.peer = peer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch proxy.drawn(from: side) {
        case nil, .refuse: peer.writeAndFlush(bytes, promise: nil)
        case .silence: break
        case .cutBeforeRequest, .cutBeforeAnswer: end(context)
        case .cutAfterAnswer:
            let (peer, own) = (peer, context.channel)
            peer.writeAndFlush(bytes).whenComplete { _ in
                peer.close(promise: nil)
                own.close(promise: nil)
            }
        case .corruptAnswer:
            let index = bytes.readerIndex + Int.random(in: 0..<bytes.readableBytes)
            if let byte: UInt8 = bytes.getInteger(at: index) { bytes.setInteger(byte ^ 0x10, at: index) }
            peer.writeAndFlush(bytes, promise: nil)
        case .delay(let milliseconds):
            let peer = peer
            // Each as late as the other: the order stays.
            context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) { [bytes] in peer.writeAndFlush(bytes, promise: nil) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { peer.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(context) }

    private func end(_ context: ChannelHandlerContext) {
        peer.close(promise: nil)
        context.close(promise: nil)
    }
}
