public import Logging
internal import NIOCore
internal import Synchronization

/// The client: one shared, pipelined connection, and a few more for commands that wait in the server.
///
/// Redis is a hint (DESIGN L4): nothing here waits for Redis to come back. While there is no connection every command fails at
/// once with `unavailable`; a command that was sent when the connection broke fails with its outcome unknown and is never sent a
/// second time.
public final class Redis: Sendable {
    struct State {
        /// Nil while ``run()`` is not running.
        var dialer: Dialer?
        var shared: Connection?
        var blocking = BlockingConnections()
        var lastFailure = RedisError(.unavailable)
        var awaitingConnection: [ObjectIdentifier: Answer<Void>] = [:]
    }

    let settings: RedisSettings
    let logger: Logger
    let state = Mutex(State())

    public init(_ settings: RedisSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    // MARK: Commands

    /// Sends one command and waits for its reply. Commands that change or block the connection (`MULTI`, `SELECT`, `SUBSCRIBE`,
    /// `BLPOP` …) are refused as `notAllowed`: use a script, or ``blocking(_:timeout:)``.
    /// - Throws: ``RedisError``; an error reply is thrown as `server(code:)`. `CancellationError` if the caller is cancelled.
    public func command(_ name: StaticString, _ arguments: RedisArgument...) async throws -> RedisValue {
        try await command(RedisCommand(name, arguments: arguments))
    }

    /// As ``command(_:_:)``.
    public func command(_ command: RedisCommand) async throws -> RedisValue {
        try await naming(command) { try self.only(await self.send([command])) }
    }

    /// Sends commands in one write, nothing of other callers between them, and gives their replies in order. An error reply stays
    /// in its place as ``RedisValue/error(_:)``; it does not stop the commands after it.
    /// - Throws: As ``command(_:_:)``, except for error replies.
    public func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        guard let first = commands.first else { return [] }
        return try await naming(first) { try await self.send(commands) }
    }

    /// Sends a command that waits in the server (`BLMPOP`, `BRPOP` …) on a connection of its own. A caller that is cancelled
    /// closes that connection; what the server handed out in that moment is lost.
    /// - Parameter timeout: At least the waiting time that the command itself carries. The command timeout is added, and the connect
    ///   timeout when a connection must be opened first.
    /// - Throws: As ``command(_:_:)``; `overloaded` when ``RedisSettings/maximumBlocking`` are waiting.
    public func blocking(_ command: RedisCommand, timeout: Duration) async throws -> RedisValue {
        try Task.checkCancellation()
        guard command.effect != .lasts else { throw RedisError(.notAllowed).naming(command) }
        return try await naming(command) {
            let connection = try await self.leaseBlocking()
            let deadline = NIODeadline.now() + TimeAmount(timeout) + TimeAmount(self.settings.commandTimeout)
            let replies: [RedisValue]
            do {
                replies = try await connection.send([command], deadline: deadline)
            } catch {
                // A reply may still be owed, so this connection is never used again.
                self.state.withLock { $0.blocking.giveUp(connection) }
                connection.close()
                throw error
            }
            self.state.withLock { $0.blocking.giveBack(connection) }
            return try self.only(replies)
        }
    }

    private func leaseBlocking() async throws -> Connection {
        let (idle, dialer) = try state.withLock { (state) throws(RedisError) -> (Connection?, Dialer) in
            // Without the shared connection the server is away: fail at once instead of dialling for every caller.
            guard let dialer = state.dialer, state.shared?.isOpen == true else { throw RedisError(.unavailable) }
            return (try state.blocking.lease(maximum: settings.maximumBlocking), dialer)
        }
        if let idle { return idle }
        do {
            let connection = try await dialer.open()
            let isRunning = state.withLock { state in
                if state.dialer != nil { state.blocking.add(connection) }
                return state.dialer != nil
            }
            if isRunning { return connection }
            connection.close()
            throw RedisError(.unavailable)
        } catch {
            state.withLock { $0.blocking.giveUp(nil) }
            throw error
        }
    }

    private func send(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        try Task.checkCancellation()
        if let refused = commands.first(where: { $0.effect != .none }) { throw RedisError(.notAllowed).naming(refused) }
        let deadline = NIODeadline.now() + TimeAmount(settings.commandTimeout)
        guard let connection = state.withLock({ $0.shared }) else { throw RedisError(.unavailable) }
        return try await connection.send(commands, deadline: deadline)
    }

    private func only(_ replies: [RedisValue]) throws(RedisError) -> RedisValue {
        guard let reply = replies.first else { throw RedisError(.protocolViolation) }
        if let code = reply.errorCode { throw RedisError(.server(code: code)) }
        return reply
    }

    private func naming<Result>(_ command: RedisCommand, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as RedisError {
            throw error.command == nil ? error.naming(command) : error
        }
    }
}
