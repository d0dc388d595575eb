import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct CommandTests {
    @Test("values with every byte, NUL and line ends included, come back as they were sent")
    func binarySafety() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "bytes")
            for value in [[], [0], [UInt8](0...255), Array("\r\n$3\r\n*1\r\n\0".utf8), [UInt8](repeating: 0, count: 1_000_000)] {
                _ = try await redis.command("SET", .key(key), .bytes(value), "EX", 60)
                #expect(try await redis.command("GET", .key(key)).bytes == value)
            }
        }
    }

    @Test("each kind of reply is told apart")
    func kinds() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "kinds")
            #expect(try await redis.command("PING") == .status("PONG"))
            #expect(try await redis.command("GET", .key(key)) == .null)
            #expect(try await redis.command("RPUSH", .key(key), "a", "", 7) == .integer(3))
            #expect(try await redis.command("LRANGE", .key(key), 0, -1) == .array([.bulk(Array("a".utf8)), .bulk([]), .bulk([55])]))
            #expect(try await redis.command("LINDEX", .key(key), 2).int == 7)
            #expect(try await redis.command("LRANGE", .key(key), 5, 9).array?.isEmpty == true)
            #expect(await failure { try await redis.command("INCR", .key(key)) } == .server(code: "WRONGTYPE"))
            _ = try await redis.command("DEL", .key(key))
        }
    }

    @Test("a pipeline's replies are in the order of its commands, and a refused command stays in its place")
    func pipelineOrder() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "count")
            let commands = (0..<500).map { $0 == 250 ? RedisCommand("LPUSH", .key(key), "x") : RedisCommand("INCR", .key(key)) }
            let replies = try await redis.pipeline(commands + [RedisCommand("DEL", .key(key))])
            #expect(replies.count == 501)
            #expect(replies[0..<250].map(\.int) == Array(1...250))
            #expect(replies[250].errorCode == "WRONGTYPE")
            #expect(replies[251..<500].map(\.int) == Array(251...499))
            #expect(try await redis.pipeline([]) == [])
        }
    }

    @Test("nothing of other callers comes between the commands of a pipeline")
    func pipelineIsContiguous() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let key = RedisKey(location: someLocation(), "contiguous")
            try await withThrowingTaskGroup(of: [Int?].self) { group in
                for _ in 0..<50 {
                    group.addTask { try await redis.pipeline((0..<20).map { _ in RedisCommand("INCR", .key(key)) }).map(\.int) }
                }
                for try await numbers in group {
                    let first = try #require(numbers.first ?? nil)
                    #expect(numbers == Array(first..<first + 20))
                }
            }
            _ = try await redis.command("DEL", .key(key))
        }
    }

    @Test(
        "commands that would change or block the shared connection are refused before they are sent",
        arguments: [
            RedisCommand("MULTI"), RedisCommand("multi"), RedisCommand("SELECT", 1), RedisCommand("SUBSCRIBE", "x"),
            RedisCommand("BLPOP", "x", 0), RedisCommand("CLIENT", "reply", "OFF"), RedisCommand("XREAD", "BLOCK", 0, "STREAMS", "x", "$"),
            RedisCommand("RESET"), RedisCommand("QUIT"),
        ]
    )
    func exclusiveCommands(command: RedisCommand) async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            #expect(await failure { try await redis.command(command) } == .notAllowed)
            #expect(await failure { try await redis.pipeline([RedisCommand("PING"), command]) } == .notAllowed)
            let reply = try await redis.command("PING")
            #expect(reply == .status("PONG"))
        }
    }

    @Test("an error names the command and the code, never an argument", .shows("AP-4"))
    func redactedErrors() async throws {
        try await withRedis(try SharedServer.settings()) { redis in
            let error = await #expect(throws: RedisError.self) { try await redis.command("NONSENSE", "Ada Lovelace", "1815-12-10") }
            #expect(error?.kind == .server(code: "ERR"))
            #expect(error.map { "\($0)" } == "Redis NONSENSE: refused with ERR")
            #expect(error.map { String(reflecting: $0).contains("Ada") } == false)
        }
    }
}
