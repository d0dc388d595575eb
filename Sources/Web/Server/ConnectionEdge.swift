import NIOCore

/// The outermost part of a connection, where there are only bytes: knows how far the head of a request came, and lets an answer that ends
/// the connection reach its reader. Closing a socket with unread bytes resets it, and a reset throws away what the client has not read yet.
final class ConnectionEdge: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// How far the request came that is being read.
    enum Progress {
        /// What was sent does not even begin like a request.
        case garbage
        /// A method and the beginning of a target; the line has no end yet.
        case requestLine
        case headers
        case body
    }

    private(set) var progress = Progress.garbage
    private var isFresh = true
    private var isLingering = false
    private var swallowed = 0
    private var alarm: Scheduled<Void>?
    private let lingerTimeout: TimeAmount
    /// Whoever sends more than this after being refused is cut off.
    private static let maximumSwallowed = 16 << 20

    init(lingerTimeout: TimeAmount) {
        self.lingerTimeout = lingerTimeout
    }

    func headEnded() { progress = .body }

    func requestEnded() { isFresh = true }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isLingering else {
            swallowed += unwrapInboundIn(data).readableBytes
            if swallowed > ConnectionEdge.maximumSwallowed { context.close(promise: nil) }
            return
        }
        if isFresh || progress == .requestLine {
            let bytes = unwrapInboundIn(data).readableBytesView
            if isFresh { progress = ConnectionEdge.beginsLikeRequest(bytes) ? .requestLine : .garbage }
            isFresh = false
            if progress == .requestLine, bytes.contains(UInt8(ascii: "\n")) { progress = .headers }
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isLingering { context.read() } else { context.fireChannelReadComplete() }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output, !isLingering else {
            context.close(mode: mode, promise: promise)
            return
        }
        // No answer follows, so nothing more is read for the sake of what it says.
        isLingering = true
        let done = promise ?? context.eventLoop.makePromise()
        // It counts from when the answer has left.
        done.futureResult.assumeIsolated().whenComplete { _ in
            self.alarm = context.eventLoop.assumeIsolated().scheduleTask(in: self.lingerTimeout) { context.close(promise: nil) }
        }
        context.close(mode: .output, promise: done)
        context.read()
    }

    func handlerRemoved(context: ChannelHandlerContext) { alarm?.cancel() }

    /// `token SP` and the first character of a target.
    private static func beginsLikeRequest(_ bytes: ByteBufferView) -> Bool {
        var length = 0
        var isToken = true
        for byte in bytes.prefix(40) {
            if !isToken { return byte == UInt8(ascii: "/") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "h") }
            switch byte {
            case UInt8(ascii: " "):
                guard length > 0 else { return false }
                isToken = false
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                length += 1
            default: return false
            }
        }
        return false
    }
}

@available(*, unavailable)
extension ConnectionEdge: Sendable {}
