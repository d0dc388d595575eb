import Access
import Values
import Web

struct RemittanceQuery: Sendable {
    var state: PaymentRecord.State?

    static let shape = Shape("RemittanceQuery", RemittanceQuery()) {
        Field("state", \.state, .choice())
    }
}

extension PaymentRecord.Reason {
    static let shape = Shape<PaymentRecord.Reason>("RemittanceReason") {
        Field("code", \.code, .text(1...60))
        Field("text", \.text, .text(0...500))
        Field("segment", \.segment, .int(0...Int.max), about: "Which segment of the file; the ISA is 1.")
    }
}

extension PaymentRecord.ProviderLevelAdjustment {
    static let shape = Shape<PaymentRecord.ProviderLevelAdjustment>("ProviderAdjustment") {
        Field("code", \.code, .text(0...10))
        Field("reference", \.reference, .text(0...80))
        Field("amount", \.amount, .minor(Int64.min...Int64.max), about: "Positive lowers the payment.")
    }
}

extension PaymentRecord.UnmatchedClaim {
    static let shape = Shape<PaymentRecord.UnmatchedClaim>("UnmatchedClaim") {
        Field("ordinal", \.ordinal, .int(1...Int.max), about: "Its place in the payment.")
        Field("number", \.number, .text(0...80), about: "CLP01 of the 835.")
        Field("status", \.status, .text(0...80), about: "CLP02 of the 835.")
        Field("paid", \.paid, .minor(Int64.min...Int64.max))
    }
}

extension PaymentRecord.Part {
    static let shape = Shape<PaymentRecord.Part>("RemittancePart") {
        Field("location_id", \.location, .id())
        Field("claims", \.claims, .int(0...Int.max))
        Field("amount", \.amount, .minor(Int64.min...Int64.max))
        Field("posted", \.isPosted, .bool)
        Field("held", \.held, .int(0...Int.max), about: "Claims that wait for a person there.")
    }
}

extension PaymentRecord: Versioned {
    static let shape = Shape<PaymentRecord>("Remittance") {
        Field("id", \.id, .id())
        Field("billing_entity_id", \.billingEntity, .id())
        Field("file_name", \.fileName, .text(0...200))
        Field("sha256", \.sha256, .text(64...64))
        Field("ordinal", \.ordinal, .int(0...Int.max), about: "Which payment of the file; 0 when none could be read.")
        Field("payer_code", \.payerCode, .text(0...80))
        Field("trace", \.trace, .text(0...80))
        Field("day", \.day, .day)
        Field("amount", \.amount, .minor(Int64.min...Int64.max), about: "Minor units, as are all amounts here.")
        Field(
            "adjustments",
            \.adjustments,
            .minor(Int64.min...Int64.max),
            about: "Sum of the provider adjustments (PLB): positive lowers the payment."
        )
        Field("claims", \.claims, .int(0...Int.max))
        Field("state", \.state, .choice())
        Field("reasons", \.reasons, .list(of: .object(Reason.shape), 0...60), about: "Why nothing was posted.")
        Field("provider_adjustments", \.providerAdjustments, .list(of: .object(ProviderLevelAdjustment.shape), 0...1_000))
        Field("unmatched_claims", \.unmatchedClaims, .int(0...Int.max), about: "Claims that no location of this organization made.")
        Field("unmatched_amount", \.unmatchedAmount, .minor(Int64.min...Int64.max))
        Field("unmatched", \.unmatched, .list(of: .object(UnmatchedClaim.shape), 0...1_000), about: "The first 1,000 of them.")
        Field("duplicate_of", \.duplicateOf, .id())
        Field("duplicates", \.duplicates, .int(0...Int.max), about: "How often the same file came again.")
        Field("parts", \.parts, .list(of: .object(Part.shape), 0...5_000))
        Field("received_at", \.receivedAt, .instant)
        Field("posted_at", \.postedAt, .instant)
        Field("version", \.version, .int(1...Int.max))
    }
}

struct RemittanceRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/remittances",
                "Lists payments of 835 files, the latest first",
                .permission(.remittancesRead),
                query: RemittanceQuery.shape,
                item: PaymentRecord.shape
            ) { call, query, page in
                let before = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, RemittanceID.self)) }
                let select = RemittanceStore.page(state: query.state, before: before, limit: page.fetch)
                let records = try await call.read(select, ReadAct("remittance.list", "remittance")).map(RemittanceStore.remittance)
                return page.page(records) { [.instant($0.receivedAt), .id($0.id)] }
            },
            .get(
                "/v1/organizations/{organization}/remittances/{remittance}",
                "Shows one payment, its parts, and why it is held",
                .permission(.remittancesRead),
                answer: PaymentRecord.shape
            ) { call in
                let id = try call.path.id("remittance", RemittanceID.self)
                guard let row = try await call.read(RemittanceStore.one(id), ReadAct("remittance.read", "remittance")).first else {
                    throw Problem.notFound
                }
                return try RemittanceStore.remittance(row)
            },
        ]
    }
}
