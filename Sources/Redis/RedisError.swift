/// Why a command has no result. Its description names the kind and the command, never arguments or the server's text, because
/// Redis repeats arguments in some of its messages.
public struct RedisError: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Not connected; the command was not sent.
        case unavailable
        /// TLS failed: another authority, another name, or no TLS at the other end. The command was not sent.
        case untrusted
        /// Too many commands wait already; the command was not sent.
        case overloaded
        /// The command would change or block the shared connection; it was not sent. See ``Redis/command(_:_:)``.
        case notAllowed
        /// No answer in time. Whether the command was carried out is unknown.
        case timeout
        /// The connection was lost after sending. Whether the command was carried out is unknown.
        case closed
        /// The other end does not speak RESP2, or a reply passed a limit. Whether the command was carried out is unknown.
        case protocolViolation
        /// Redis refused the command. The code is the first word of its message: `WRONGTYPE`, `OOM`, `ERR` …
        case server(code: String)
    }

    public let kind: Kind
    /// The command's name, such as `BLMPOP`; nil where no single command is meant.
    public let command: String?
    /// What the network or TLS said of a lost connection; never the server's text.
    public let cause: String?

    init(_ kind: Kind, _ command: String? = nil, cause: String? = nil) {
        self.kind = kind
        self.command = command
        self.cause = cause
    }

    /// True when the command was sent and no reply came: it may or may not have had its effect.
    public var outcomeIsUnknown: Bool {
        switch kind {
        case .timeout, .closed, .protocolViolation: true
        case .unavailable, .untrusted, .overloaded, .notAllowed, .server: false
        }
    }

    /// What a command gets that was not sent because the connection ended with this error.
    var beforeSending: RedisError {
        kind == .untrusted ? self : RedisError(.unavailable)
    }

    func naming(_ command: RedisCommand) -> RedisError {
        RedisError(kind, command.name.description, cause: cause)
    }
}

extension RedisError: CustomStringConvertible {
    public var description: String {
        let subject = command.map { "Redis \($0): " } ?? "Redis: "
        return subject + reason + (cause.map { " (\($0))" } ?? "")
    }

    private var reason: String {
        switch kind {
        case .unavailable: "not connected"
        case .untrusted: "the server's certificate was refused"
        case .overloaded: "too many commands wait"
        case .notAllowed: "not allowed on this connection"
        case .timeout: "no answer in time"
        case .closed: "the connection was lost"
        case .protocolViolation: "the reply could not be read"
        case .server(let code): "refused with \(code)"
        }
    }
}
