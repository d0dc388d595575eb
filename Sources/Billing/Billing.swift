public import Jobs
public import Patients
import Postgres
import Values
public import Web

/// Fees, charges of completed visits, the ledger, invoices and patients' payments.
public struct Billing: Sendable {
    public init() {}

    public var routes: [Route] {
        FeeRoutes().routes + ChargeRoutes().routes + LedgerRoutes().routes + InvoiceRoutes().routes + PaymentRoutes().routes
    }

    public var catalogue: JobCatalogue {
        JobCatalogue(
            jobs: [JobRegistration(ChargeVisit.self)],
            subscriptions: [
                Subscription("encounter.created", starts: ChargeVisit.self) { event in
                    ChargeVisit(encounter: try event.members.id("encounter"))
                }
            ],
            events: ["charge.posted", "payment.posted", "invoice.issued"]
        )
    }

    public var patientSections: [any PatientSection] { [BillingSection()] }
}
