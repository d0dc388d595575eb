import Access
import Tenancy
import Values
import Web

struct InvoiceQuery: Sendable {
    var patient: PatientID?

    static let shape = Shape("InvoiceQuery", InvoiceQuery()) {
        Field("patient_id", \.patient, .id())
    }
}

extension Invoice {
    static let shape = Shape<Invoice>("Invoice") {
        Field("id", \.id, .id())
        Field("number", \.number, .text(1...40), example: "I06ARXWM2V5D3K")
        Field("patient_id", \.patient, .id())
        Field("encounter_id", \.encounter, .id())
        Field("day", \.day, .day)
        Field("total", \.total, .minor())
        Field("currency", \.currency, .currency)
        Field("created_at", \.createdAt, .instant)
    }
}

struct InvoiceRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/invoices",
                "Lists invoices, newest first",
                .permission(.invoicesRead),
                query: InvoiceQuery.shape,
                item: Invoice.shape
            ) { call, query, page in
                let currency = try call.location.currency
                let select = InvoiceStore.list(patient: query.patient, after: try page.after?.id(0, InvoiceID.self), limit: page.fetch)
                let rows = try await call.read(select, ReadAct("invoices.list", "invoice", patients: .column))
                return page.page(try rows.map { try InvoiceStore.invoice($0, currency) }) { [.id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/invoices/{invoice}",
                "Shows one invoice",
                .permission(.invoicesRead),
                answer: Invoice.shape
            ) { call in
                let id = try call.path.id("invoice", InvoiceID.self)
                guard let row = try await call.read(InvoiceStore.one(id), ReadAct("invoice.read", "invoice", patients: .column)).first
                else {
                    throw Problem.notFound
                }
                return try InvoiceStore.invoice(row, try call.location.currency)
            },
        ]
    }
}
