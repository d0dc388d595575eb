internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Opens connections: TCP, TLS, sign-in, all within the connect timeout.
struct Dialer: Sendable {
    private let settings: RedisSettings
    private let tls: NIOSSLContext?
    /// The name asked for in the TLS greeting. An address cannot be: without a name NIOSSL compares the address of the peer.
    private let serverName: String?

    /// Reads the CA file; throws if it cannot be used, or if an address other than the host's is to be verified.
    init(_ settings: RedisSettings) throws {
        self.settings = settings
        guard case .verify(let caFile, let hostname) = settings.tls else {
            tls = nil
            serverName = nil
            return
        }
        let isAddress = (try? SocketAddress(ipAddress: hostname, port: 0)) != nil
        guard !isAddress || hostname == settings.host else { throw RedisError(.untrusted) }
        serverName = isAddress ? nil : hostname
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
        if let tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverName))
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
