import TestSupport
import Testing

@testable import Scheduling

@Suite("A table from a CSV file")
struct CalendarTableTests {
    private func read(_ text: String, _ separator: TableReader.Separator = .comma, _ limits: TableLimits = .standard) -> TableContent {
        TableReader.read(Array(text.utf8), separator: separator, limits: limits)
    }

    private func codes(_ text: String, _ limits: TableLimits = .standard) -> [String] {
        read(text, .comma, limits).findings.map(\.code.rawValue)
    }

    @Test("a header and rows, with quotes that hold separators, newlines and quotes")
    func plain() {
        let content = read("\u{FEFF}day, time ,\"note\"\r\n2026-03-02,09:00,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2026-03-03,,x\n")
        #expect(content.columns == ["day", "time", "note"])
        #expect(content.rows.map(\.fields) == [["2026-03-02", "09:00", "a, \"b\"\r\nc"], ["2026-03-03", "", "x"]])
        #expect(content.rows.map(\.line) == [2, 5])
        #expect(content.isTrusted && content.findings.isEmpty)
    }

    @Test("other separators, and a last line without an end")
    func separators() {
        #expect(read("a;b\n1,5;2", .semicolon).rows.map(\.fields) == [["1,5", "2"]])
        #expect(read("a\tb\n1\t", .tab).rows.map(\.fields) == [["1", ""]])
    }

    @Test("a header alone is a table without rows")
    func empty() {
        #expect(read("a,b").isTrusted && read("a,b\n").rows.isEmpty)
    }

    @Test(
        "what is wrong with a row leaves that row out",
        arguments: [
            ("1", "too-few-fields"), ("1,2,3", "too-many-fields"), ("1,x\"y", "quote-misplaced"), ("\"1\"x,2", "quote-misplaced"),
            ("1,\u{0}", "control-character"),
        ]
    )
    func rows(_ row: String, _ code: String) {
        let content = read("a,b\n\(row)\n3,4\n")
        #expect(content.findings.map(\.code.rawValue) == [code] && content.findings.first?.line == 2)
        #expect(content.rows.map(\.fields) == [["3", "4"]])
        #expect(content.heldRows == 1 && content.isTrusted)
    }

    @Test("bytes that are not UTF-8 leave their row out, and their column is named")
    func encoding() {
        let content = TableReader.read(Array("a,b\n1,".utf8) + [0xE4] + Array("\n3,4".utf8))
        #expect(content.findings == [TableContent.Finding(code: .notUTF8, line: 2, column: 2)])
        #expect(content.rows.count == 1)
    }

    @Test("what makes the file unreadable gives nothing of it")
    func refused() {
        #expect(codes("") == ["header-missing"])
        #expect(codes("\n\n") == ["header-missing"])
        #expect(codes("a,,b\n1,2,3") == ["header-invalid"])
        #expect(codes("a, a\n1,2") == ["column-repeated"])
        #expect(codes("a,b\n1,\"2\n3,4\n") == ["quote-unclosed"])
        #expect(read("a,b\n1,2\n1,\"2\n3,4\n").rows.isEmpty)
        #expect(TableReader.read([0xFF, 0xFE, 0x61, 0x00]).findings.map(\.code) == [.utf16])
    }

    @Test("each limit is a finding")
    func limits() {
        var limits = TableLimits()
        limits.bytes = 100
        limits.rows = 2
        limits.columns = 3
        limits.fieldBytes = 4
        limits.findings = 1
        #expect(codes(String(repeating: "a", count: 101), limits) == ["file-too-large"])
        #expect(codes("a\n1\n2\n3\n", limits) == ["too-many-rows"])
        #expect(codes("a,b,c,d\n", limits) == ["too-many-columns"])
        #expect(codes("a\n12345\n", limits) == ["field-too-long"])
        let content = read("a\n1,2\n1,2\n", .comma, limits)
        #expect(content.findings.count == 1 && content.findingsLeftOut == 1 && content.heldRows == 2)
    }

    @Test("megabytes made to be slow are read in a moment", .timeLimit(.minutes(1)))
    func slow() {
        for text in [",", "\"", "\"\"", "\n", "\r", "a\n"] { _ = read(String(repeating: text, count: 300_000)) }
    }
}
