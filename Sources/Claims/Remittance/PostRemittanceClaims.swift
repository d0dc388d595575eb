import Access
import Billing
import Jobs
import Postgres
import Tenancy
import Values
import X12

/// Posts some claims of a remittance at their location: the decision on each, its ledger entry, and the claim's new state, in one transaction.
/// What does not fit is kept and held; it moves nothing.
struct PostRemittanceClaims: Sendable {
    let remittance: RemittanceID
    let trace: String
    /// The day the entries are dated: the payment's.
    let day: Day

    func run(_ work: Work, _ claims: [RemittanceClaim]) async throws {
        let numbers = Array(Set(claims.map { ClaimNumber.looked(up: $0.number) })).sorted()
        let answers = try await work.query([
            PostingStore.claims(numbers), PostingStore.lines(numbers), PostingStore.standing(numbers),
            PostingStore.known(remittance, printable(trace), numbers),
        ])
        var open = try OpenClaims(answers)
        let earlier = try answers[3].decode((String, Int, Bool).self).map { (key: PostingKey(number: $0.0, ordinal: $0.1), isOurs: $0.2) }
        let known = Set(earlier.filter(\.isOurs).map(\.key))
        let traced = Set(earlier.filter { !$0.isOurs }.map(\.key))
        var touched: [OpenClaim] = []
        for claim in claims {
            let number = ClaimNumber.looked(up: claim.number)
            let key = PostingKey(number: number, ordinal: claim.ordinal)
            if known.contains(key) { continue }
            let target = open.byNumber[number]
            let decision = traced.contains(key) ? .hold(.traceUsed) : PostingDecision(claim, claim: target)
            let posting = try await post(claim, number, decision, target, work)
            open.note(posting, decision)
            if let target, posting.hold == nil { touched.append(target) }
        }
        guard !touched.isEmpty else { return }
        let patients = Array(Set(touched.map(\.patient))).sorted()
        work.audit(Act("remittance.post", "remittance", remittance, patients: patients, objects: touched.map(\.id.uuid)))
    }

    private func post(_ claim: RemittanceClaim, _ number: String, _ decision: PostingDecision, _ open: OpenClaim?, _ work: Work)
        async throws -> NewPosting
    {
        var hold: PostingHold?
        var reverses: RemittanceClaimID?
        switch decision {
        case .hold(let reason): hold = reason
        case .reverse(let earlier): reverses = earlier.id
        case .post: break
        }
        let posting = NewPosting(
            id: work.id(),
            remittance: remittance,
            trace: printable(trace),
            number: printable(number),
            claim: claim,
            open: open,
            hold: hold,
            reverses: reverses
        )
        work.enqueue(PostingStore.insert(posting, at: work.now))
        guard let open else { return posting }
        let actor = work.caller.actor.id
        switch decision {
        case .hold: break
        case .post(let adjudication):
            enter(adjudication.transfers(of: open), of: posting, reverses: nil, work)
            work.enqueue(PostingStore.adjudicated(open.id, adjudication, payerControl: claim.payerControl, at: work.now, by: actor))
        case .reverse(let earlier):
            try await takeBack(earlier, by: posting, work)
            work.enqueue(PostingStore.reversed(open.id, at: work.now, by: actor))
        }
        return posting
    }

    /// Restores what was before the posting, whatever the reversal says about single amounts.
    private func takeBack(_ earlier: EarlierPosting, by posting: NewPosting, _ work: Work) async throws {
        let source = (kind: "remittance_claim", id: earlier.id.uuid)
        guard let entry: LedgerEntryID = try await work.query(LedgerStore.entry("remittance", source: source)).first?.value(0) else {
            return
        }
        let transfers = try await work.query(LedgerStore.lines(of: entry)).map(LedgerStore.transfer)
        enter(transfers.map(\.reversed), of: posting, reverses: entry, work)
    }

    /// A decision that moves nothing makes no entry.
    private func enter(_ transfers: [Transfer], of posting: NewPosting, reverses: LedgerEntryID?, _ work: Work) {
        guard !transfers.isEmpty else { return }
        let source = (kind: "remittance_claim", id: posting.id.uuid)
        PostEntry().run(work, NewEntry(kind: "remittance", day: day, source: source, reverses: reverses, transfers: transfers))
    }
}

/// With the trace what makes a posting unique.
private struct PostingKey: Hashable {
    let number: String
    let ordinal: Int
}

/// The claims that a batch may post, with what was posted before; kept up while the batch goes on.
struct OpenClaims: Sendable {
    private(set) var byNumber: [String: OpenClaim] = [:]

    init(_ answers: [Rows]) throws {
        let lines = Dictionary(grouping: try answers[1].map(OpenClaims.line), by: \.claim)
        let standing = Dictionary(
            grouping: try answers[2].decode((ClaimID, RemittanceClaimID, Int64, Int64).self).map {
                (claim: $0.0, posting: EarlierPosting(id: $0.1, charged: $0.2, paid: $0.3))
            },
            by: \.claim
        )
        for (id, number, patient, payer, total) in try answers[0].decode((ClaimID, String, PatientID, PayerID, Int64).self) {
            byNumber[number] = OpenClaim(
                id: id,
                number: number,
                patient: patient,
                payer: payer,
                total: total,
                lines: lines[id]?.map(\.line) ?? [],
                postings: standing[id]?.map(\.posting) ?? []
            )
        }
    }

    mutating func note(_ posting: NewPosting, _ decision: PostingDecision) {
        switch decision {
        case .hold: break
        case .post:
            byNumber[posting.number]?.postings.append(
                EarlierPosting(id: posting.id, charged: posting.claim.charge.minor, paid: posting.claim.paid.minor)
            )
        case .reverse(let earlier): byNumber[posting.number]?.postings.removeAll { $0.id == earlier.id }
        }
    }

    private static func line(_ row: Row) throws -> (claim: ClaimID, line: OpenLine) {
        let (claim, control, charge, code, modifiers, amount) = try row.decode((ClaimID, String, ChargeID, String, [String], Int64).self)
        return (claim, OpenLine(control: control, charge: charge, code: code, modifiers: modifiers, amount: amount))
    }
}
