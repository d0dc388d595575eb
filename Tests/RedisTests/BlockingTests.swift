import Redis
import Testing

@Suite(.timeLimit(.minutes(10))) struct BlockingTests {
    @Test("a waiting command does not hold up others, and gets what they push")
    func wakeUp() async throws {
        let server = try RedisServer()
        try await withRedis(server.settings) { redis in
            let key = RedisKey.platform("ready")
            for round in 0..<20 {
                async let popped = redis.blocking(RedisCommand("BRPOP", .key(key), 30), timeout: .seconds(30))
                try await untilBlocked(1, on: redis)
                _ = try await redis.command("LPUSH", .key(key), .integer(round))
                #expect(try await popped.array?.last?.int == round)
            }
            // One connection was enough for all rounds, beside the shared one.
            #expect(try await redis.command("CLIENT", "LIST").string?.split(separator: "\n").count == 2)
        }
    }

    @Test("waiting longer than the command timeout is no failure; nothing to pop is null")
    func nothingCame() async throws {
        let server = try RedisServer()
        var settings = server.settings
        settings.commandTimeout = .milliseconds(300)
        try await withRedis(settings) { redis in
            let command = RedisCommand("BLMPOP", "0.7", 1, .key(.platform("nothing")), "LEFT")
            let reply = try await redis.blocking(command, timeout: .seconds(10))
            #expect(reply == .null)
        }
    }

    @Test("a cancelled wait ends its connection, and the next wait gets the next element")
    func cancelled() async throws {
        let server = try RedisServer()
        try await withRedis(server.settings) { redis in
            let key = RedisKey.platform("ready")
            let wait = Task { try await redis.blocking(RedisCommand("BRPOP", .key(key), 30), timeout: .seconds(30)) }
            try await untilBlocked(1, on: redis)
            wait.cancel()
            await #expect(throws: CancellationError.self) { try await wait.value }
            try await untilBlocked(0, on: redis)
            _ = try await redis.command("LPUSH", .key(key), "kept")
            #expect(try await redis.blocking(RedisCommand("BRPOP", .key(key), 1), timeout: .seconds(1)).array?.last?.string == "kept")
        }
    }

    @Test("more waiting commands than connections are refused")
    func bound() async throws {
        let server = try RedisServer()
        var settings = server.settings
        settings.maximumBlocking = 2
        try await withRedis(settings) { redis in
            let command = RedisCommand("BRPOP", .key(.platform("none")), 30)
            let waits = (0..<2).map { _ in Task { try await redis.blocking(command, timeout: .seconds(30)) } }
            try await untilBlocked(2, on: redis)
            #expect(await failure { try await redis.blocking(command, timeout: .seconds(30)) } == .overloaded)
            for wait in waits { wait.cancel() }
            for wait in waits { _ = await wait.result }
            #expect(try await redis.blocking(RedisCommand("PING"), timeout: .zero) == .status("PONG"))
        }
    }

    @Test("commands that leave state behind are refused here too")
    func exclusive() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            #expect(await failure { try await redis.blocking(RedisCommand("SUBSCRIBE", "x"), timeout: .zero) } == .notAllowed)
        }
    }
}
