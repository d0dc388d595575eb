import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#endif

/// Lets the listening socket rest when a connection cannot be accepted. Out of descriptors or memory, which connections alone can bring
/// about, the next ones wait a moment in the backlog. Without this the loop would ask again at once, for ever: measured, half a processor.
final class AcceptGuard: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let logger: Logger
    private var isShort = false
    /// Asking more often than this would only heat the processor.
    private static let pause = TimeAmount.milliseconds(50)

    init(_ logger: Logger) {
        self.logger = logger
    }

    static func add(to channel: any Channel, _ logger: Logger) async {
        // Fails only when the socket is closed already.
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(AcceptGuard(logger), position: .first)
        }.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isShort = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error as? IOError)?.errnoCode {
        // It hung up before it was accepted.
        case ECONNABORTED?: return
        case EMFILE?, ENFILE?, ENOBUFS?, ENOMEM?: wait(context, error)
        default: context.fireErrorCaught(error)
        }
    }

    private func wait(_ context: ChannelHandlerContext, _ error: any Error) {
        if !isShort { logger.error("no connection can be accepted now", metadata: ["error": "\(error)"]) }
        isShort = true
        let options = context.channel.syncOptions
        do {
            try options?.setOption(.autoRead, value: false)
            context.eventLoop.assumeIsolated().scheduleTask(in: AcceptGuard.pause) { try options?.setOption(.autoRead, value: true) }
        } catch {
            // The socket is closed.
            context.fireErrorCaught(error)
        }
    }
}

@available(*, unavailable)
extension AcceptGuard: Sendable {}
