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
