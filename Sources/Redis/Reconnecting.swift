internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

extension Redis {
    /// Keeps the connection open until the task is cancelled, connecting again with growing pauses. Called once.
    /// - Throws: Only at the beginning, if the TLS settings cannot be used: no CA file, or an address that is not the host's.
    public func run() async throws {
        let dialer = try Dialer(settings)
        state.withLock { $0.dialer = dialer }
        defer { endAll() }
        var backoff = Backoff(from: settings.reconnectMinimum, to: settings.reconnectMaximum)
        while !Task.isCancelled {
            do {
                let connection = try await dialer.open()
                let opened = ContinuousClock.now
                publish(connection)
                let end = await connection.waitUntilClosed()
                if Task.isCancelled { break }
                logger.warning("Redis connection ended", metadata: ["reason": "\(end)"])
                // A server that takes connections and drops them at once must not be dialled without pauses.
                if opened.duration(to: .now) >= settings.reconnectMaximum { backoff.reset() }
            } catch {
                if Task.isCancelled { break }
                report(error as? RedisError ?? RedisError(.unavailable))
            }
            // Ends early when the task is cancelled, which the loop looks at next.
            try? await Task.sleep(for: backoff.pause())
        }
    }

    /// True while commands are accepted. An open connection is tried every ``RedisSettings/healthInterval``.
    public var isReady: Bool {
        state.withLock { $0.shared?.isOpen ?? false }
    }

    /// Waits for the connection.
    /// - Throws: The reason of the last failed attempt when `limit` is over.
    public func waitUntilReady(within limit: Duration) async throws {
        let answer = Answer<Void>()
        let isReady = state.withLock { state in
            if state.shared?.isOpen == true { return true }
            state.awaitingConnection[ObjectIdentifier(answer)] = answer
            return false
        }
        if isReady { return }
        let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(limit)) {
            answer.settle(.failure(self.state.withLock { $0.lastFailure }))
        }
        defer {
            timer.cancel()
            state.withLock { $0.awaitingConnection[ObjectIdentifier(answer)] = nil }
        }
        try await answer.value()
    }

    private func publish(_ connection: Connection) {
        connection.checkHealth(every: TimeAmount(settings.healthInterval), within: TimeAmount(settings.commandTimeout))
        let waiting = state.withLock { state in
            defer { state.awaitingConnection = [:] }
            state.shared = connection
            state.lastFailure = RedisError(.unavailable)
            return state.awaitingConnection.values
        }
        for answer in waiting {
            answer.settle(.success(()))
        }
        logger.info("Redis connected")
    }

    /// Logs the first of a row of equal failures; an outage is not one line per attempt.
    private func report(_ failure: RedisError) {
        let isNew = state.withLock { state in
            defer { state.lastFailure = failure }
            return state.lastFailure != failure
        }
        if isNew {
            logger.warning("Redis connection failed", metadata: ["reason": "\(failure)"])
        }
    }

    private func endAll() {
        let connections = state.withLock { state in
            defer {
                state.dialer = nil
                state.shared = nil
            }
            return [state.shared].compactMap(\.self) + state.blocking.takeAll()
        }
        for connection in connections {
            connection.close()
        }
    }
}
