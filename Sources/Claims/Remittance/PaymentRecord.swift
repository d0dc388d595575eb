import Values

/// One payment of an 835, as the organization keeps it: balanced whole, then posted in parts by the locations its claims belong to.
struct PaymentRecord: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        /// Nothing of it is posted; `reasons` say why.
        case held
        /// The same payment came before, perhaps under another interchange.
        case duplicate
        /// Locations are posting their parts.
        case posting
        /// Every location has posted its part, but some claims are unmatched or held: money that no ledger shows yet.
        case partiallyPosted = "partially_posted"
        /// Every claim is in a ledger; parts and provider adjustments come to the amount paid.
        case posted
    }

    let id: RemittanceID
    let billingEntity: BillingEntityID?
    let fileName: String
    /// Of the file as received.
    let sha256: String
    /// Which payment of the file.
    let ordinal: Int
    let payerCode: String?
    let trace: String?
    let day: Day?
    let amount: Int64?
    /// Sum of the provider adjustments (PLB): positive lowers the payment.
    let adjustments: Int64?
    let claims: Int
    let state: State
    let reasons: [Reason]
    let providerAdjustments: [ProviderLevelAdjustment]
    let unmatchedClaims: Int
    let unmatchedAmount: Int64
    /// The first 1,000 of them.
    let unmatched: [UnmatchedClaim]
    let duplicateOf: RemittanceID?
    /// How often the same file came again.
    let duplicates: Int
    let parts: [Part]
    let receivedAt: Instant
    let postedAt: Instant?
    let version: Int

    struct Reason: Sendable, Hashable {
        let code: String
        let text: String
        let segment: Int?
    }

    /// What the payer settled with the billing entity itself, never with a patient.
    struct ProviderLevelAdjustment: Sendable, Hashable {
        let code: String
        let reference: String
        let amount: Int64
    }

    /// A claim that no location of the organization made, as the payer names it.
    struct UnmatchedClaim: Sendable, Hashable {
        /// Its place in the payment.
        let ordinal: Int
        let number: String
        /// CLP02.
        let status: String
        let paid: Int64
    }

    /// The claims that belong to one location.
    struct Part: Sendable, Hashable {
        let location: LocationID
        let claims: Int
        let amount: Int64
        let isPosted: Bool
        /// Claims that wait for a person there.
        let held: Int
    }
}
