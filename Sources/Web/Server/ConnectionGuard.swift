import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Ends connections that only pretend to be used: a body that does not come, an answer that is not taken. (The head's time is
/// Hummingbird's idle time-out, which counts from the last complete part.) Also closes after an answer that says so.
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

    init(bodyTimeout: Duration, writeTimeout: Duration) {
        self.bodyTimeout = TimeAmount(bodyTimeout)
        self.writeTimeout = TimeAmount(writeTimeout)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isReadingBody = true
        case .body: break
        case .end:
            isReadingBody = false
            bodyAlarm?.cancel()
            bodyAlarm = nil
        }
        context.fireChannelRead(data)
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
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.writeAndFlush(data, promise: promise)
            // With a body still on its way the alarm closes: closing now would reset the connection before the answer is read.
            if closesAfterAnswer, !isReadingBody { context.close(promise: nil) }
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
