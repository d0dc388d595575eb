import Values

/// What an insurer is asked to pay for one encounter. Made once for each encounter, payer in order, and submission.
struct Claim: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        /// Made; not yet in a file that was put out.
        case ready
        /// In a file in the outbound folder.
        case filed
        case sent, rejected
        /// Settled: nothing is left for the insurer to pay.
        case paid
        /// Adjudicated, and something is left to work on.
        case partial
        /// Adjudicated: nobody pays.
        case denied
        /// The payer took its decision back.
        case reversed
        case closed
    }

    let id: ClaimID
    /// CLM01: opaque and unique over the platform.
    let number: String
    let patient: PatientID
    let encounter: EncounterID
    let coverage: CoverageID
    let payer: PayerID
    let run: BillingRunID
    let file: ClaimFileID?
    let payerOrder: Int
    let state: State
    /// Minor units.
    let total: Int64
    let paid: Int64
    /// What remittances made the patient's share.
    let patientOwes: Int64
    let payerControl: String?
    let version: Int
    let createdAt: Instant
    let updatedAt: Instant
}

/// A charge as it was claimed.
struct ClaimLine: Sendable, Hashable {
    let ordinal: Int
    let charge: ChargeID
    /// REF*6R: the 835 returns it.
    let controlNumber: String
    let code: String
    let amount: Int64
}

/// What a remittance said about a claim.
struct ClaimPosting: Sendable, Hashable {
    let id: RemittanceClaimID
    let remittance: RemittanceID
    let trace: String
    let ordinal: Int
    /// CLP02.
    let status: String
    let charged: Int64
    let paid: Int64
    let patientOwes: Int64
    let state: PostingState
    let holdReason: String?
    let postedAt: Instant
}

enum PostingState: String, Sendable, CaseIterable {
    case posted, held
}

extension Entity {
    /// One claim of a remittance, at the location it belongs to.
    enum RemittanceClaim {}
}

typealias RemittanceClaimID = ID<Entity.RemittanceClaim>
