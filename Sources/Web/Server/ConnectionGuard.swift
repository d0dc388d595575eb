import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Ends connections that only pretend to be used: a body that does not come, an answer that is not taken. (The head's time is
/// Hummingbird's idle time-out, which counts from the last complete part.) Also says what is wrong with a request that cannot be parsed,
/// and ends the connection after an answer that says so.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let bodyTimeout: TimeAmount
    private let writeTimeout: TimeAmount
    private var isReadingBody = false
    private var bodyAlarm: Scheduled<Void>?
    private var writeAlarm: Scheduled<Void>?
    private var closesAfterAnswer = false
    private var found: ConnectionEdge?
    private var unreadable: UnreadableRequest?
    private let refuse: (UnreadableRequest, any Channel) -> (head: HTTPResponse, body: ByteBuffer)

    init(
        bodyTimeout: Duration,
        writeTimeout: Duration,
        refuse: @escaping (UnreadableRequest, any Channel) -> (head: HTTPResponse, body: ByteBuffer)
    ) {
        self.bodyTimeout = TimeAmount(bodyTimeout)
        self.writeTimeout = TimeAmount(writeTimeout)
        self.refuse = refuse
    }

    private func edge(_ context: ChannelHandlerContext) -> ConnectionEdge? {
        // Without one nothing is lost but the better answer.
        if found == nil { found = try? context.pipeline.syncOperations.handler(type: ConnectionEdge.self) }
        return found
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReadingBody = true
            edge(context)?.headEnded()
        case .body: break
        case .end:
            isReadingBody = false
            bodyAlarm?.cancel()
            bodyAlarm = nil
            edge(context)?.requestEnded()
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if unreadable == nil, let error = error as? HTTPParserError {
            unreadable = UnreadableRequest(error, edge(context)?.progress ?? .garbage)
        }
        // Hummingbird answers it, once the requests before it are answered; see `write`.
        context.fireErrorCaught(error)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Most requests are complete by now and need no alarm. The alarm counts from the first pause and is not put off by single bytes.
        if isReadingBody, bodyAlarm == nil { bodyAlarm = alarm(bodyTimeout, context) }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeAlarm?.cancel()
        writeAlarm = context.channel.isWritable ? nil : alarm(writeTimeout, context)
        context.fireChannelWritabilityChanged()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            closesAfterAnswer = head.headerFields[.connection] == "close"
            // Every answer of ours names its request; one that does not is Hummingbird's bare 400.
            guard let unreadable, head.headerFields.value(Names.requestID) == nil else {
                context.write(data, promise: promise)
                return
            }
            let refusal = refuse(unreadable, context.channel)
            context.write(wrapOutboundOut(.head(refusal.head)), promise: promise)
            context.write(wrapOutboundOut(.body(refusal.body)), promise: nil)
        case .body: context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            // Only our half: what the client still sends is taken in, for closing would reset the connection before the answer is read.
            if closesAfterAnswer { context.close(mode: .output, promise: nil) }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        bodyAlarm?.cancel()
        writeAlarm?.cancel()
    }

    private func alarm(_ delay: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { context.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
