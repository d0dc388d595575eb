import Values

/// One 837P: the claims of one billing entity for one payer, at most so many.
struct ClaimFile: Sendable {
    enum State: String, Sendable, CaseIterable {
        /// Its claims are chosen and its control number is taken; its bytes are not made yet.
        case planned
        /// Its bytes are kept; nothing changes them any more.
        case made
        /// It lies in the outbound folder.
        case written
        case accepted, rejected
        /// None of its claims could be written.
        case empty
    }

    let id: ClaimFileID
    let run: BillingRunID
    let billingEntity: BillingEntityID
    let payer: PayerID
    /// ISA13.
    let control: Int
    let name: String
    let state: State
    let claims: Int
    let createdAt: Instant

    static func name(of id: ClaimFileID) -> String { "837P_\(id).edi" }

    /// BHT03 begins with it; the 277CA returns it. The id without dashes is longer than X12 takes, its end tells files apart.
    var reference: String { String(id.uuid.compact.suffix(20)).uppercased() }
}
