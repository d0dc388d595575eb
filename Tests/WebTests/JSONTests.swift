import TestSupport
import Testing
import Values

@Suite("JSON")
struct JSONTests {
    private func read(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8)) }

    private func code(_ bytes: [UInt8], _ limits: JSON.Limits = JSON.Limits()) -> JSONFailure.Code? {
        do {
            _ = try JSON.parse(bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("values are read as they were written")
    func values() throws {
        #expect(try read(" null ") == .null)
        #expect(try read("true") == .bool(true))
        #expect(try read("-0.50e+3") == .number("-0.50e+3"))
        #expect(try read("\"\"") == .string(""))
        #expect(try read("[]") == .array([]))
        #expect(try read("{}") == .object([]))
        #expect(
            try read(#"{"a":[1,{"b":null}],"c":"d"}"#)
                == .object([("a", .array([.number("1"), .object([("b", .null)])])), ("c", .string("d"))])
        )
    }

    @Test("escapes and surrogate pairs become the characters they stand for")
    func escapes() throws {
        #expect(try read(#""\"\\\/\b\f\n\r\t\u0041\u00E9\ud83d\ude00""#) == .string("\"\\/\u{8}\u{c}\n\r\tAé😀"))
        #expect(try read("\"é😀\"") == .string("é😀"))
    }

    @Test(
        "what is not JSON is refused",
        .shows("IO-2"),
        arguments: [
            "", " ", "{", "}", "[", "]", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\"}", "{\"a\":}", "[1 2]", "01", "-", "1.", ".5", "1e", "+1",
            "0x1", "NaN", "Infinity",
            "tru", "nul", "'a'", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\n\"", "[1]//", "\u{a0}1",
        ]
    )
    func syntax(text: String) {
        #expect(code(Array(text.utf8)) == .syntax || code(Array(text.utf8)) == .trailingData)
    }

    @Test("ambiguous and dangerous texts are refused, each by its own code", .shows("IO-2"))
    func refusals() {
        #expect(code(Array(#"{"a":1,"b":2,"a":3}"#.utf8)) == .duplicateKey)
        #expect(code(Array(#"{"a":1,"a":3}"#.utf8)) == .duplicateKey)
        #expect(code(Array("\"\u{0}\"".utf8)) == .nul)
        #expect(code(Array(#""\u0000""#.utf8)) == .nul)
        #expect(code([0x22, 0xFF, 0x22]) == .encoding)
        #expect(code([0x22, 0xC0, 0x80, 0x22]) == .encoding)
        #expect(code([0x22, 0xED, 0xA0, 0x80, 0x22]) == .encoding)
        #expect(code(Array(#""\ud800""#.utf8)) == .surrogate)
        #expect(code(Array(#""\ud800\u0041""#.utf8)) == .surrogate)
        #expect(code(Array(#""\udc00""#.utf8)) == .surrogate)
        #expect(code([0xEF, 0xBB, 0xBF, 0x31]) == .byteOrderMark)
        #expect(code(Array("1 1".utf8)) == .trailingData)
    }

    @Test("limits hold for size, depth, members, values and digits", .shows("RS-1"))
    func limits() {
        #expect(code(Array("[1,2]".utf8), JSON.Limits(bytes: 4)) == .tooLarge)
        #expect(code(Array(String(repeating: "[", count: 32).utf8) + Array(String(repeating: "]", count: 32).utf8)) == nil)
        #expect(code(Array(String(repeating: "[", count: 33).utf8) + Array(String(repeating: "]", count: 33).utf8)) == .tooDeep)
        #expect(code(Array(String(repeating: "[", count: 100_000).utf8)) == .tooDeep)
        let members = (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(code(Array("{\(members)}".utf8)) == nil)
        #expect(code(Array("{\(members)}".utf8), JSON.Limits(members: 39)) == .tooMany)
        #expect(code(Array("{\(members),\"k7\":1}".utf8)) == .duplicateKey)
        #expect(code(Array("[1,2,3]".utf8), JSON.Limits(values: 3)) == .tooMany)
        #expect(code(Array(String(repeating: "9", count: 33).utf8)) == .numberTooLong)
    }

    @Test("what is written is read back the same, whatever the characters")
    func roundTrip() throws {
        var random = Seeded(seed: 7)
        for _ in 0..<500 {
            let value = random.json(depth: 4)
            #expect(try JSON.parse(value.bytes) == value)
        }
    }

    @Test("random bytes never trap", .shows("RS-3"))
    func fuzz() {
        var random = Seeded(seed: 11)
        let alphabet = Array("{}[]\",:\\u0123456789eE+-.truefalsn \u{0}\u{7f}é".utf8) + [0xFF, 0xC0, 0xED]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            if let value = try? JSON.parse(bytes) { #expect((try? JSON.parse(value.bytes)) == value) }
        }
    }

    @Test("integers of every size are written whole", .shows("IO-3"))
    func integers() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.int(Int64.min)
        writer.int(Int64.max)
        writer.int(UInt64.max)
        writer.int(Int8.min)
        writer.int(0)
        writer.endArray()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[-9223372036854775808,9223372036854775807,18446744073709551615,-128,0]")
    }

    @Test("control characters, quotes and backslashes are escaped", .shows("IO-8"))
    func escaping() {
        var writer = JSONWriter()
        writer.string("a\"b\\c\n\r\t\u{1}\u{1f}\u{7f}é")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""a\"b\\c\n\r\t\u0001\u001f\u007fé""#)
    }
}

/// The same random values in every run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func text() -> String {
        let scalars = (0..<Int.random(in: 0...12, using: &self)).map { _ in
            Unicode.Scalar(UInt32.random(in: 1...0x10FFFF, using: &self)) ?? "\u{fffd}"
        }
        return String(String.UnicodeScalarView(scalars))
    }

    mutating func json(depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &self))
        case 3: return .string(text())
        case 4: return .array((0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth: depth - 1) })
        default:
            var members: [(key: String, value: JSON)] = []
            for _ in 0..<Int.random(in: 0...4, using: &self) {
                let key = text()
                if !members.contains(where: { $0.key == key }) { members.append((key, json(depth: depth - 1))) }
            }
            return .object(members)
        }
    }
}
