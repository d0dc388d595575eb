import Access
public import Jobs
import Tenancy
public import Values

/// Makes the invoice of a visit, once: a constraint refuses a second one for the same visit and period.
public struct IssueInvoice: Sendable {
    public init() {}

    /// nil when the visit has no charges or has its invoice already.
    public func run(_ work: Work, encounter: EncounterID) async throws -> InvoiceID? {
        let charges = try await work.query(ChargeStore.of(encounter)).map(ChargeStore.charge)
        guard let first = charges.first else { return nil }
        var total = Money(minor: 0, work.location.currency)
        for charge in charges { total = try total.adding(Money(minor: charge.amount, work.location.currency)) }
        let id = work.id(InvoiceID.self)
        let invoice = Invoice(
            id: id,
            number: IssueInvoice.number(id.uuid),
            patient: first.patient,
            encounter: encounter,
            day: first.day,
            total: total.minor,
            currency: total.currency,
            createdAt: work.now
        )
        guard try await !work.query(InvoiceStore.insert(invoice, by: work.caller.actor.id)).isEmpty else { return nil }
        for (index, charge) in charges.enumerated() {
            work.enqueue(InvoiceStore.insertLine(of: id, ordinal: index + 1, charge: charge.id, amount: charge.amount))
        }
        work.audit(Act("invoice.issue", "invoice", id, patients: [first.patient]))
        work.tell(Event("invoice.issued", ["invoice": id, "encounter": encounter]))
        return id
    }

    /// Of the id's time and 17 of its random bits.
    private static func number(_ id: UUID) -> String { "I" + Crockford.text((id.high >> 16) << 17 | (id.low & 0x1FFFF), digits: 13) }
}
