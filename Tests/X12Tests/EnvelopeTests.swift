import Testing
import X12

@Suite("an envelope that does not add up refuses the file") struct EnvelopeTests {
    @Test(
        "counts and control numbers",
        arguments: [
            ("IEA*1*", "IEA*2*", Finding.Code.interchangeCount), ("IEA*1*000000905", "IEA*1*000000906", .interchangeControl),
            ("GE*1*", "GE*2*", .groupCount), ("GE*1*77", "GE*1*78", .groupControl), ("*0001~\nGE", "*0002~\nGE", .transactionControl),
            ("SE*", "SE*1", .transactionCount), ("SE*", "SE*X", .transactionCount), ("SE*", "SE*99999999999999999999", .transactionCount),
        ]
    )
    func wrong(good: String, bad: String, code: Finding.Code) {
        let file = RemittanceFile.read(Array(Era().text.replacing(good, with: bad).utf8))
        #expect(file.reasons == [code])
        #expect(!file.isComplete && !file.isPostable)
        #expect(file.findings.first?.position.segment ?? 0 > 20)
    }

    @Test("missing ends and beginnings")
    func missing() {
        func read(without segment: String) -> RemittanceFile {
            RemittanceFile.read(Array(Era().text.split(separator: "\n").filter { !$0.hasPrefix(segment) }.joined(separator: "\n").utf8))
        }
        #expect(read(without: "SE*").reasons == [.transactionEndMissing])
        #expect(read(without: "ST*").reasons == [.transactionStartMissing, .groupCount])
        #expect(read(without: "GE*").reasons == [.groupEndMissing])
        #expect(read(without: "GS*").reasons == [.transactionOutsideGroup, .groupStartMissing, .interchangeCount])
        #expect(read(without: "IEA*").reasons == [.interchangeEndMissing])
    }

    @Test("two transactions in a group, the number repeated: noted, not refused")
    func repeated() {
        let text = Era().text
        guard let from = text.range(of: "ST*"), let to = text.range(of: "GE*") else { return }
        let twice = text[..<to.lowerBound] + text[from.lowerBound..<to.lowerBound] + "GE*2*77~IEA*1*000000905~"
        let file = RemittanceFile.read(Array(twice.utf8))
        #expect(file.isPostable)
        #expect(file.codes == [.transactionRepeated])
        #expect(file.remittances.count == 2)
    }

    @Test("all that is wrong is listed, not the first alone")
    func several() {
        let text = Era().text.replacing("IEA*1*000000905", with: "IEA*3*1").replacing("GE*1*77", with: "GE*4*5")
        #expect(RemittanceFile.read(Array(text.utf8)).reasons == [.interchangeCount, .interchangeControl, .groupCount, .groupControl])
    }

    @Test("a file without a remittance is complete but holds nothing to post")
    func other() {
        let file = RemittanceFile.read(Fixture.own("999-TA1/synth_999_accepted.edi"))
        #expect(file.isComplete && !file.isPostable)
        #expect(file.verdict.otherTransactions == 1)
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
