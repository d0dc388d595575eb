import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct CancellationTests {
    @Test("under random cancellations each reply reaches its own request, on one connection", .shows("JF-8"))
    func nonceEcho() async throws {
        var settings = try SharedServer.settings()
        // What is shown here is the order of replies, not their speed on a busy machine.
        settings.commandTimeout = .seconds(60)
        try await withRedis(settings) { redis in
            let connection = try await redis.command("CLIENT", "ID")
            var answered = 0
            for block in 0..<50 {
                answered += try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<100 { group.addTask { try await echo(100 * block + number, through: redis) } }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
            }
            #expect(answered > 0 && answered < 5_000)
            #expect(try await redis.command("CLIENT", "ID") == connection)
        }
    }

    /// Asks for a nonce of its own and is cancelled half of the times, at once or a little later. True if there was an answer.
    private func echo(_ nonce: Int, through redis: Redis) async throws -> Bool {
        // Of any length, so that replies are cut anywhere.
        let text = "nonce \(nonce) " + String(repeating: "x", count: Int.random(in: 0...Int.random(in: 0...20_000)))
        let request = Task { try await redis.command("ECHO", .string(text)) }
        if Bool.random() {
            for _ in 0..<Int.random(in: 0...20) { await Task.yield() }
            request.cancel()
        }
        do {
            #expect(try await request.value.string == text)
            return true
        } catch is CancellationError {
            return false
        }
    }

    @Test("refused commands, failed scripts and cancelled requests leave nothing behind for the next caller", .shows("TI-6"))
    func nothingLeftBehind() async throws {
        let wrong = RedisScript("wrong", "return redis.call('INCR', KEYS[1], 'too many')")
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "mine")
            let connection = try await redis.command("CLIENT", "ID")
            for round in 0..<1_000 {
                let cancelled = Task { try await redis.command("GET", .key(key)) }
                cancelled.cancel()
                #expect(
                    await failure { try await redis.command("LPUSH", .key(key), "x", "y") }
                        == (round == 0 ? nil : .server(code: "WRONGTYPE"))
                )
                #expect(await failure { try await redis.run(wrong, keys: [key]) } == .server(code: "ERR"))
                _ = try await redis.command("SET", .key(key), .integer(round), "EX", 60)
                #expect(try await redis.command("GET", .key(key)).int == round)
            }
            #expect(try await redis.command("CLIENT", "ID") == connection)
        }
    }

    @Test("a caller that was cancelled before it asked sends nothing")
    func cancelledBefore() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "never")
            let request = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await redis.command("SET", .key(key), "x")
            }
            await #expect(throws: CancellationError.self) { try await request.value }
            let present = try await redis.command("EXISTS", .key(key))
            #expect(present == .integer(0))
        }
    }
}
