/// A reply. RESP2 has these six kinds.
public enum RedisValue: Sendable, Hashable {
    case null
    case integer(Int64)
    /// A short text such as `OK`.
    case status(String)
    case bulk([UInt8])
    case array([RedisValue])
    /// A refusal, with the server's text. The text can repeat arguments: never log it, log ``errorCode``.
    case error(String)
}

extension RedisValue {
    /// The text of a status, or of a bulk that is valid UTF-8.
    public var string: String? {
        switch self {
        case .status(let text): text
        case .bulk(let bytes): String(validating: bytes, as: UTF8.self)
        case .null, .integer, .array, .error: nil
        }
    }

    /// The bytes of a bulk.
    public var bytes: [UInt8]? {
        guard case .bulk(let bytes) = self else { return nil }
        return bytes
    }

    /// An integer, or a bulk that is the decimal text of one.
    public var int: Int? {
        guard case .integer(let number) = self else { return bytes == nil ? nil : string.flatMap { Int($0) } }
        return Int(number)
    }

    /// The elements of an array.
    public var array: [RedisValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    public var isNull: Bool { self == .null }

    /// The first word of a refusal, such as `WRONGTYPE`; `ERR` if the text does not begin with a code.
    public var errorCode: String? {
        guard case .error(let text) = self else { return nil }
        let word = text.utf8.prefix { $0 != UInt8(ascii: " ") }
        let isCode = !word.isEmpty && word.count <= 32 && word.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
        return isCode ? String(word) : "ERR"
    }
}
