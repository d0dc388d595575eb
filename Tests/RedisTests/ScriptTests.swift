import Redis
import Testing

@Suite(.timeLimit(.minutes(10))) struct ScriptTests {
    private static let setOnce = RedisScript(
        "set once",
        """
        if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', 60) then return {1, ARGV[1]} end
        return {0, redis.call('GET', KEYS[1])}
        """
    )
    private static let broken = RedisScript("broken", "return redis.call('INCR', KEYS[1], ARGV[1])")

    @Test("a script gets its keys and arguments")
    func keysAndArguments() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "once")
            let first = try await redis.run(Self.setOnce, keys: [key], arguments: [.bytes([0, 255, 10])])
            #expect(first == .array([.integer(1), .bulk([0, 255, 10])]))
            let second = try await redis.run(Self.setOnce, keys: [key], arguments: ["other"])
            #expect(second == .array([.integer(0), .bulk([0, 255, 10])]))
        }
    }

    @Test("a script is sent again after SCRIPT FLUSH and after a restart")
    func reload() async throws {
        let server = try RedisServer()
        try await withRedis(server.settings) { redis in
            let key = RedisKey.platform("once")
            #expect(try await redis.run(Self.setOnce, keys: [key], arguments: ["a"]).array?.first == .integer(1))
            _ = try await redis.command("SCRIPT", "FLUSH")
            #expect(try await redis.run(Self.setOnce, keys: [key], arguments: ["b"]).array?.first == .integer(0))
            #expect(try await redis.run(Self.setOnce, keys: [key], arguments: ["c"]).array?.first == .integer(0))
        }
        server.kill9()
        try server.start()
        try await withRedis(server.settings) { redis in
            let reply = try await redis.run(Self.setOnce, keys: [.platform("once")], arguments: ["d"])
            #expect(reply == .array([.integer(1), .bulk(Array("d".utf8))]))
        }
    }

    @Test("a failing script is named by its error, without its arguments")
    func failingScript() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "broken")
            let error = await #expect(throws: RedisError.self) { try await redis.run(Self.broken, keys: [key], arguments: ["Ada"]) }
            #expect(error.map { "\($0)" } == "Redis broken: refused with ERR")
        }
    }
}
