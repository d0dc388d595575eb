/// A JSON value as it was written: numbers stay text (no double ever touches an amount), members keep their order.
public enum JSON: Sendable {
    case null
    case bool(Bool)
    /// The number's text, already checked against RFC 8259's grammar.
    case number(String)
    case string(String)
    case array([JSON])
    /// Keys are unique.
    case object([(key: String, value: JSON)])

    /// Reads one JSON text. Refused: duplicate keys, NUL, invalid UTF-8, lone surrogates, a byte order mark, anything after the
    /// value, and whatever is beyond `limits`.
    public static func parse(_ bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(JSONFailure) -> JSON {
        guard bytes.count <= limits.bytes else { throw JSONFailure(code: .tooLarge, offset: limits.bytes) }
        var parser = JSONParser(bytes: Array(bytes), limits: limits)
        return try parser.document()
    }

    /// What one text may cost.
    public struct Limits: Sendable {
        public var bytes: Int
        /// Arrays and objects inside each other.
        public var depth: Int
        /// Members of one object.
        public var members: Int
        /// Values in the whole text.
        public var values: Int
        /// Characters of one number.
        public var digits: Int

        public init(bytes: Int = 256 * 1024, depth: Int = 32, members: Int = 512, values: Int = 50_000, digits: Int = 32) {
            self.bytes = bytes
            self.depth = depth
            self.members = members
            self.values = values
            self.digits = digits
        }
    }

    /// The member of an object; nil for other values and for absent members.
    public subscript(_ key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A plain integer inside Int; nil for `1.0` and `1e2`.
    public var integer: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    public static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// The shortest text of this value.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension JSON: Equatable {
    /// Objects are equal when they have the same members, in whatever order.
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.number(let a), .number(let b)), (.string(let a), .string(let b)): return a == b
        case (.array(let a), .array(let b)): return a == b
        case (.object(let a), .object(let b)):
            return a.count == b.count && a.allSatisfy { member in b.contains { $0.key == member.key && $0.value == member.value } }
        default: return false
        }
    }
}

/// Why a text is not accepted, and where. Carries no part of the text.
public struct JSONFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case syntax
        case tooLarge = "too_large"
        case tooDeep = "too_deep"
        case tooMany = "too_many_members"
        case duplicateKey = "duplicate_key"
        case nul
        case encoding = "invalid_utf8"
        case surrogate = "lone_surrogate"
        case byteOrderMark = "byte_order_mark"
        case trailingData = "trailing_data"
        case numberTooLong = "number_too_long"
    }

    public let code: Code
    /// Bytes from the start of the text.
    public let offset: Int

    public init(code: Code, offset: Int) {
        self.code = code
        self.offset = offset
    }

    public var description: String { "\(code.rawValue) at byte \(offset)" }
}
