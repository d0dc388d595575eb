import Postgres
import Values

/// A claim that is made.
struct NewClaim: Sendable {
    let id: ClaimID
    let number: String
    let patient: PatientID
    let encounter: EncounterID
    let coverage: CoverageID
    let payer: PayerID
    let payerOrder: Int
    let billingEntity: BillingEntityID
    let run: BillingRunID
    let total: Int64
}

/// All SQL on `claim` and `claim_line`.
enum ClaimStore {
    private static let all: Statement = """
        select claim.id, claim.number, claim.patient_id, claim.encounter_id, claim.coverage_id, claim.payer_id, claim.billing_run_id, claim.claim_file_id,
            claim.payer_order, claim.state, claim.total, claim.paid, claim.patient_owes, claim.payer_control, claim.version, claim.created_at, claim.updated_at
        """

    /// One claim with its lines and what remittances said, each as JSON.
    static func one(_ id: ClaimID) -> Statement {
        all + """
            , (select coalesce(jsonb_agg(jsonb_build_object('ordinal', claim_line.ordinal, 'charge', claim_line.charge_id, 'control', claim_line.control_number,
                    'code', charge.code, 'amount', claim_line.amount) order by claim_line.ordinal), '[]')
                from {location}.claim_line join {location}.charge on charge.id = claim_line.charge_id where claim_line.claim_id = claim.id),
            (select coalesce(jsonb_agg(jsonb_build_object('id', posting.id, 'remittance', posting.remittance_id, 'trace', posting.trace,
                    'ordinal', posting.ordinal, 'status', posting.status_code, 'charged', posting.charged, 'paid', posting.paid,
                    'patient_owes', posting.patient_owes, 'state', posting.state, 'hold_reason', posting.hold_reason,
                    'posted_at', (extract(epoch from posting.posted_at) * 1000000)::bigint) order by posting.posted_at, posting.id), '[]')
                from (select * from {location}.remittance_claim where claim_id = claim.id order by posted_at, id limit 200) posting)
            from {location}.claim where claim.id = \(id)
            """
    }

    static func page(_ query: ClaimQuery, before: (at: Instant, id: ClaimID)?, limit: Int) -> Statement {
        var select = all + " from {location}.claim where true"
        if let state = query.state { select += " and claim.state = \(state)" }
        if let run = query.run { select += " and claim.billing_run_id = \(run)" }
        if let patient = query.patient { select += " and claim.patient_id = \(patient)" }
        if let before { select += " and (claim.created_at, claim.id) < (\(before.at), \(before.id))" }
        return select + " order by claim.created_at desc, claim.id desc limit \(limit)"
    }

    /// Nothing happens when the encounter was claimed already.
    static func insert(_ claim: NewClaim, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.claim (id, number, patient_id, encounter_id, coverage_id, payer_id, billing_entity_id, billing_run_id, payer_order, state,
            total, created_at, created_by, updated_at, updated_by)
        values (\(claim.id), \(claim.number), \(claim.patient), \(claim.encounter), \(claim.coverage), \(claim.payer), \(claim.billingEntity),
            \(claim.run), \(claim.payerOrder), 'ready', \(claim.total), \(now), \(actor), \(now), \(actor))
        on conflict (encounter_id, payer_order, frequency) do nothing
        """
    }

    static func insert(_ line: ChargeOfClaim, control: String, of claim: ClaimID) -> Statement {
        """
        insert into {location}.claim_line (claim_id, ordinal, charge_id, control_number, amount)
        values (\(claim), \(line.ordinal), \(line.id), \(control), \(line.amount))
        """
    }

    static func claim(_ row: Row) throws -> Claim {
        var columns = Columns(row)
        return try claim(&columns)
    }

    /// A row of `one`.
    static func shown(_ row: Row) throws -> (claim: Claim, lines: [ClaimLine], postings: [ClaimPosting]) {
        var columns = Columns(row)
        let claim = try claim(&columns)
        return (claim, try items(try columns.next()).compactMap(line), try items(try columns.next()).compactMap(posting))
    }

    private static func claim(_ columns: inout Columns) throws -> Claim {
        Claim(
            id: try columns.next(),
            number: try columns.next(),
            patient: try columns.next(),
            encounter: try columns.next(),
            coverage: try columns.next(),
            payer: try columns.next(),
            run: try columns.next(),
            file: try columns.next(),
            payerOrder: try columns.next(),
            state: try columns.next(),
            total: try columns.next(),
            paid: try columns.next(),
            patientOwes: try columns.next(),
            payerControl: try columns.next(),
            version: try columns.next(),
            createdAt: try columns.next(),
            updatedAt: try columns.next()
        )
    }

    private static func items(_ json: JSONText) throws -> [JSON] {
        guard case .array(let items) = try JSON.parse(Array(json.text.utf8), limits: JSON.Limits(bytes: 1024 * 1024)) else { return [] }
        return items
    }

    private static func line(_ json: JSON) -> ClaimLine? {
        guard let ordinal = json["ordinal"]?.integer, let charge = json["charge"]?.text.flatMap({ ChargeID($0) }),
            let control = json["control"]?.text,
            let code = json["code"]?.text, let amount = json["amount"]?.integer
        else { return nil }
        return ClaimLine(ordinal: ordinal, charge: charge, controlNumber: control, code: code, amount: Int64(amount))
    }

    private static func posting(_ json: JSON) -> ClaimPosting? {
        guard let id = json["id"]?.text.flatMap({ RemittanceClaimID($0) }),
            let remittance = json["remittance"]?.text.flatMap({ RemittanceID($0) }),
            let trace = json["trace"]?.text, let ordinal = json["ordinal"]?.integer, let status = json["status"]?.text,
            let charged = json["charged"]?.integer, let paid = json["paid"]?.integer, let owes = json["patient_owes"]?.integer,
            let state = json["state"]?.text.flatMap(PostingState.init), let postedAt = json["posted_at"]?.integer
        else { return nil }
        return ClaimPosting(
            id: id,
            remittance: remittance,
            trace: trace,
            ordinal: ordinal,
            status: status,
            charged: Int64(charged),
            paid: Int64(paid),
            patientOwes: Int64(owes),
            state: state,
            holdReason: json["hold_reason"]?.text,
            postedAt: Instant(microseconds: Int64(postedAt))
        )
    }
}

extension Claim.State: Bindable, Readable {}
extension PostingState: Bindable, Readable {}
