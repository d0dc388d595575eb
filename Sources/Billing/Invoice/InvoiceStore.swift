import Postgres
import Values

/// All SQL on `invoice` and `invoice_line`.
enum InvoiceStore {
    /// Does nothing when the visit has its invoice; yields the id otherwise.
    static func insert(_ invoice: Invoice, by actor: UUID) -> Statement {
        """
        insert into {location}.invoice (id, number, patient_id, encounter_id, period, day, total, created_at, created_by)
        values (\(invoice.id), \(invoice.number), \(invoice.patient), \(invoice.encounter), \(invoice.day.description), \(invoice.day), \(invoice.total),
            \(invoice.createdAt), \(actor))
        on conflict on constraint invoice_once do nothing returning id
        """
    }

    static func insertLine(of invoice: InvoiceID, ordinal: Int, charge: ChargeID, amount: Int64) -> Statement {
        "insert into {location}.invoice_line (invoice_id, ordinal, charge_id, amount) values (\(invoice), \(ordinal), \(charge), \(amount))"
    }

    static func one(_ id: InvoiceID) -> Statement { all + " where id = \(id)" }

    static func list(patient: PatientID?, after: InvoiceID?, limit: Int) -> Statement {
        var select = all + " where true"
        if let patient { select += " and patient_id = \(patient)" }
        if let after { select += " and id < \(after)" }
        return select + " order by id desc limit \(limit)"
    }

    static func invoice(_ row: Row, _ currency: Currency) throws -> Invoice {
        Invoice(
            id: try row.value(0),
            number: try row.value(1),
            patient: try row.value(2),
            encounter: try row.value(3),
            day: try row.value(4),
            total: Int64(try row.value(5, as: Int.self)),
            currency: currency,
            createdAt: try row.value(6)
        )
    }

    private static let all: Statement = "select id, number, patient_id, encounter_id, day, total, created_at from {location}.invoice"
}
