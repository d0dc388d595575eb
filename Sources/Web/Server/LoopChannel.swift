import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Hummingbird's HTTP/1 channel behind our edge, with each connection handled on its event loop.
struct LoopChannel: ServerChildChannel {
    let base: HTTP1Channel
    let executors: LoopExecutors
    let arrivals: Arrivals
    let lingerTimeout: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(ConnectionEdge(lingerTimeout: lingerTimeout), position: .first)
            arrivals.hold(value)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        arrivals.release(value.channel)
        await withTaskExecutorPreference(executors[value.channel.eventLoop]) { await base.handle(value: value, logger: logger) }
    }
}

/// Holds each connection from its arrival until it is handled or closed. A server that is cancelled drops the connections that it has accepted
/// and not begun, and NIO ends the process when an open one is dropped (swift-nio issue 2637).
final class Arrivals: Sendable {
    private struct State {
        var waiting: [ObjectIdentifier: HTTP1Channel.Value] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    func hold(_ value: HTTP1Channel.Value) {
        let channel = value.channel
        let isClosed = state.withLock { state in
            state.waiting[ObjectIdentifier(channel)] = value
            return state.isClosed
        }
        channel.closeFuture.whenComplete { [self] _ in release(channel) }
        if isClosed { channel.close(promise: nil) }
    }

    func release(_ channel: any Channel) {
        // What is taken out is let go of outside the lock.
        _ = state.withLock { $0.waiting.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes those that nobody will handle any more, and those that still come.
    func close() {
        let rest = state.withLock { state in
            state.isClosed = true
            return Array(state.waiting.values)
        }
        for value in rest { value.channel.close(promise: nil) }
    }
}
