import TestSupport
import Testing
import Values

@testable import Web

@Suite("forms and queries")
struct FormTests {
    private let required = "id=01890a5d-ac96-774b-bcce-b302099a8057&name=Ada&at=2026-03-02T09%3A00%3A00Z&count=3"

    @Test("a form is the same body: text becomes what its kind wants")
    func form() throws {
        let visit = try Visit.shape.read(
            form: Array(
                (required
                    + "&is_new=on&remark=a%0D%0Ab&phone=%28212%29+555-0123&tags=a&tags=b&lines.0.code=A1&lines.0.amount=12&lines.1.code=B&lines.1.amount=0&born=")
                    .utf8
            )
        )
        #expect(visit.count == 3 && visit.isNew && visit.remark == "a\nb" && visit.born == nil)
        #expect(visit.phone?.e164 == "+12125550123")
        #expect(visit.tags == ["a", "b"])
        #expect(visit.lines == [Line(code: "A1", amount: 12), Line(code: "B", amount: 0)])
    }

    @Test("members of a form are pointed at like those of a body, parameters are named")
    func errors() {
        #expect(
            pointers { try Visit.shape.read(form: Array((required + "&count=4&x=1&lines.0.amount=1").utf8)) } == [
                "/count", "/lines/0/code", "/x",
            ]
        )
        #expect(pointers { try Visit.shape.read(query: Array((required + "&small=300&x=1").utf8), for: .everything) } == ["small", "x"])
    }

    private func pointers(_ body: () throws -> Visit) -> [String] {
        do {
            _ = try body()
            return []
        } catch let problem as Problem {
            return problem.errors.map(\.pointer)
        } catch {
            return []
        }
    }

    @Test(
        "broken escapes, bytes that are no text, and floods are refused as malformed",
        .shows("IO-2"),
        arguments: ["a=%", "a=%2", "a=%zz", "a=%ff", "%00=1", "a=%00"]
    )
    func malformed(text: String) {
        #expect { try FormText(Array(text.utf8), isQuery: false) } throws: { ($0 as? Problem)?.kind == .malformed }
        let flood = Array(repeating: "a=1", count: 600).joined(separator: "&")
        #expect(throws: Problem.self) { try FormText(Array(flood.utf8), isQuery: true) }
    }

    @Test("an integer in a query is plain digits", arguments: ["1e2", "1.0", " 1", "+1", "", "0x1", "１"])
    func integers(text: String) {
        #expect(throws: Problem.self) {
            try Shape("Q", Count()) { Field("n", \.n, .int(0...100)) }.read(FormText(pairs: [("n", text)]), isQuery: true, .everything)
        }
    }

    private struct Count: Sendable {
        var n = 0
    }

    @Test("random forms never trap", .shows("RS-3"))
    func fuzz() {
        var random = Seeded(seed: 3)
        let alphabet = Array("abc=&%+.0123lines.amount\u{0}é".utf8) + [0xFF]
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            #expect(throws: Problem.self) { try Visit.shape.read(form: bytes) }
        }
    }
}
