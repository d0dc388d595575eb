/// Reads RFC 8259 strictly. Recursion is bounded by `limits.depth`.
struct JSONParser {
    let bytes: [UInt8]
    let limits: JSON.Limits
    private var at = 0
    private var depth = 0
    private var values = 0

    init(bytes: [UInt8], limits: JSON.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONFailure) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure(.byteOrderMark) }
        let value = try value()
        skipSpace()
        guard at == bytes.count else { throw failure(.trailingData) }
        return value
    }

    private mutating func value() throws(JSONFailure) -> JSON {
        skipSpace()
        values += 1
        guard values <= limits.values else { throw failure(.tooMany) }
        switch peek ?? 0 {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw failure(.syntax)
        }
    }

    private mutating func object() throws(JSONFailure) -> JSON {
        try enter()
        var members: [(key: String, value: JSON)] = []
        var seen: Set<String> = []
        skipSpace()
        if !take("}") {
            repeat {
                skipSpace()
                guard peek == UInt8(ascii: "\"") else { throw failure(.syntax) }
                let start = at
                let key = try string()
                // A set pays only when there are many members; most objects have fewer.
                let known = seen.isEmpty ? members.contains { $0.key == key } : seen.contains(key)
                guard !known else { throw JSONFailure(code: .duplicateKey, offset: start) }
                skipSpace()
                guard take(":") else { throw failure(.syntax) }
                members.append((key, try value()))
                guard members.count <= limits.members else { throw failure(.tooMany) }
                if members.count == 16 { seen = Set(members.map(\.key)) } else if members.count > 16 { seen.insert(key) }
                skipSpace()
            } while take(",")
            guard take("}") else { throw failure(.syntax) }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(JSONFailure) -> JSON {
        try enter()
        var items: [JSON] = []
        skipSpace()
        if !take("]") {
            repeat {
                items.append(try value())
                skipSpace()
            } while take(",")
            guard take("]") else { throw failure(.syntax) }
        }
        depth -= 1
        return .array(items)
    }

    private mutating func enter() throws(JSONFailure) {
        depth += 1
        guard depth <= limits.depth else { throw failure(.tooDeep) }
        at += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONFailure) -> JSON {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count, (0..<length).allSatisfy({ bytes[at + $0] == word.utf8Start[$0] }) else { throw failure(.syntax) }
        at += length
        return value
    }

    private mutating func number() throws(JSONFailure) -> String {
        let start = at
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        guard at - start <= limits.digits else { throw JSONFailure(code: .numberTooLong, offset: start) }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFailure) {
        let start = at
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { at += 1 }
        guard at > start else { throw failure(.syntax) }
    }

    private mutating func string() throws(JSONFailure) -> String {
        at += 1
        let start = at
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                defer { at += 1 }
                return try text(bytes[start..<at], from: start)
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case 0: throw failure(.nul)
            case ..<0x20: throw failure(.syntax)
            default: at += 1
            }
        }
        throw failure(.syntax)
    }

    private mutating func escapedString(from start: Int) throws(JSONFailure) -> String {
        var out = Array(bytes[start..<at])
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return try text(out[...], from: start)
            case UInt8(ascii: "\\"):
                at += 1
                try escape(into: &out)
            case 0: throw failure(.nul)
            case ..<0x20: throw failure(.syntax)
            default:
                out.append(byte)
                at += 1
            }
        }
        throw failure(.syntax)
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONFailure) {
        guard let byte = peek else { throw failure(.syntax) }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(8)
        case UInt8(ascii: "f"): out.append(12)
        case UInt8(ascii: "n"): out.append(10)
        case UInt8(ascii: "r"): out.append(13)
        case UInt8(ascii: "t"): out.append(9)
        case UInt8(ascii: "u"):
            let start = at - 2
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard take("\\"), take("u") else { throw JSONFailure(code: .surrogate, offset: start) }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw JSONFailure(code: .surrogate, offset: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard code != 0 else { throw JSONFailure(code: .nul, offset: start) }
            guard let scalar = Unicode.Scalar(code) else { throw JSONFailure(code: .surrogate, offset: start) }
            out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw failure(.syntax)
        }
    }

    private mutating func hexadecimal() throws(JSONFailure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = hexDigit(byte) else { throw failure(.syntax) }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }

    private func text(_ slice: ArraySlice<UInt8>, from start: Int) throws(JSONFailure) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw JSONFailure(code: .encoding, offset: start) }
        return text
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 32 || byte == 10 || byte == 13 || byte == 9 { at += 1 }
    }

    private func failure(_ code: JSONFailure.Code) -> JSONFailure { JSONFailure(code: code, offset: at) }
}
