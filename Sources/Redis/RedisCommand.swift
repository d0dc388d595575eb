internal import NIOCore

/// One argument. Every form is sent with its length, so any byte may occur in it.
public enum RedisArgument: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case key(RedisKey)
    case string(String)
    case bytes([UInt8])
    case integer(Int)

    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
}

/// A command: its name, fixed in the source, and its arguments.
public struct RedisCommand: Sendable {
    let name: StaticString
    let arguments: [RedisArgument]

    public init(_ name: StaticString, _ arguments: RedisArgument...) {
        self.init(name, arguments: arguments)
    }

    public init(_ name: StaticString, arguments: [RedisArgument]) {
        self.name = name
        self.arguments = arguments
    }
}

// MARK: RESP

extension RedisCommand {
    /// Appends the command as RESP sends it: an array of bulk strings.
    func write(to buffer: inout ByteBuffer) {
        buffer.writeStaticString("*")
        buffer.writeString(String(arguments.count + 1))
        buffer.writeStaticString("\r\n")
        Self.writeHeader(name.utf8CodeUnitCount, to: &buffer)
        buffer.writeStaticString(name)
        buffer.writeStaticString("\r\n")
        for argument in arguments {
            argument.write(to: &buffer)
        }
    }

    fileprivate static func writeHeader(_ length: Int, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("$")
        buffer.writeString(String(length))
        buffer.writeStaticString("\r\n")
    }
}

extension RedisArgument {
    fileprivate func write(to buffer: inout ByteBuffer) {
        switch self {
        case .key(let key): Self.write(key.name, to: &buffer)
        case .string(let text): Self.write(text, to: &buffer)
        case .integer(let number): Self.write(String(number), to: &buffer)
        case .bytes(let bytes):
            RedisCommand.writeHeader(bytes.count, to: &buffer)
            buffer.writeBytes(bytes)
            buffer.writeStaticString("\r\n")
        }
    }

    private static func write(_ text: String, to buffer: inout ByteBuffer) {
        RedisCommand.writeHeader(text.utf8.count, to: &buffer)
        buffer.writeString(text)
        buffer.writeStaticString("\r\n")
    }
}

// MARK: What the shared connection refuses

extension RedisCommand {
    /// Commands that leave state on the connection, change the order of replies, or wait in the server. On a shared connection
    /// they would reach into other callers' commands (CONTROLS TI-6). Transactions are scripts.
    private static let exclusive: Set<String> = [
        "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "DISCARD", "EXEC", "HELLO",
        "MONITOR", "MULTI", "PSUBSCRIBE", "PSYNC", "QUIT", "RESET", "SELECT", "SSUBSCRIBE", "SUBSCRIBE", "SYNC", "WAIT", "WATCH",
    ]
    /// Of those, the ones that only wait: they may run on a connection of their own.
    private static let waiting: Set<String> = [
        "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT",
    ]

    var mayBeShared: Bool { !Self.exclusive.contains(name.description.uppercased()) && !isReplyMode }
    var mayBlock: Bool {
        let name = name.description.uppercased()
        return (!Self.exclusive.contains(name) || Self.waiting.contains(name)) && !isReplyMode
    }

    /// `CLIENT REPLY OFF` and `SKIP` drop replies, after which none would belong to its command.
    private var isReplyMode: Bool {
        guard name.description.uppercased() == "CLIENT", case .string(let verb)? = arguments.first else { return false }
        return verb.uppercased() == "REPLY"
    }
}
