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

// MARK: What a command does to its connection

extension RedisCommand {
    enum Effect {
        /// Answers at once and leaves nothing behind: may share a connection.
        case none
        /// Waits in the server: needs a connection of its own meanwhile.
        case waits
        /// Leaves state on the connection or changes the order of replies. It would reach into other callers' commands, now or
        /// later (CONTROLS TI-6), so it is never sent. Transactions are scripts.
        case lasts
    }

    var effect: Effect {
        let name = name.description.uppercased()
        switch name {
        case "CLIENT": return arguments.first?.says("REPLY") == true ? .lasts : .none
        case "XREAD", "XREADGROUP": return arguments.contains { $0.says("BLOCK") } ? .waits : .none
        default: return Self.effects[name] ?? .none
        }
    }

    private static let effects: [String: Effect] = {
        let waiting = ["BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT"]
        let lasting = [
            "AUTH", "DISCARD", "EXEC", "HELLO", "MONITOR", "MULTI", "PSUBSCRIBE", "PSYNC", "QUIT", "RESET", "SELECT", "SSUBSCRIBE",
            "SUBSCRIBE", "SYNC", "WATCH",
        ]
        return Dictionary(uniqueKeysWithValues: waiting.map { ($0, Effect.waits) } + lasting.map { ($0, Effect.lasts) })
    }()
}

extension RedisArgument {
    /// Whether this is a word of a command's grammar.
    fileprivate func says(_ word: String) -> Bool {
        guard case .string(let text) = self else { return false }
        return text.uppercased() == word
    }
}
