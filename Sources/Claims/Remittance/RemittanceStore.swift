import Postgres
import Values

/// A payment that is recorded.
struct NewRemittance: Sendable {
    let id: RemittanceID
    let organization: OrganizationID?
    let billingEntity: BillingEntityID?
    let file: KeptFile
    let ordinal: Int
    var sender: String?
    var interchange: String?
    var payerCode: String?
    var trace: String?
    var day: Day?
    var amount: Int64?
    var adjustments: Int64?
    var claims = 0
    var state = PaymentRecord.State.held
    var reasons: [HoldReason] = []
    var providerAdjustments: [PaymentRecord.ProviderLevelAdjustment] = []
    var unmatched: [PaidClaim] = []
    var duplicateOf: RemittanceID?
    /// See `PaymentContent`.
    var content: [UInt8]?
}

/// A received file: its hash, the name it came under, and where its bytes are kept.
struct KeptFile: Sendable {
    let sha256: [UInt8]
    let name: String
    /// Empty when it was too large to keep.
    let reference: String
}

/// All SQL on `control.remittance` and `control.remittance_part`.
enum RemittanceStore {
    /// Records a payment, or judges one anew that is held. No row: it is known and needs nothing.
    static func record(_ new: NewRemittance, at now: Instant) -> Statement {
        insert(new, at: now) + """
             on conflict on constraint remittance_file do update set
                billing_entity_id = excluded.billing_entity_id, state = excluded.state, reasons = excluded.reasons, duplicate_of = excluded.duplicate_of,
                unmatched_claims = excluded.unmatched_claims, unmatched_amount = excluded.unmatched_amount, unmatched = excluded.unmatched,
                content = excluded.content, posted_at = excluded.posted_at, version = remittance.version + 1
            where remittance.state = 'held' and excluded.state <> 'held'
            returning id
            """
    }

    /// What fits nobody and nobody has dismissed, the newest first. Through the queue's door.
    static let unclaimed: Statement = """
        select id, file_name, reasons, received_at, count(*) over () from control.remittance where organization_id is null and dismissed_at is null
        order by received_at desc, id limit 100
        """

    static func dismiss(_ id: RemittanceID, by name: String, reason: String, at now: Instant) -> Statement {
        """
        update control.remittance set dismissed_at = \(now), dismissed_by = \(name), dismissed_why = \(reason)
        where id = \(id) and organization_id is null and dismissed_at is null
        """
    }

    /// Of a file that fitted nobody: a payment of it is an organization's now. The row without a payment (0) goes with any of them.
    static func close(_ file: KeptFile, ordinal: Int, at now: Instant) -> Statement {
        """
        update control.remittance set dismissed_at = \(now), dismissed_by = 'polyclinic', dismissed_why = 'recorded for an organization'
        where organization_id is null and file_sha256 = \(file.sha256) and ordinal in (0, \(ordinal)) and dismissed_at is null
        """
    }

    /// Keeps what fits nobody, once.
    static func keep(_ new: NewRemittance, at now: Instant) -> Statement { insert(new, at: now) + " on conflict do nothing" }

    private static func insert(_ new: NewRemittance, at now: Instant) -> Statement {
        let postedAt = new.state == .posted ? now : nil
        let unmatchedAmount = new.unmatched.reduce(Int64(0)) { $0 + $1.paid }
        return """
            insert into control.remittance (id, organization_id, billing_entity_id, file_sha256, file_name, file_reference, ordinal, sender, interchange,
                payer_code, trace, day, amount, adjustments, claims, state, reasons, provider_adjustments, unmatched_claims, unmatched_amount, unmatched,
                duplicate_of, content, received_at, posted_at)
            values (\(new.id), \(new.organization), \(new.billingEntity), \(new.file.sha256), \(new.file.name), \(new.file.reference), \(new.ordinal),
                \(new.sender), \(new.interchange), \(new.payerCode), \(new.trace), \(new.day), \(new.amount), \(new.adjustments), \(new.claims), \(new.state),
                \(RemittanceJSON.reasons(new.reasons)), \(RemittanceJSON.adjustments(new.providerAdjustments)), \(new.unmatched.count), \(unmatchedAmount),
                \(RemittanceJSON.unmatched(new.unmatched)), \(new.duplicateOf), \(new.content), \(now), \(postedAt))
            """
    }

    /// One at a time in an organization: whether a payment is a duplicate is decided alone.
    static func lock(_ organization: OrganizationID) -> Statement {
        "select pg_advisory_xact_lock(hashtextextended(\("remittance " + organization.description), 0))"
    }

    /// The payment of the same payer, trace, day and amount in another file, or at another place of this one; and whether it decides the same.
    static func same(as new: NewRemittance) -> Statement {
        """
        select id, coalesce(content = \(new.content), false) from control.remittance
        where payer_code is not distinct from \(new.payerCode) and trace is not distinct from \(new.trace) and day is not distinct from \(new.day)
            and amount is not distinct from \(new.amount) and state in ('posting', 'partially_posted', 'posted')
            and (file_sha256, ordinal) <> (\(new.file.sha256), \(new.ordinal))
        order by id limit 1
        """
    }

    static func isHeld(_ file: KeptFile, ordinal: Int) -> Statement {
        "select state = 'held' from control.remittance where file_sha256 = \(file.sha256) and ordinal = \(ordinal)"
    }

    static func insert(_ part: RemittancePart, of remittance: RemittanceID, in organization: OrganizationID) -> Statement {
        """
        insert into control.remittance_part (remittance_id, organization_id, location_id, ordinals, amount)
        values (\(remittance), \(organization), \(part.location), \(part.ordinals), \(part.amount))
        """
    }

    static func cameAgain(_ file: KeptFile) -> Statement {
        "update control.remittance set duplicates = duplicates + 1, version = version + 1 where file_sha256 = \(file.sha256)"
    }

    static func known(_ file: KeptFile) -> Statement {
        "select id, file_name from control.remittance where file_sha256 = \(file.sha256) order by ordinal limit 1"
    }

    /// What posting a part goes by.
    static func part(of remittance: RemittanceID, at location: LocationID) -> Statement {
        """
        select remittance.file_reference, remittance.ordinal, remittance.trace, remittance.day, remittance.received_at, part.ordinals, part.state
        from control.remittance_part part join control.remittance on remittance.id = part.remittance_id
        where part.remittance_id = \(remittance) and part.location_id = \(location)
        """
    }

    static func posted(_ remittance: RemittanceID, at location: LocationID, held: Int, now: Instant) -> Statement {
        """
        update control.remittance_part set state = 'posted', held = \(held), posted_at = \(now)
        where remittance_id = \(remittance) and location_id = \(location) and state = 'waiting'
        """
    }

    static func locked(_ remittance: RemittanceID) -> Statement { "select id from control.remittance where id = \(remittance) for update" }

    /// Ends the posting when no part waits and everything comes to what was paid: wholly, or partially while claims are unmatched or held.
    static func finish(_ remittance: RemittanceID, at now: Instant) -> Statement {
        """
        update control.remittance set posted_at = \(now), version = version + 1,
            state = case
                when unmatched_claims = 0 and (select sum(held) from control.remittance_part where remittance_id = \(remittance)) = 0 then 'posted'
                else 'partially_posted'
            end
        where id = \(remittance) and state = 'posting'
            and not exists (select from control.remittance_part where remittance_id = \(remittance) and state = 'waiting')
            and amount = unmatched_amount - adjustments
                + (select coalesce(sum(amount), 0) from control.remittance_part where remittance_id = \(remittance))
        """
    }

    // MARK: What is shown

    private static let shown: Statement = """
        select remittance.id, billing_entity_id, file_name, encode(file_sha256, 'hex'), ordinal, payer_code, trace, day, amount, adjustments, claims, state,
            reasons, provider_adjustments, unmatched_claims, unmatched_amount, unmatched, duplicate_of, duplicates,
            (select coalesce(jsonb_agg(jsonb_build_object('location', part.location_id, 'claims', cardinality(part.ordinals), 'amount', part.amount,
                    'posted', part.state = 'posted', 'held', part.held) order by part.location_id), '[]')
                from control.remittance_part part where part.remittance_id = remittance.id),
            received_at, posted_at, version
        from control.remittance
        """

    static func one(_ id: RemittanceID) -> Statement { shown + " where remittance.id = \(id)" }

    static func page(state: PaymentRecord.State?, before: (at: Instant, id: RemittanceID)?, limit: Int) -> Statement {
        var select = shown + " where true"
        if let state { select += " and state = \(state)" }
        if let before { select += " and (received_at, id) < (\(before.at), \(before.id))" }
        return select + " order by received_at desc, id desc limit \(limit)"
    }

    static func remittance(_ row: Row) throws -> PaymentRecord {
        var columns = Columns(row)
        return PaymentRecord(
            id: try columns.next(),
            billingEntity: try columns.next(),
            fileName: try columns.next(),
            sha256: try columns.next(),
            ordinal: try columns.next(),
            payerCode: try columns.next(),
            trace: try columns.next(),
            day: try columns.next(),
            amount: try columns.next(),
            adjustments: try columns.next(),
            claims: try columns.next(),
            state: try columns.next(),
            reasons: try RemittanceJSON.reasons(try columns.next(JSONText.self)),
            providerAdjustments: try RemittanceJSON.adjustments(try columns.next(JSONText.self)),
            unmatchedClaims: try columns.next(),
            unmatchedAmount: try columns.next(),
            unmatched: try RemittanceJSON.unmatched(try columns.next(JSONText.self)),
            duplicateOf: try columns.next(),
            duplicates: try columns.next(),
            parts: try RemittanceJSON.parts(try columns.next(JSONText.self)),
            receivedAt: try columns.next(),
            postedAt: try columns.next(),
            version: try columns.next()
        )
    }
}

extension PaymentRecord.State: Bindable, Readable {}
