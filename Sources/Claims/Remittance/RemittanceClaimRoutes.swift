import Access
import Values
import Web

struct RemittanceClaimQuery: Sendable {
    var state: PostingState?
    var remittance: RemittanceID?

    static let shape = Shape("RemittanceClaimQuery", RemittanceClaimQuery()) {
        Field("state", \.state, .choice())
        Field("remittance_id", \.remittance, .id())
    }
}

/// What a payer decided on one claim, as it arrived at the location: posted to the ledger, or held for a person.
struct RemittanceClaimItem: Sendable {
    let id: RemittanceClaimID
    /// nil when the number is none of this location's.
    let claim: ClaimID?
    let patient: PatientID?
    let remittance: RemittanceID
    let trace: String
    let number: String
    let ordinal: Int
    let status: String
    let charged: Int64
    let paid: Int64
    let patientOwes: Int64
    let payerControl: String?
    let state: PostingState
    let holdReason: String?
    let postedAt: Instant

    static let shape = Shape<RemittanceClaimItem>("RemittanceClaim") {
        Field("id", \.id, .id())
        Field("claim_id", \.claim, .id(), about: "Absent when no claim here has the number.")
        Field("patient_id", \.patient, .id())
        Field("remittance_id", \.remittance, .id())
        Field("trace", \.trace, .text(0...80))
        Field("number", \.number, .text(0...80), about: "CLP01 of the 835.")
        Field("ordinal", \.ordinal, .int(1...Int.max), about: "Its place in the payment.")
        Field("status", \.status, .text(0...10), about: "CLP02 of the 835.")
        Field("charged", \.charged, .minor(Int64.min...Int64.max))
        Field("paid", \.paid, .minor(Int64.min...Int64.max))
        Field("patient_owes", \.patientOwes, .minor(Int64.min...Int64.max))
        Field("payer_control", \.payerControl, .text(0...80), about: "The payer's own number of the claim.")
        Field("state", \.state, .choice())
        Field("hold_reason", \.holdReason, .text(1...60), about: "Why it is in no ledger.")
        Field("posted_at", \.postedAt, .instant, about: "When it was decided here, posted or held.")
    }
}

struct RemittanceClaimRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/remittance-claims",
                "Lists claims of remittances, the latest first; state=held are those that wait for a person",
                .permission(.remittancesRead),
                query: RemittanceClaimQuery.shape,
                item: RemittanceClaimItem.shape
            ) { call, query, page in
                let before = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, RemittanceClaimID.self)) }
                let select = PostingStore.page(query, before: before, limit: page.fetch)
                let items = try await call.read(select, ReadAct("remittance_claim.list", "remittance_claim", patients: .column)).map(
                    PostingStore.item
                )
                return page.page(items) { [.instant($0.postedAt), .id($0.id)] }
            }
        ]
    }
}
