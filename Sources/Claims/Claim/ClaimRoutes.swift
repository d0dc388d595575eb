import Access
import Tenancy
import Values
import Web

struct ClaimQuery: Sendable {
    var state: Claim.State?
    var run: BillingRunID?
    var patient: PatientID?

    static let shape = Shape("ClaimQuery", ClaimQuery()) {
        Field("state", \.state, .choice())
        Field("billing_run_id", \.run, .id())
        Field("patient_id", \.patient, .id())
    }
}

/// A claim as lists show it.
struct ClaimItem: Sendable, Versioned {
    let claim: Claim
    let currency: Currency

    var version: Int { claim.version }

    static let shape = Shape<ClaimItem>("Claim") {
        Field("id", \.claim.id, .id())
        Field("number", \.claim.number, .text(1...20))
        Field("patient_id", \.claim.patient, .id())
        Field("encounter_id", \.claim.encounter, .id())
        Field("coverage_id", \.claim.coverage, .id())
        Field("payer_id", \.claim.payer, .id())
        Field("billing_run_id", \.claim.run, .id())
        Field("claim_file_id", \.claim.file, .id())
        Field("payer_order", \.claim.payerOrder, .int(1...9))
        Field("state", \.claim.state, .choice())
        Field("total", \.claim.total, .minor())
        Field("paid", \.claim.paid, .minor())
        Field("patient_owes", \.claim.patientOwes, .minor())
        Field("currency", \.currency, .currency)
        Field("payer_control", \.claim.payerControl, .text(0...80), about: "The payer's own number of the claim.")
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.claim.createdAt, .instant)
        Field("updated_at", \.claim.updatedAt, .instant)
    }
}

extension ClaimLine {
    static let shape = Shape<ClaimLine>("ClaimLine") {
        Field("ordinal", \.ordinal, .int(1...50))
        Field("charge_id", \.charge, .id())
        Field("control_number", \.controlNumber, .text(1...30))
        Field("code", \.code, .text(1...20))
        Field("amount", \.amount, .minor())
    }
}

extension ClaimPosting {
    static let shape = Shape<ClaimPosting>("ClaimPosting") {
        Field("id", \.id, .id())
        Field("remittance_id", \.remittance, .id())
        Field("trace", \.trace, .text(0...80))
        Field("ordinal", \.ordinal, .int(1...Int.max), about: "The claim's place in the remittance.")
        Field("status", \.status, .text(0...10), about: "CLP02 of the 835.")
        Field("charged", \.charged, .minor())
        Field("paid", \.paid, .minor())
        Field("patient_owes", \.patientOwes, .minor())
        Field("state", \.state, .choice())
        Field("hold_reason", \.holdReason, .text(1...60), about: "Why it was not posted.")
        Field("posted_at", \.postedAt, .instant)
    }
}

/// One claim with its lines and what remittances said about it.
struct ClaimAnswer: Sendable, Versioned {
    let item: ClaimItem
    let lines: [ClaimLine]
    let postings: [ClaimPosting]

    var version: Int { item.version }

    static let shape = Shape<ClaimAnswer>("ClaimWithPostings") {
        Field("claim", \.item, .object(ClaimItem.shape))
        Field("lines", \.lines, .list(of: .object(ClaimLine.shape), 0...50))
        Field("postings", \.postings, .list(of: .object(ClaimPosting.shape), 0...200))
    }
}

struct ClaimRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/claims",
                "Lists claims, the latest first",
                .permission(.claimsRead),
                query: ClaimQuery.shape,
                item: ClaimItem.shape
            ) { call, query, page in
                let currency = try call.location.currency
                let before = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, ClaimID.self)) }
                let select = ClaimStore.page(query, before: before, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("claim.list", "claim", patients: .column))
                return page.page(try rows.map { ClaimItem(claim: try ClaimStore.claim($0), currency: currency) }) { item in
                    [.instant(item.claim.createdAt), .id(item.claim.id)]
                }
            },
            .get(
                "/v1/locations/{location}/claims/{claim}",
                "Shows one claim, its lines and what remittances said",
                .permission(.claimsRead),
                answer: ClaimAnswer.shape
            ) { call in
                let id = try call.path.id("claim", ClaimID.self)
                let rows = try await call.read(ClaimStore.one(id), ReadAct("claim.read", "claim", patients: .column))
                guard let row = rows.first else { throw Problem.notFound }
                let shown = try ClaimStore.shown(row)
                return ClaimAnswer(
                    item: ClaimItem(claim: shown.claim, currency: try call.location.currency),
                    lines: shown.lines,
                    postings: shown.postings
                )
            },
        ]
    }
}
