import Billing
import Testing
import Values
import X12

@testable import Claims

@Suite("What a remittance decides about a claim")
struct PostingDecisionTests {
    private static let visit = ChargeID(UUID(high: 1, low: 1))
    private static let test = ChargeID(UUID(high: 1, low: 2))

    private func claim(postings: [EarlierPosting] = []) -> OpenClaim {
        OpenClaim(
            id: ClaimID(UUID(high: 2, low: 2)),
            number: "CLAIM1",
            patient: PatientID(UUID(high: 3, low: 3)),
            payer: PayerID(UUID(high: 4, low: 4)),
            total: 150_00,
            lines: [
                OpenLine(control: "CLAIM101", charge: Self.visit, code: "99213", modifiers: [], amount: 100_00),
                OpenLine(control: "CLAIM102", charge: Self.test, code: "87880", modifiers: ["QW"], amount: 50_00),
            ],
            postings: postings
        )
    }

    private func decide(_ text: String, paid: String, _ claim: OpenClaim?) throws -> PostingDecision {
        let file = RemittanceText(payments: [.init(trace: "T1", amount: paid, claims: [text])])
        let claims = PostedPayment(file.bytes, ordinal: 1, claims: [1]).claims
        return PostingDecision(try #require(claims.first), claim: claim)
    }

    private func adjudication(_ decision: PostingDecision) throws -> Adjudication {
        guard case .post(let adjudication) = decision else { throw Unexpected(decision: "\(decision)") }
        return adjudication
    }

    private struct Unexpected: Error { let decision: String }

    @Test("payment, write-off and patient share together take the whole charge off the insurer")
    func paid() throws {
        let text = RemittanceText.claim(
            "CLAIM1",
            charge: "150",
            paid: "90",
            patient: "20",
            lines: [
                .init(code: "99213", charge: "100", paid: "60", adjustments: ["CO*45*20", "PR*3*20"], reference: "CLAIM101"),
                .init(code: "87880", charge: "50", paid: "30", adjustments: ["CO*45*20"], reference: "CLAIM102"),
            ]
        )
        let adjudication = try adjudication(try decide(text, paid: "90", claim()))
        #expect(adjudication.paid == 90_00)
        #expect(adjudication.patientOwes == 20_00)
        #expect(adjudication.left == 0)
        #expect(adjudication.state == .paid)
        let transfers = adjudication.transfers(of: claim())
        #expect(transfers.allSatisfy { $0.credit == .receivableInsurance && $0.amount > 0 })
        #expect(transfers.reduce(0) { $0 + $1.amount } == 150_00)
        #expect(transfers.filter { $0.debit == .cashInsurance }.map(\.charge) == [Self.visit, Self.test])
        #expect(transfers.filter { $0.debit == .receivablePatient }.map(\.amount) == [20_00])
    }

    @Test("a refusal without a contract behind it is not written off")
    func denied() throws {
        let text = RemittanceText.claim("CLAIM1", charge: "150", paid: "0", claimAdjustments: ["CO*50*150"])
        let adjudication = try adjudication(try decide(text, paid: "0", claim()))
        #expect(adjudication.state == .denied)
        #expect(adjudication.left == 150_00)
        #expect(adjudication.transfers(of: claim()).isEmpty)
    }

    @Test("what another payer did is information and moves nothing")
    func otherPayer() throws {
        let text = RemittanceText.claim("CLAIM1", status: "2", charge: "150", paid: "30", claimAdjustments: ["OA*23*120"])
        let adjudication = try adjudication(try decide(text, paid: "30", claim()))
        #expect(adjudication.left == 120_00)
        #expect(adjudication.state == .partial)
        #expect(adjudication.transfers(of: claim()).map(\.amount) == [30_00])
    }

    @Test("payer initiated reductions are written off like contractual ones, negative ones go the other way")
    func negative() throws {
        let text = RemittanceText.claim(
            "CLAIM1",
            charge: "150",
            paid: "110",
            lines: [
                .init(code: "99213", charge: "100", paid: "102", adjustments: ["CO*144*-2"], reference: "CLAIM101"),
                .init(code: "87880", charge: "50", paid: "8", adjustments: ["PI*45*42"], reference: "CLAIM102"),
            ]
        )
        let adjudication = try adjudication(try decide(text, paid: "110", claim()))
        #expect(adjudication.left == 0)
        let transfers = adjudication.transfers(of: claim())
        let back = try #require(transfers.first { $0.debit == .receivableInsurance })
        #expect(back.credit == .adjustmentsContractual && back.amount == 2_00)
        #expect(transfers.contains { $0.debit == .adjustmentsContractual && $0.amount == 42_00 })
    }

    @Test("a line is found by number, else by procedure and charge, also without its modifiers")
    func lines() throws {
        let text = RemittanceText.claim(
            "CLAIM1",
            charge: "150",
            paid: "150",
            lines: [
                .init(code: "87880", charge: "50", paid: "50"), .init(code: "99213", charge: "100", paid: "100", reference: "CLAIM101"),
            ]
        )
        let adjudication = try adjudication(try decide(text, paid: "150", claim()))
        #expect(adjudication.shares.map(\.charge) == [Self.test, Self.visit])
    }

    @Test("all deductible is settled: the patient owes it")
    func deductible() throws {
        let text = RemittanceText.claim("CLAIM1", charge: "150", paid: "0", patient: "150", claimAdjustments: ["PR*1*150"])
        let adjudication = try adjudication(try decide(text, paid: "0", claim()))
        #expect(adjudication.state == .paid)
        #expect(adjudication.patientOwes == 150_00)
    }

    @Test("a reversal takes back the posting whose exact negative it is")
    func reversal() throws {
        let earlier = EarlierPosting(id: RemittanceClaimID(UUID(high: 9, low: 9)), charged: 150_00, paid: 90_00)
        let text = RemittanceText.claim("CLAIM1", status: "22", charge: "-150", paid: "-90", claimAdjustments: ["CO*45*-60"])
        let other = RemittanceText.claim("OTHER", charge: "200", paid: "200")
        let file = RemittanceText(payments: [.init(trace: "T1", amount: "110", claims: [text, other])])
        let claims = PostedPayment(file.bytes, ordinal: 1, claims: [1]).claims
        let paid = try #require(claims.first)
        #expect(PostingDecision(paid, claim: claim(postings: [earlier])) == .reverse(earlier))
        #expect(PostingDecision(paid, claim: claim()) == .hold(.reversalWithoutOriginal))
        let differing = EarlierPosting(id: earlier.id, charged: 150_00, paid: 80_00)
        #expect(PostingDecision(paid, claim: claim(postings: [differing])) == .hold(.reversalDiffers))
    }

    @Test(
        "what does not fit is held with its reason",
        arguments: [
            (RemittanceText.claim("CLAIM1", charge: "140", paid: "140"), "140", PostingHold.chargeDiffers),
            (RemittanceText.claim("CLAIM1", status: "25", charge: "150", paid: "150"), "150", .predetermination),
            (RemittanceText.claim("CLAIM1", status: "23", charge: "150", paid: "0", claimAdjustments: ["OA*109*150"]), "0", .notOurClaim),
            (RemittanceText.claim("CLAIM1", status: "10", charge: "150", paid: "150"), "150", .statusUnknown),
            (RemittanceText.claim("CLAIM1", charge: "150", paid: "100", claimAdjustments: ["CR*45*50"]), "100", .groupUnknown),
            (RemittanceText.claim("CLAIM1", charge: "150", paid: "100", claimAdjustments: ["CO*45*49"]), "100", .unbalanced),
            (RemittanceText.claim("CLAIM1", charge: "150", paid: "950", claimAdjustments: ["CO*45*-800"]), "950", .overpaid),
            (
                RemittanceText.claim("CLAIM1", charge: "150", paid: "0", claimAdjustments: ["CO*45*650", "PR*3*-500"]), "0",
                .writeOffExceedsCharge
            ),
            (
                RemittanceText.claim("CLAIM1", charge: "150", paid: "100", claimAdjustments: ["CO*45*100", "PR*3*-50"]), "100",
                .negativePatientShare
            ),
        ]
    )
    func held(_ text: String, _ paid: String, _ reason: PostingHold) throws {
        #expect(try decide(text, paid: paid, claim()) == .hold(reason))
    }

    @Test("a second payment without a reversal, and a claim that is not here, are held")
    func heldByHistory() throws {
        let earlier = EarlierPosting(id: RemittanceClaimID(UUID(high: 9, low: 9)), charged: 150_00, paid: 90_00)
        let text = RemittanceText.claim("CLAIM1", charge: "150", paid: "150")
        #expect(try decide(text, paid: "150", claim(postings: [earlier])) == .hold(.alreadyAdjudicated))
        #expect(try decide(text, paid: "150", nil) == .hold(.claimUnknown))
    }
}
