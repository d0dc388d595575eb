import Testing
import Values
import X12

@testable import Claims

@Suite("Reading a received file")
struct ReceivedFileTests {
    private let north = LocationID(UUID(high: 1, low: 1))
    private let south = LocationID(UUID(high: 1, low: 2))

    @Test("a payment is divided by location; what belongs nowhere and PLB stay; together they are what was paid")
    func divided() throws {
        let file = ReceivedFile(
            RemittanceText(payments: [
                .init(
                    trace: "T1",
                    amount: "171.25",
                    claims: [
                        RemittanceText.claim("N1", charge: "100", paid: "100"), RemittanceText.claim("S1", charge: "50", paid: "50"),
                        RemittanceText.claim("n2", charge: "30", paid: "30"), RemittanceText.claim("WHO", charge: "20", paid: "20"),
                    ],
                    adjustments: ["PLB*1234567893*20261231*WO:REF1*30*L6:REF2*-1.25"]
                )
            ]).bytes
        )
        #expect(file.reasons.isEmpty)
        let payment = try #require(file.payments.first)
        let (parts, unmatched) = payment.parts(routes: ["N1": north, "N2": north, "S1": south])
        #expect(parts.map(\.ordinals) == [[1, 3], [2]])
        #expect(parts.map(\.amount) == [130_00, 50_00])
        #expect(unmatched.map(\.number) == ["WHO"])
        #expect(payment.adjustments == 28_75)
        #expect(parts.reduce(0) { $0 + $1.amount } + unmatched.reduce(0) { $0 + $1.paid } - payment.adjustments == payment.amount)
    }

    @Test("one payment off by a cent holds the whole file")
    func unbalanced() {
        let file = ReceivedFile(
            RemittanceText(payments: [
                .init(trace: "T1", amount: "100", claims: [RemittanceText.claim("N1", charge: "100", paid: "100")]),
                .init(trace: "T2", amount: "50.01", claims: [RemittanceText.claim("S1", charge: "50", paid: "50")]),
            ]).bytes
        )
        #expect(file.payments.count == 2)
        #expect(file.reasons.map(\.code) == ["remittance-unbalanced"])
    }

    @Test("what is said of one payment quotes nothing of another in the same file")
    func quotes() throws {
        var text = RemittanceText(payments: [
            .init(trace: "T1", amount: "100", claims: [RemittanceText.claim("N1", charge: "100", paid: "100")]),
            .init(trace: "T2", amount: "777.77", claims: [RemittanceText.claim("S1", charge: "50", paid: "50")]),
            .init(trace: "T3", amount: "30", claims: [RemittanceText.claim("S2", charge: "30", paid: "30")]),
        ]).text
        text = text.replacing("SE*13*1003~", with: "SE*99*1003~")
        let file = ReceivedFile(Array(text.utf8))
        let reasons = file.payments.map { payment in file.reasons(of: payment) }
        #expect(
            reasons.map { $0.map(\.code) } == [
                ["other-payment-refused"], ["remittance-unbalanced", "other-payment-refused"],
                ["transaction-count", "other-payment-refused"],
            ]
        )
        #expect(reasons[1].first?.text.contains("777.77") == true)
        for other in [reasons[0], reasons[2]] { #expect(!other.contains { $0.text.contains("777.77") || $0.text.contains("1002") }) }
        for other in [reasons[0], reasons[1]] { #expect(!other.contains { $0.text.contains("99") || $0.text.contains("1003") }) }
    }

    @Test("what the envelope lacks is said of every payment, and what is wrong with one stays its own")
    func envelope() {
        let text = RemittanceText(payments: [
            .init(trace: "T1", amount: "100", claims: [RemittanceText.claim("N1", charge: "100", paid: "100")]),
            .init(trace: "T2", amount: "50", claims: [RemittanceText.claim("S1", charge: "50", paid: "50")]),
        ]).text.replacing("GE*2*", with: "GE*3*")
        let file = ReceivedFile(Array(text.utf8))
        #expect(file.payments.map { payment in file.reasons(of: payment).map(\.code) } == [["group-count"], ["group-count"]])
    }

    @Test("a payment decides the same under another interchange, and not with another claim, amount, adjustment or payee")
    func content() throws {
        func content(_ claim: String, control: Int = 1, payee: String = "1234567893", adjustments: [String] = []) throws -> [UInt8] {
            let payment = RemittanceText.Payment(trace: "T1", amount: "0", payee: payee, claims: [claim], adjustments: adjustments)
            return try #require(ReceivedFile(RemittanceText(payments: [payment], control: control).bytes).payments.first).content
        }
        let claim = RemittanceText.claim("N1", charge: "100", paid: "0", claimAdjustments: ["CO*45*100"])
        let first = try content(claim)
        #expect(first.count == 32)
        #expect(try content(claim, control: 2) == first)
        let others = [
            try content(RemittanceText.claim("N2", charge: "100", paid: "0", claimAdjustments: ["CO*45*100"])),
            try content(RemittanceText.claim("N1", status: "4", charge: "100", paid: "0", claimAdjustments: ["CO*45*100"])),
            try content(RemittanceText.claim("N1", charge: "90", paid: "0", claimAdjustments: ["CO*45*90"])),
            try content(RemittanceText.claim("N1", charge: "100", paid: "0", claimAdjustments: ["PR*1*100"])),
            try content(claim, payee: "1003000126"),
            try content(claim, adjustments: ["PLB*1234567893*20261231*WO:A*1*FB:A*-1"]),
        ]
        #expect(Set(others + [first]).count == others.count + 1)
    }

    @Test("a file without its end is cut, not wrong; text is neither")
    func cut() {
        let text = RemittanceText(payments: [
            .init(trace: "T1", amount: "100", claims: [RemittanceText.claim("N1", charge: "100", paid: "100")])
        ]).text
        #expect(ReceivedFile(Array(text.utf8.dropLast(20))).isCut)
        #expect(!ReceivedFile(Array(text.utf8)).isCut)
        #expect(!ReceivedFile(Array("hello".utf8)).reasons.isEmpty)
        #expect(!ReceivedFile([]).reasons.isEmpty)
    }

    @Test("the claims of one payment are found again by their place")
    func again() {
        let file = RemittanceText(payments: [
            .init(trace: "T1", amount: "100", claims: [RemittanceText.claim("N1", charge: "100", paid: "100")]),
            .init(
                trace: "T2",
                amount: "80",
                claims: [RemittanceText.claim("S1", charge: "50", paid: "50"), RemittanceText.claim("S2", charge: "30", paid: "30")]
            ),
        ])
        #expect(PostedPayment(file.bytes, ordinal: 2, claims: [2]).claims.map(\.number) == ["S2"])
        #expect(PostedPayment(file.bytes, ordinal: 3, claims: [1]).claims.isEmpty)
    }
}
