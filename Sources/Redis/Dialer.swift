internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Opens connections: TCP, TLS, sign-in, all within the connect timeout.
struct Dialer: Sendable {
    private let settings: RedisSettings
    private let tls: NIOSSLContext?

    /// Reads the CA file; throws if it cannot be used.
    init(_ settings: RedisSettings) throws {
        self.settings = settings
        guard case .verify(let caFile, _) = settings.tls else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = .file(caFile)
        tls = try NIOSSLContext(configuration: configuration)
    }

    /// A connection that is signed in and answers.
    func open() async throws -> Connection {
        let deadline = NIODeadline.now() + TimeAmount(settings.connectTimeout)
        let connection = try await connect()
        do {
            try await greet(connection, deadline: deadline)
            return connection
        } catch {
            connection.close()
            throw error
        }
    }

    private func connect() async throws -> Connection {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let connection = try Connection(settings, on: eventLoop)
        let connected = Answer<Void>()
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(settings.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandlers(connection, to: channel.pipeline.syncOperations) }
            }
            .connect(host: settings.host, port: settings.port)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    // Nobody waits any more: the caller was cancelled.
                    if !connected.settle(.success(())) { channel.close(promise: nil) }
                case .failure:
                    connected.settle(.failure(RedisError(.unavailable)))
                }
            }
        try await connected.value()
        return connection
    }

    private func addHandlers(_ connection: Connection, to pipeline: ChannelPipeline.SynchronousOperations) throws {
        if let tls, case .verify(_, let hostname) = settings.tls {
            // An address cannot be asked for in a TLS greeting; without a name NIOSSL compares the address of the peer.
            let isAddress = (try? SocketAddress(ipAddress: hostname, port: 0)) != nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : hostname))
        }
        try pipeline.addHandler(connection)
    }

    /// Signs in. PING comes last because it shows a server that is still loading its data, or wants a password and got none.
    private func greet(_ connection: Connection, deadline: NIODeadline) async throws {
        var commands: [RedisCommand] = []
        if let password = settings.password {
            let user: [RedisArgument] = settings.username.map { [.string($0)] } ?? []
            commands.append(RedisCommand("AUTH", arguments: user + [.string(password)]))
        }
        commands.append(RedisCommand("SELECT", .integer(settings.database)))
        commands.append(RedisCommand("CLIENT", "SETNAME", .string(settings.clientName)))
        commands.append(RedisCommand("PING"))
        for (command, reply) in zip(commands, try await connection.send(commands, deadline: deadline)) {
            if let code = reply.errorCode { throw RedisError(.server(code: code)).naming(command) }
        }
    }
}
