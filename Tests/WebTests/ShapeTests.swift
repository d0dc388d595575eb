import Access
import TestSupport
import Testing
import Values

@testable import Web

@Suite("shapes")
struct ShapeTests {
    private let outsider = Viewer { $0 != .patientsMerge }

    private func read(_ text: String, _ viewer: Viewer = .everything) throws -> Visit {
        try Visit.shape.read(JSON.parse(Array(text.utf8)), for: viewer)
    }

    private func errors(_ text: String, _ viewer: Viewer = .everything) -> [String] {
        do {
            _ = try read(text, viewer)
            return []
        } catch let problem as Problem {
            return problem.errors.map { "\($0.pointer) \($0.code)" }
        } catch {
            return ["\(error)"]
        }
    }

    private func errors(with member: String) -> [String] { errors("{\(Visit.required),\(member)}") }

    @Test("a body is read whole; absent members keep the blank value")
    func read() throws {
        let visit = try read(
            #"""
            {"id":"01890A5D-ac96-774b-bcce-b302099a8057","name":"Ada ♥","remark":"a\nb","born":"2000-02-29","at":"2026-03-02T09:00:00.5-05:00",
            "time":"23:59","zone":"America/New_York","count":-5,"small":-128,"is_new":true,"mood":"worried","npi":"1234567893","phone":"+12125550123",
            "email":"a@example.org","price":{"minor":1250,"currency":"USD"},"lines":[{"code":"A1","amount":0}],"tags":["a","b"],"extra":{"x":[1.5]},
            "marks":{"b":2,"a":1},"nickname":"Countess","secret":"s"}
            """#
        )
        #expect(visit.name == "Ada ♥")
        #expect(visit.at.description == "2026-03-02T14:00:00.500000Z")
        #expect(visit.small == -128)
        #expect(visit.price == Money(minor: 1250, .usd))
        #expect(visit.lines == [Line(code: "A1", amount: 0)])
        #expect(visit.marks == ["a": 1, "b": 2])
        #expect(visit.nickname == .set("Countess"))
        let blank = try read("{\(Visit.required)}")
        #expect(blank.mood == .calm && blank.remark == nil && blank.nickname == .keep)
        #expect(try read(#"{\#(Visit.required),"nickname":null,"remark":null}"#).nickname == .clear)
    }

    @Test("what is written is read back the same")
    func roundTrip() throws {
        let text =
            #"{\#(Visit.required),"born":"1999-12-31","lines":[{"code":"B","amount":7}],"nickname":"X","marks":{"q":9},"email":"a@b.co"}"#
        let visit = try read(text)
        #expect(try Visit.shape.read(JSON.parse(Visit.shape.bytes(visit))) == visit)
        let without = try read("{\(Visit.required)}")
        #expect(try Visit.shape.read(JSON.parse(Visit.shape.bytes(without))) == without)
    }

    @Test("all wrong members are reported, each with its pointer", .shows("AZ-4"))
    func allErrors() {
        let wrong = errors(#"{"id":"x","name":"","count":1.0,"at":7,"lines":[{"code":"a","amount":-1},{"amount":1,"x/y~":1}],"surplus":1}"#)
        #expect(
            wrong == [
                "/id format", "/name too_short", "/at type", "/count type", "/lines/0/code format", "/lines/0/amount out_of_range",
                "/lines/1/code required", "/lines/1/x~1y~0 unknown_member", "/surplus unknown_member",
            ]
        )
        #expect(errors("{}") == ["/id required", "/name required", "/at required", "/count required"])
        #expect(errors("[]") == [" type"])
    }

    @Test(
        "an integer is written plainly and fits",
        .shows("IO-3"),
        arguments: ["1.0", "1e2", "\"1\"", "1001", "-6", "99999999999999999999", "true", "null", "1E0"]
    )
    func integers(text: String) {
        #expect(errors(with: "\"mood\":\"calm\"").isEmpty)
        let required = Visit.required.replacing("\"count\":3", with: "\"count\":\(text)")
        #expect(errors("{\(required)}").count == 1)
    }

    @Test(
        "members of the wrong form are refused",
        arguments: [
            #""born":"2001-02-29""#, #""born":"01-02-2001""#, #""born":"1799-12-31""#, #""at2":1"#, #""time":"24:00""#, #""zone":"EST""#,
            #""zone":"Mars/Base""#,
            #""small":128"#, #""is_new":"true""#, #""is_new":1"#, #""mood":"Calm""#, #""mood":null"#, #""npi":"1234567890""#,
            #""phone":"2125550123""#,
            #""phone":"+1 212 555 0123""#, #""email":"a@b""#, #""email":"a b@c.de""#, #""email":null"#, #""price":{"minor":1}"#,
            #""price":12"#,
            #""price":{"minor":1,"currency":"usd"}"#, #""lines":[{},{},{},{}]"#, #""lines":{}"#, #""tags":["a","a"]"#, #""tags":[1]"#,
            #""marks":{"a":1,"b":2,"c":3}"#, #""marks":{"a b":1}"#, #""marks":{"a":"1"}"#, #""nickname":"""#, #""remark":"a\u0007""#,
            #""remark":"a\r\nb""#,
            #""extra":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789""#,
        ]
    )
    func forms(member: String) {
        #expect(!errors(with: member).isEmpty)
    }

    @Test(
        "one line of text has no control characters, nothing that turns it round, and something to see",
        .shows("IO-8"),
        arguments: [
            "", " ", "\u{a0}", "a\nb", "a\u{85}", "a\u{2028}", "a\u{7f}", "a\u{202e}b", "\u{2066}a", "\u{200b}\u{feff}", "a\u{ffff}",
            "123456789012345678901",
        ]
    )
    func text(_ text: String) {
        var writer = JSONWriter()
        writer.string(text)
        let required = Visit.required.replacing("\"Ada\"", with: String(decoding: writer.bytes, as: UTF8.self))
        #expect(errors("{\(required)}").count == 1)
    }

    @Test("a member that nobody knows is named, not echoed whole")
    func longKey() {
        let errors = errors("{\(Visit.required),\"\(String(repeating: "k", count: 50_000))\":1}")
        #expect(errors.count == 1 && errors.allSatisfy { $0.utf8.count < 200 })
    }

    @Test("length counts code points, not bytes")
    func length() {
        let required = Visit.required.replacing("Ada", with: String(repeating: "😀", count: 20))
        #expect(errors("{\(required)}").isEmpty)
    }

    @Test("a member that needs a permission does not exist without it", .shows("AZ-3"))
    func visibility() throws {
        let text = #"{\#(Visit.required),"secret":"s"}"#
        #expect(errors(text).isEmpty)
        #expect(errors(text, outsider) == ["/secret unknown_member"])
        let visit = try read(text)
        #expect(String(decoding: Visit.shape.bytes(visit), as: UTF8.self).contains("\"secret\":\"s\""))
        #expect(!String(decoding: Visit.shape.bytes(visit, for: outsider), as: UTF8.self).contains("secret"))
    }

    @Test("no more errors are collected than help")
    func manyErrors() {
        let members = (0..<200).map { "\"x\($0)\":1" }.joined(separator: ",")
        #expect(errors("{\(members)}").count == Reading.maximumErrors)
    }

    @Test("a key that only looks like a member's is unknown")
    func lookalikes() {
        // The second is canonically equal to no ASCII key, but String's == would take U+212A for K.
        #expect(errors(with: #""Remark":"x""#) == ["/Remark unknown_member"])
        #expect(errors(with: #""remark\u0301":"x""#).count == 1)
    }

    @Test("random JSON never traps and is never half taken", .shows("RS-3"))
    func fuzz() {
        var random = Seeded(seed: 5)
        for _ in 0..<2000 { #expect(throws: Problem.self) { try Visit.shape.read(random.json(depth: 3)) } }
    }

    @Test("a shape without a blank value is written from constants and computed members")
    func writeOnly() throws {
        struct Total: Sendable {
            let parts: [Int]
            var sum: Int { parts.reduce(0, +) }
        }
        let shape = Shape<Total>("Total") { Field("sum", \.sum, .int(0...100)) }
        #expect(String(decoding: shape.bytes(Total(parts: [1, 2])), as: UTF8.self) == #"{"sum":3}"#)
        #expect(throws: Problem.self) { try shape.read(.object([("sum", .number("1"))])) }
    }
}
