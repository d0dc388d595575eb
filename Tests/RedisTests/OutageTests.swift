import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct OutageTests {
    @Test("after kill -9 commands fail at once, and work again when the server is back", .shows("JF-7"))
    func killAndRestart() async throws {
        let server = try RedisServer()
        try await withRedis(server.settings) { redis in
            for round in 1...3 {
                try await redis.waitUntilReady(within: .seconds(30))
                #expect(try await redis.command("INCR", .key(.platform("round"))) == .integer(1), "round \(round)")
                server.kill9()
                // The end of the connection may be noticed by a command that is already on its way.
                var kind = await failure { try await redis.command("PING") }
                while kind != .unavailable {
                    #expect(kind == .closed || kind == nil)
                    kind = await failure { try await redis.command("PING") }
                }
                #expect(!redis.isReady)
                try server.start()
            }
        }
    }

    @Test("what was sent when the server died fails with its outcome unknown and is not sent again")
    func inFlight() async throws {
        let server = try RedisServer()
        try await withRedis(server.settings) { redis in
            let waiting = Task {
                await failure { try await redis.blocking(RedisCommand("BLPOP", .key(.platform("none")), 0), timeout: .seconds(60)) }
            }
            try await untilBlocked(1, on: redis)
            server.kill9()
            #expect(await waiting.value == .closed)
        }
    }

    @Test("a server that stops answering costs one command timeout, and work goes on when it answers again")
    func pauseAndResume() async throws {
        let server = try RedisServer()
        var settings = server.settings
        settings.commandTimeout = .milliseconds(500)
        try await withRedis(settings) { redis in
            server.pause()
            let start = ContinuousClock.now
            #expect(await failure { try await redis.command("INCR", .key(.platform("paused"))) } == .timeout)
            #expect((.milliseconds(450)...Duration.seconds(5)).contains(start.duration(to: .now)))
            #expect(await failure { try await redis.command("PING") } == .unavailable)
            server.resume()
            try await redis.waitUntilReady(within: .seconds(30))
            #expect(try await redis.command("ECHO", "here again").string == "here again")
        }
    }

    @Test("a server that stops answering is noticed without a command")
    func healthCheck() async throws {
        let server = try RedisServer()
        var settings = server.settings
        settings.healthInterval = .milliseconds(50)
        settings.commandTimeout = .milliseconds(500)
        try await withRedis(settings) { redis in
            server.pause()
            while redis.isReady { await Task.yield() }
            server.resume()
            try await redis.waitUntilReady(within: .seconds(30))
            #expect(try await redis.command("PING") == .status("PONG"))
        }
    }

    @Test("more commands than may wait are refused at once")
    func overload() async throws {
        let server = try RedisServer()
        var settings = server.settings
        settings.commandTimeout = .seconds(2)
        settings.maximumPending = 10
        settings.maximumPendingBytes = 10_000
        try await withRedis(settings) { redis in
            #expect(await failure { try await redis.pipeline(Array(repeating: RedisCommand("PING"), count: 11)) } == .overloaded)
            #expect(await failure { try await redis.command("ECHO", .bytes([UInt8](repeating: 1, count: 10_000))) } == .overloaded)
            // Room that was used is free again after the replies.
            for _ in 0..<10 {
                let replies = try await redis.pipeline(Array(repeating: RedisCommand("PING"), count: 10))
                #expect(replies.count == 10)
            }
            server.pause()
            let kinds = await withTaskGroup(of: RedisError.Kind?.self) { group in
                for _ in 0..<50 { group.addTask { await failure { try await redis.command("PING") } } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(kinds.count { $0 == .overloaded } == 40)
            #expect(kinds.count { $0 == .timeout } == 10)
            server.resume()
        }
    }

    @Test("a connection that the server closes is replaced")
    func killedByServer() async throws {
        let server = try RedisServer()
        try await withRedis(server.settings) { redis in
            let killed = await failure { try await redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no") }
            #expect(killed == nil || killed == .closed)
            while redis.isReady { await Task.yield() }
            try await redis.waitUntilReady(within: .seconds(30))
            #expect(try await redis.command("PING") == .status("PONG"))
        }
    }
}

/// Waits until so many clients are blocked in the server.
func untilBlocked(_ count: Int, on redis: Redis) async throws {
    while try await redis.command("INFO", "clients").string?.contains("blocked_clients:\(count)\r\n") != true {}
}
