import Postgres
import Values
import X12

/// All SQL on `remittance_claim`, and what posting reads and changes of claims.
enum PostingStore {
    /// Locked in the order of their ids: parts of several remittances that meet here wait for each other and nobody deadlocks.
    static func claims(_ numbers: [String]) -> Statement {
        "select id, number, patient_id, payer_id, total from {location}.claim where number = any(\(numbers)) order by id for update"
    }

    static func lines(_ numbers: [String]) -> Statement {
        """
        select claim.id, claim_line.control_number, charge.id, charge.code, charge.modifiers, claim_line.amount
        from {location}.claim join {location}.claim_line on claim_line.claim_id = claim.id join {location}.charge on charge.id = claim_line.charge_id
        where claim.number = any(\(numbers)) order by claim.id, claim_line.ordinal
        """
    }

    /// Postings of these claims that nobody took back, the latest last.
    static func standing(_ numbers: [String]) -> Statement {
        """
        select posting.claim_id, posting.id, posting.charged, posting.paid
        from {location}.remittance_claim posting join {location}.claim on claim.id = posting.claim_id
        where claim.number = any(\(numbers)) and posting.state = 'posted' and posting.reverses is null
            and not exists (select from {location}.remittance_claim reversal where reversal.reverses = posting.id)
        order by posting.posted_at, posting.id
        """
    }

    /// What of these claims is here already: of this payment, or posted from another one under the same trace.
    static func known(_ remittance: RemittanceID, _ trace: String, _ numbers: [String]) -> Statement {
        """
        select claim_number, ordinal, remittance_id = \(remittance) from {location}.remittance_claim
        where claim_number = any(\(numbers)) and (remittance_id = \(remittance) or trace = \(trace) and state = 'posted')
        """
    }

    static func held(of remittance: RemittanceID) -> Statement {
        "select count(*) from {location}.remittance_claim where remittance_id = \(remittance) and state = 'held'"
    }

    static func page(_ query: RemittanceClaimQuery, before: (at: Instant, id: RemittanceClaimID)?, limit: Int) -> Statement {
        var select: Statement = """
            select posting.id, posting.claim_id, claim.patient_id, posting.remittance_id, posting.trace, posting.claim_number, posting.ordinal,
                posting.status_code, posting.charged, posting.paid, posting.patient_owes, posting.payer_control, posting.state, posting.hold_reason,
                posting.posted_at
            from {location}.remittance_claim posting left join {location}.claim on claim.id = posting.claim_id where true
            """
        if let state = query.state { select += " and posting.state = \(state)" }
        if let remittance = query.remittance { select += " and posting.remittance_id = \(remittance)" }
        if let before { select += " and (posting.posted_at, posting.id) < (\(before.at), \(before.id))" }
        return select + " order by posting.posted_at desc, posting.id desc limit \(limit)"
    }

    static func item(_ row: Row) throws -> RemittanceClaimItem {
        var columns = Columns(row)
        return RemittanceClaimItem(
            id: try columns.next(),
            claim: try columns.next(),
            patient: try columns.next(),
            remittance: try columns.next(),
            trace: try columns.next(),
            number: try columns.next(),
            ordinal: try columns.next(),
            status: try columns.next(),
            charged: try columns.next(),
            paid: try columns.next(),
            patientOwes: try columns.next(),
            payerControl: try columns.next(),
            state: try columns.next(),
            holdReason: try columns.next(),
            postedAt: try columns.next()
        )
    }

    static func insert(_ new: NewPosting, at now: Instant) -> Statement {
        """
        insert into {location}.remittance_claim (id, remittance_id, trace, claim_number, ordinal, claim_id, status_code, charged, paid, patient_owes,
            payer_control, detail, state, hold_reason, reverses, posted_at)
        values (\(new.id), \(new.remittance), \(new.trace), \(new.number), \(new.claim.ordinal), \(new.open?.id), \(printable(new.claim.status, 10)),
            \(new.claim.charge.minor), \(new.claim.paid.minor), \(new.claim.patientResponsibility.minor), \(printable(new.claim.payerControl)),
            \(PostingDetail.json(new.claim)), \(new.state), \(new.hold?.rawValue), \(new.reverses), \(now))
        """
    }

    static func adjudicated(_ claim: ClaimID, _ adjudication: Adjudication, payerControl: String, at now: Instant, by actor: UUID)
        -> Statement
    {
        """
        update {location}.claim set state = \(adjudication.state), paid = \(adjudication.paid), patient_owes = \(adjudication.patientOwes),
            payer_control = coalesce(nullif(\(printable(payerControl)), ''), payer_control), version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(claim)
        """
    }

    static func reversed(_ claim: ClaimID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.claim set state = 'reversed', paid = 0, patient_owes = 0, version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(claim)
        """
    }
}

/// One claim of a remittance as it is kept at its location.
struct NewPosting: Sendable {
    let id: RemittanceClaimID
    let remittance: RemittanceID
    let trace: String
    let number: String
    let claim: RemittanceClaim
    let open: OpenClaim?
    let hold: PostingHold?
    let reverses: RemittanceClaimID?

    var state: PostingState { hold == nil ? .posted : .held }
}
