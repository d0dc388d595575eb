internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// One connection: requests in, replies out in the same order.
///
/// Callers on any thread put requests into the mailbox; the first of a batch wakes the event loop, which writes the whole batch
/// with one flush. A caller that is cancelled leaves at once, its reply is read in its turn and dropped. Anything that puts the
/// order in doubt (a reply nobody asked for, bytes that are not RESP, a reply past its deadline) closes the connection.
///
/// `@unchecked Sendable`: `mailbox` is locked, and every other variable is touched on the channel's event loop only.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Flight {
        let request: Request
        var replies: [RedisValue] = []
    }

    private let eventLoop: any EventLoop
    private let mailbox: Mutex<Mailbox>
    private let ended = Answer<RedisError>()

    private var context: ChannelHandlerContext?
    private let reader: ReplyReader
    private var flights = CircularBuffer<Flight>()
    /// Requests whose replies arrived in the portion being read.
    private var finished: [Flight] = []
    private var failure: RedisError?
    private var alarm: (time: NIODeadline, timer: Scheduled<Void>)?
    private var healthCheck: RepeatedTask?

    init(_ settings: RedisSettings, on eventLoop: any EventLoop) throws(RedisError) {
        self.eventLoop = eventLoop
        mailbox = Mutex(Mailbox(maximumCommands: settings.maximumPending, maximumBytes: settings.maximumPendingBytes))
        reader = try ReplyReader(maximumBytes: settings.maximumReplyBytes, maximumElements: settings.maximumReplyElements)
    }

    // MARK: From any thread

    var isOpen: Bool { mailbox.withLock { $0.isOpen } }

    /// Sends commands in one piece and waits for all of their replies. If the caller is cancelled before they were written, they
    /// are not sent.
    func send(_ commands: [RedisCommand], deadline: NIODeadline) async throws -> [RedisValue] {
        let request = Request(commands, deadline: deadline)
        try submit(request)
        return try await request.answer.value()
    }

    private func submit(_ request: Request) throws(RedisError) {
        let isFirst = try mailbox.withLock { (mailbox) throws(RedisError) in try mailbox.put(request) }
        if isFirst {
            eventLoop.execute { self.writeBatch() }
        }
    }

    /// Closes the connection; commands in flight fail with `closed`.
    func close() {
        eventLoop.execute { self.fail(RedisError(.closed)) }
    }

    /// Waits for the end of the connection and says why it came; closes it if the caller is cancelled. Called once.
    func waitUntilClosed() async -> RedisError {
        do {
            return try await ended.value()
        } catch {
            close()
            return RedisError(.closed)
        }
    }

    /// Tries the connection with PING from now on. An unanswered one closes it like any other command.
    func checkHealth(every interval: TimeAmount, within limit: TimeAmount) {
        eventLoop.execute {
            guard self.failure == nil else { return }
            self.healthCheck = self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                // Refused only when the connection is full or closed, and then it is being judged already.
                try? self.submit(Request([RedisCommand("PING")], deadline: .now() + limit))
            }
        }
    }

    // MARK: On the event loop

    private func writeBatch() {
        let batch = mailbox.withLock { $0.takeAll() }
        guard let context, failure == nil else {
            let reason = failure?.beforeSending ?? RedisError(.unavailable)
            for request in batch {
                request.answer.settle(.failure(reason))
            }
            return
        }
        var buffer = context.channel.allocator.buffer(capacity: batch.reduce(0) { $0 + $1.bytes.readableBytes })
        for request in batch {
            if request.answer.isSettled {
                mailbox.withLock { $0.release(request) }
            } else {
                buffer.writeImmutableBuffer(request.bytes)
                flights.append(Flight(request: request))
            }
        }
        guard buffer.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        watchDeadline()
    }

    /// Replies come in order, so the oldest request is the only one whose deadline must be watched, and one timer per connection
    /// is enough.
    private func watchDeadline() {
        guard let oldest = flights.first?.request.deadline else { return }
        if let alarm {
            guard oldest < alarm.time else { return }
            alarm.timer.cancel()
        }
        let timer = eventLoop.scheduleTask(deadline: oldest) {
            self.alarm = nil
            if let oldest = self.flights.first?.request.deadline, oldest <= .now() {
                self.fail(RedisError(.timeout))
            } else {
                self.watchDeadline()
            }
        }
        alarm = (oldest, timer)
    }

    private func deliver(_ value: RedisValue) throws(RedisError) {
        guard !flights.isEmpty else { throw RedisError(.protocolViolation) }
        flights[flights.startIndex].replies.append(value)
        guard let flight = flights.first, flight.replies.count == flight.request.count else { return }
        flights.removeFirst()
        finished.append(flight)
    }

    /// Gives the replies to their callers, after making room for what those send next.
    private func settleFinished() {
        guard !finished.isEmpty else { return }
        mailbox.withLock { mailbox in
            for flight in finished {
                mailbox.release(flight.request)
            }
        }
        for flight in finished {
            flight.request.answer.settle(.success(flight.replies))
        }
        finished.removeAll(keepingCapacity: true)
    }

    /// Ends the connection: what was sent fails with the reason, its outcome unknown.
    private func fail(_ reason: RedisError) {
        guard failure == nil else { return }
        failure = reason
        mailbox.withLock { $0.close(reason.beforeSending) }
        alarm?.timer.cancel()
        alarm = nil
        healthCheck?.cancel()
        settleFinished()
        for flight in flights {
            flight.request.answer.settle(.failure(reason))
        }
        flights.removeAll()
        writeBatch()
        context?.close(promise: nil)
        ended.settle(.success(reason))
    }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(RedisError(.closed))
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(RedisError(.closed, cause: "ended by the server"))
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        do throws(RedisError) {
            try unwrapInboundIn(data).withUnsafeReadableBytes { (bytes) throws(RedisError) in
                try reader.read(bytes) { (value) throws(RedisError) in try deliver(value) }
            }
        } catch {
            fail(error)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        settleFinished()
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOSSLError.handshakeFailed, is NIOSSLExtraError: fail(RedisError(.untrusted))
        default: fail(RedisError(.closed, cause: "\(error)"))
        }
    }
}
