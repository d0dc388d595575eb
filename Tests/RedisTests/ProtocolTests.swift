import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProtocolTests {
    @Test(
        "bytes that belong to no request end the connection, and the next request gets its own answer",
        .shows("JF-8"),
        arguments: ["+an answer nobody asked for\r\n", "garbage\r\n", "*2147483647\r\n", ":1\r\n$-9\r\n"]
    )
    func injectedBytes(text: String) async throws {
        let server = try RedisServer()
        let proxy = FaultProxy()
        var settings = RedisSettings(host: "127.0.0.1", port: try await proxy.start(before: server.port))
        settings.password = server.password
        settings.reconnectMinimum = .milliseconds(10)
        try await withRedis(settings) { redis in
            let first = try await redis.command("CLIENT", "ID")
            proxy.inject(text)
            while redis.isReady { await Task.yield() }
            try await redis.waitUntilReady(within: .seconds(30))
            #expect(try await redis.command("ECHO", "mine").string == "mine")
            let second = try await redis.command("CLIENT", "ID")
            #expect(second != first)
        }
    }

    @Test("a request in flight when the bytes arrive fails with its outcome unknown")
    func inFlight() async throws {
        let server = try RedisServer()
        let proxy = FaultProxy()
        var settings = RedisSettings(host: "127.0.0.1", port: try await proxy.start(before: server.port))
        settings.password = server.password
        try await withRedis(settings) { redis in
            let wait = Task {
                await failure { try await redis.blocking(RedisCommand("BRPOP", .key(.platform("none")), 30), timeout: .seconds(30)) }
            }
            try await untilBlocked(1, on: redis)
            proxy.inject("garbage\r\n")
            #expect(await wait.value == .protocolViolation)
        }
    }
}
