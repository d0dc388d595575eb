import Testing
import X12

@Suite("the reader survives what partners send") struct ReaderTests {
    @Test("the plain file is complete and balanced")
    func plain() {
        let file = Era().file
        #expect(file.findings == [])
        #expect(file.isComplete && file.isPostable)
    }

    @Test(
        "terminators of every kind",
        arguments: [("~", ""), ("~", "\r\n"), ("\n", ""), ("\r", ""), ("\r\n", ""), ("\u{1D}", ""), ("!", "\n"), ("'", "\r")]
    )
    func terminators(terminator: String, newline: String) {
        #expect(Era(terminator: terminator, newline: newline).file.isPostable)
    }

    @Test(
        "element and component separators come from the ISA alone",
        arguments: [("|", ">"), ("\u{1D}", "\u{1F}"), ("+", "\\"), ("^", "!")]
    )
    func separators(element: String, component: String) {
        let file = Era(element: element, component: component, isa11: "R").file
        #expect(file.isPostable)
        #expect(file.remittances.first?.claims.first?.lines.first?.procedure.modifiers == ["25"])
    }

    @Test("text around the interchange is passed over and noted")
    func surroundings() {
        #expect(Era(before: "\u{FEFF}").file.isPostable)
        let before = Era(before: "From: VISA/PLAN ISAAC\n\n").file
        #expect(before.isPostable)
        #expect(before.codes == [.textBeforeInterchange])
        let padded = Era(after: "\r\n\u{0}\u{0}\u{1A}").file
        #expect(padded.isPostable && padded.findings == [])
        #expect(Era(after: "THE END").file.codes == [.textAfterInterchange])
    }

    @Test("what only looks like an ISA does not hide the true one")
    func falseHeader() {
        let file = Era(before: "ISA-9 and VISA*or ISA/or ").file
        #expect(file.isPostable)
        #expect(file.codes == [.textBeforeInterchange])
    }

    @Test("a file wrapped at eighty columns is joined again")
    func wrapped() {
        let bytes = Era(newline: "").bytes
        var wrapped: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 80) { wrapped += bytes[start..<min(start + 80, bytes.count)] + [13, 10] }
        let file = RemittanceFile.read(wrapped)
        #expect(file.isPostable)
        #expect(file.remittances.first?.claims == Era().file.remittances.first?.claims)
    }

    @Test("indented segments, and a terminator printed at the start of the next line")
    func layouts() {
        let indented = Era().text.split(separator: "\n").map { "   \t\($0)" }.joined(separator: "\n")
        #expect(RemittanceFile.read(Array(indented.utf8)).isPostable)
        let moved = Era().text.replacing("~\n", with: "\n~")
        let file = RemittanceFile.read(Array(moved.utf8))
        #expect(file.isPostable)
        #expect(file.codes == [.terminatorAfterNewline])
    }

    @Test("an ISA that is not padded is read by its sixteen elements")
    func unpadded() {
        let text = Era().text.replacing("          ", with: "").replacing("PAYER     ", with: "PAYER")
        let file = RemittanceFile.read(Array(text.utf8))
        #expect(file.isPostable)
        #expect(file.codes == [.headerNotFixedWidth])
        #expect(file.interchanges.first?.sender == "PAYER")
    }

    @Test("ISA inside names and data begins nothing")
    func names() {
        var era = Era(newline: "")
        era.claims[2] = "NM1*QC*1*ISA*LISA****MI*ISA1"
        #expect(era.file.isPostable)
        #expect(era.file.remittances.first?.claims.first?.patient?.last == "ISA")
    }

    @Test("a file in Latin-1 keeps its letters")
    func latin1() {
        var bytes = Era().bytes
        if let at = bytes.firstRange(of: Array("JANE".utf8)) { bytes.replaceSubrange(at, with: [0x52, 0x45, 0x4E, 0xC9]) }
        let file = RemittanceFile.read(bytes)
        #expect(file.isPostable)
        #expect(file.codes == [.notUTF8])
        #expect(file.remittances.first?.claims.first?.patient?.first == "RENÉ")
    }

    @Test("NUL and bytes that are not UTF-8 are found where they stand, in the reader and in what inspect prints")
    func notText() throws {
        let text = Era().text
        let segment = try #require(text.split(separator: "~").firstIndex { $0.contains("NM1*QC") }) + 1
        let place = Position(interchange: 1, segment: segment)
        for (bytes, code) in [
            ([0x44, 0x00, 0x45], Finding.Code.controlCharacter), ([0x44, 0xC3, 0x28], .notUTF8), ([0xFF, 0xFE, 0x45], .notUTF8),
        ] {
            var file = Array(text.utf8)
            let name = try #require(file.firstRange(of: Array("DOE".utf8)))
            file.replaceSubrange(name, with: bytes.map(UInt8.init))
            let found = RemittanceFile.read(file).findings.filter { $0.code == code }
            #expect(found.map(\.position) == [place], "\(bytes)")
            #expect(inspect(file).contains(code.rawValue))
        }
    }

    @Test("UTF-16 is refused by name")
    func utf16() {
        var bytes: [UInt8] = [0xFF, 0xFE]
        for unit in Era().text.utf16 { bytes += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let file = RemittanceFile.read(bytes)
        #expect(!file.isComplete)
        #expect(file.reasons == [.utf16])
    }

    @Test("no bytes, no ISA: nothing is complete", arguments: ["", "\n", "ISA", "ISA*", "hello", "ST*835*0001~SE*2*0001~"])
    func nothing(text: String) {
        let file = RemittanceFile.read(Array(text.utf8))
        #expect(!file.isComplete && !file.isPostable)
        #expect(file.reasons == [.noInterchange])
    }

    @Test("interchanges with different delimiters in one file")
    func several() {
        let file = RemittanceFile.read(
            Era().bytes + Era(element: "|", component: ">", terminator: "!").bytes + Era(terminator: "\n", newline: "").bytes
        )
        #expect(file.isPostable)
        #expect(file.interchanges.count == 3)
        #expect(file.remittances.count == 3)
    }

    @Test("a missing IEA before another interchange, whatever its delimiters, refuses the file")
    func missingEnd() {
        let cut = Era().text.replacing("IEA*1*000000905~\n", with: "")
        for next in [Era(), Era(element: "|", component: ">", terminator: "!")] {
            let file = RemittanceFile.read(Array(cut.utf8) + next.bytes)
            #expect(file.interchanges.count == 2)
            #expect(file.reasons == [.interchangeEndMissing])
            #expect(!file.isPostable)
        }
    }

    @Test("the last segment without its terminator refuses the file")
    func unterminated() {
        let text = String(Era().text.dropLast(2))
        let file = RemittanceFile.read(Array(text.utf8))
        #expect(file.reasons == [.unterminatedSegment])
    }

    @Test("control characters become blanks, empty segments are passed over")
    func oddities() {
        let control = RemittanceFile.read(Array(Era().text.replacing("DOE", with: "D\u{0}E").utf8))
        #expect(control.codes == [.controlCharacter])
        #expect(control.remittances.first?.claims.first?.patient?.last == "D E")
        #expect(RemittanceFile.read(Array(Era().text.replacing("~\nLX", with: "~~\nLX").utf8)).isPostable)
    }

    @Test("a segment beyond the limit refuses the file and costs no memory")
    func limits() {
        var era = Era()
        era.claims[2] = "NM1*QC*1*" + String(repeating: "X", count: 200_000)
        #expect(era.file.reasons == [.segmentTooLong])
        era.claims[2] = "NM1" + String(repeating: "*", count: 5_000)
        #expect(era.file.reasons == [.segmentTooLong])
        var limits = Limits()
        limits.findings = 3
        let many = RemittanceFile.read(Array(Era().text.replacing("~", with: "~SE*1*1~").utf8), limits: limits)
        #expect(many.findings.count { $0.severity == .refusesFile } == 3)
        #expect(many.verdict.findingsLeftOut > 0)
        let long = RemittanceFile.read(Array(Era().text.replacing("IEA*1*", with: "IEA*1*" + String(repeating: "9", count: 50_000)).utf8))
        #expect(long.reasons == [.interchangeControl] && long.findings.allSatisfy { $0.text.count <= 120 })
    }

    @Test("delimiters that cannot be told from data are refused", arguments: ["A", "7", " ", "*"])
    func delimiters(component: String) {
        let file = RemittanceFile.read(Array(Era().text.replacing("*T*:~", with: "*T*\(component)~").utf8))
        #expect(!file.isComplete)
    }

    @Test("chunks may be cut anywhere", arguments: [1, 2, 3, 7, 64, 105, 106, 107, 1000])
    func chunks(size: Int) {
        let bytes =
            Era(before: "junk ISA*1 ").bytes + Era(terminator: "\n", newline: "").bytes
            + Era(terminator: "\n~", newline: "", before: "\n").bytes
        var reader = RemittanceReader()
        var claims: [RemittanceClaim] = []
        var remittances: [Remittance] = []
        func keep(_ event: RemittanceEvent) {
            switch event {
            case .claim(let claim): claims.append(claim)
            case .remittance(let remittance): remittances.append(remittance)
            }
        }
        for start in stride(from: 0, to: bytes.count, by: size) { reader.read(Array(bytes[start..<min(start + size, bytes.count)]), keep) }
        let verdict = reader.finish(keep)
        let whole = RemittanceFile.read(bytes)
        #expect(verdict == whole.verdict)
        #expect(claims == whole.remittances.flatMap(\.claims))
        #expect(remittances.map(\.balance) == whole.remittances.map(\.balance))
        #expect(verdict.isPostable)
    }
}
