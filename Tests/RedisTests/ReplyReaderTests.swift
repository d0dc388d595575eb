import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(10))) struct ReplyReaderTests {
    @Test("replies are read whole, however they are cut")
    func anyCut() throws {
        let wire = "+OK\r\n:-42\r\n$-1\r\n$0\r\n\r\n*3\r\n$3\r\na\0b\r\n*-1\r\n*2\r\n:1\r\n-ERR no\r\n*0\r\n"
        let expected: [RedisValue] = [
            .status("OK"), .integer(-42), .null, .bulk([]),
            .array([.bulk([97, 0, 98]), .null, .array([.integer(1), .error("ERR no")])]), .array([]),
        ]
        for size in 1...wire.utf8.count {
            #expect(try read(wire, in: size) == expected)
        }
    }

    @Test(
        "what is no reply, too deep, too many or too long is refused",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n", ":12x\r\n", "$-2\r\n", "*-2\r\n", "*99999999999\r\n", ":99999999999999999999\r\n",
            "*101\r\n", "*60\r\n*60\r\n", "*2147483647\r\n", String(repeating: "*1\r\n", count: 20),
            "$2000\r\n" + String(repeating: "x", count: 1_001), "+" + String(repeating: "x", count: 1_001),
            "*60\r\n" + String(repeating: "$30\r\n" + String(repeating: "x", count: 30) + "\r\n", count: 40), "\u{0}\u{0}\u{0}\r\n",
        ]
    )
    func refused(wire: String) {
        #expect(throws: RedisError(.protocolViolation)) { try read(wire, in: 64) }
    }

    @Test("the limits are for each reply, not for the connection")
    func limitsPerReply() throws {
        let wire = String(repeating: "*50\r\n" + String(repeating: ":1\r\n", count: 50), count: 1_000)
        #expect(try read(wire, in: 333).count == 1_000)
    }

    @Test("random bytes never do more than end the reading")
    func randomBytes() throws {
        let alphabet = Array("+-:$*0123456789\r\n\0xé".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 1...60)).map { _ in alphabet.randomElement() ?? 0 }
            let reader = try ReplyReader(maximumBytes: 1_000, maximumElements: 100)
            do {
                try bytes.withUnsafeBytes { bytes in try reader.read(bytes) { _ in } }
            } catch {
                #expect(error as? RedisError == RedisError(.protocolViolation))
            }
        }
    }

    private func read(_ wire: String, in size: Int) throws -> [RedisValue] {
        let reader = try ReplyReader(maximumBytes: 1_000, maximumElements: 100)
        var rest = Array(wire.utf8)[...]
        var values: [RedisValue] = []
        while !rest.isEmpty {
            let portion = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            try portion.withUnsafeBytes { bytes in try reader.read(bytes) { values.append($0) } }
        }
        return values
    }
}
