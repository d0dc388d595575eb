public import Postgres
public import Values

/// All SQL on `ledger_entry` and `ledger_line`.
public enum LedgerStore {
    static func insert(_ id: LedgerEntryID, _ entry: NewEntry, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.ledger_entry (id, kind, day, source_kind, source_id, source_ordinal, reverses, reason_code, posted_at, posted_by)
        values (\(id), \(entry.kind), \(entry.day), \(entry.source.kind), \(entry.source.id), \(entry.ordinal), \(entry.reverses), \(entry.reason), \(now), \(actor))
        """
    }

    static func insert(_ transfer: Transfer, of entry: LedgerEntryID, ordinal: Int) -> Statement {
        """
        insert into {location}.ledger_line (entry_id, ordinal, debit, credit, amount, patient_id, charge_id, claim_id, payer_id)
        values (\(entry), \(ordinal), \(transfer.debit), \(transfer.credit), \(transfer.amount), \(transfer.patient), \(transfer.charge), \(transfer.claim),
            \(transfer.payer))
        """
    }

    /// The entry that a cause posted; its id comes first.
    public static func entry(_ kind: String, source: (kind: String, id: UUID), ordinal: Int = 0) -> Statement {
        """
        select id, day from {location}.ledger_entry
        where kind = \(kind) and source_kind = \(source.kind) and source_id = \(source.id) and source_ordinal = \(ordinal)
        """
    }

    /// What an entry moved; `transfer` reads a row.
    public static func lines(of entry: LedgerEntryID) -> Statement {
        """
        select debit, credit, amount, patient_id, charge_id, claim_id, payer_id from {location}.ledger_line
        where entry_id = \(entry) order by ordinal
        """
    }

    public static func transfer(_ row: Row) throws -> Transfer {
        Transfer(
            debit: try row.value(0),
            credit: try row.value(1),
            amount: Int64(try row.value(2, as: Int.self)),
            patient: try row.value(3),
            charge: try row.value(4),
            claim: try row.value(5),
            payer: try row.value(6)
        )
    }

    /// A patient's lines, newest first.
    static func lines(of patient: PatientID, after: (instant: Instant, id: LedgerEntryID, ordinal: Int)?, limit: Int) -> Statement {
        var select: Statement = """
            select e.id, l.ordinal, e.kind, e.day, l.debit, l.credit, l.amount, l.charge_id, l.claim_id, e.source_kind, e.source_id, e.reverses, e.posted_at
            from {location}.ledger_line l join {location}.ledger_entry e on e.id = l.entry_id
            where l.patient_id = \(patient)
            """
        if let after { select += " and (e.posted_at, e.id, l.ordinal) < (\(after.instant), \(after.id), \(after.ordinal))" }
        return select + " order by e.posted_at desc, e.id desc, l.ordinal desc limit \(limit)"
    }

    /// What a patient and the patient's payers owe: sums of lines, so they explain themselves.
    static func balance(of patient: PatientID) -> Statement {
        """
        select patient.id,
            coalesce(sum(case when l.debit = 'receivable:patient' then l.amount when l.credit = 'receivable:patient' then -l.amount end), 0)::int8,
            coalesce(sum(case when l.debit = 'receivable:insurance' then l.amount when l.credit = 'receivable:insurance' then -l.amount end), 0)::int8,
            coalesce(sum(case when l.credit = 'unapplied:patient' then l.amount when l.debit = 'unapplied:patient' then -l.amount end), 0)::int8
        from {location}.patient left join {location}.ledger_line l on l.patient_id = patient.id
        where patient.id = (select coalesce(merged_into, id) from {location}.patient where id = \(patient))
        group by patient.id
        """
    }
}
