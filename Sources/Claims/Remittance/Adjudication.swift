import Values
import X12

/// A claim as its posting needs it.
struct OpenClaim: Sendable {
    let id: ClaimID
    let number: String
    let patient: PatientID
    let payer: PayerID
    let total: Int64
    let lines: [OpenLine]
    /// Earlier postings that nobody took back, the latest last.
    var postings: [EarlierPosting]
}

/// A line of a claim, to be found again in a remittance.
struct OpenLine: Sendable, Hashable {
    let control: String
    let charge: ChargeID
    let code: String
    let modifiers: [String]
    let amount: Int64
}

/// A posting that a reversal may take back.
struct EarlierPosting: Sendable, Hashable {
    let id: RemittanceClaimID
    let charged: Int64
    let paid: Int64
}

/// What an insurer's decision moves, signed: a payer may also take back within a line.
struct Share: Sendable, Hashable {
    enum Kind: Sendable, Hashable, CaseIterable {
        /// The insurer paid it.
        case paid
        /// The contract has the clinic write it off.
        case writtenOff
        /// The patient owes it.
        case patient
    }

    let kind: Kind
    let amount: Int64
    /// nil when the payer's line could not be told.
    let charge: ChargeID?
}

/// The decision on one claim, in shares. What no share takes stays open with the insurer, for a person to work on: a denial is not a
/// write-off.
struct Adjudication: Sendable, Hashable {
    let shares: [Share]
    let total: Int64

    var paid: Int64 { sum(.paid) }
    var patientOwes: Int64 { sum(.patient) }
    var writtenOff: Int64 { sum(.writtenOff) }
    var left: Int64 { total - shares.reduce(0) { $0 + $1.amount } }

    var state: Claim.State {
        if paid == 0, patientOwes == 0 { return .denied }
        return left == 0 ? .paid : .partial
    }

    private func sum(_ kind: Share.Kind) -> Int64 { shares.reduce(0) { $0 + ($1.kind == kind ? $1.amount : 0) } }
}

/// Why a claim of a remittance is held at its location. Stable codes.
enum PostingHold: String, Error, Sendable, CaseIterable {
    case unbalanced
    case claimUnknown = "claim_unknown"
    case statusUnknown = "status_unknown"
    case predetermination
    case notOurClaim = "not_our_claim"
    case groupUnknown = "group_unknown"
    case chargeDiffers = "charge_differs"
    case alreadyAdjudicated = "already_adjudicated"
    case reversalWithoutOriginal = "reversal_without_original"
    case reversalDiffers = "reversal_differs"
    case amountOutOfRange = "amount_out_of_range"
    case traceUsed = "trace_used"
    case overpaid
    case writeOffExceedsCharge = "write_off_exceeds_charge"
    case negativePatientShare = "negative_patient_share"
}

/// What is to be done with one claim of a remittance.
enum PostingDecision: Sendable, Hashable {
    case post(Adjudication)
    case reverse(EarlierPosting)
    case hold(PostingHold)

    /// Decides by the rules alone: the same claim, remittance and history always give the same answer.
    init(_ paid: RemittanceClaim, claim: OpenClaim?) {
        do {
            self = try PostingDecision.decide(paid, claim)
        } catch {
            self = .hold(error)
        }
    }

    private static func decide(_ paid: RemittanceClaim, _ claim: OpenClaim?) throws(PostingHold) -> PostingDecision {
        guard paid.isPostable else { throw .unbalanced }
        if paid.isPredetermination { throw .predetermination }
        guard paid.status != "23" else { throw .notOurClaim }
        guard processed.contains(paid.status) || paid.isReversal else { throw .statusUnknown }
        guard let claim else { throw .claimUnknown }
        // Some payers take back under status 1 with negative amounts: the sign decides.
        if paid.isReversal || paid.charge.minor < 0 { return .reverse(try original(of: paid, claim)) }
        guard paid.charge.minor == claim.total else { throw .chargeDiffers }
        guard claim.postings.isEmpty else { throw .alreadyAdjudicated }
        let adjudication = Adjudication(shares: try shares(of: paid, claim), total: claim.total)
        // It may be right (interest, a contract that pays more than was charged), but somebody looks first.
        if adjudication.paid > claim.total { throw .overpaid }
        if adjudication.writtenOff > claim.total { throw .writeOffExceedsCharge }
        if adjudication.patientOwes < 0 { throw .negativePatientShare }
        return .post(adjudication)
    }

    /// Processed as primary, secondary, tertiary; denied; the same and sent on to the next payer.
    private static let processed: Set<String> = ["1", "2", "3", "4", "19", "20", "21"]

    /// The posting that this takes back: its exact negative.
    private static func original(of paid: RemittanceClaim, _ claim: OpenClaim) throws(PostingHold) -> EarlierPosting {
        guard !claim.postings.isEmpty else { throw .reversalWithoutOriginal }
        let original = claim.postings.last { $0.charged == -paid.charge.minor && $0.paid == -paid.paid.minor }
        guard let original else { throw .reversalDiffers }
        return original
    }

    private static func shares(of paid: RemittanceClaim, _ claim: OpenClaim) throws(PostingHold) -> [Share] {
        var shares: [Share] = []
        // What the lines do not say was decided for the claim as a whole.
        let lines = paid.lines.reduce(0) { $0 + $1.paid.minor }
        if paid.paid.minor != lines { shares.append(Share(kind: .paid, amount: paid.paid.minor - lines, charge: nil)) }
        for adjustment in paid.adjustments { try add(adjustment, charge: nil, to: &shares) }
        var open = claim.lines
        for line in paid.lines {
            let charge = take(line, from: &open)
            if line.paid != .zero { shares.append(Share(kind: .paid, amount: line.paid.minor, charge: charge)) }
            for adjustment in line.adjustments { try add(adjustment, charge: charge, to: &shares) }
        }
        return shares
    }

    private static func add(_ adjustment: X12.Adjustment, charge: ChargeID?, to shares: inout [Share]) throws(PostingHold) {
        guard adjustment.amount != .zero else { return }
        switch adjustment.group {
        case "PR": shares.append(Share(kind: .patient, amount: adjustment.amount.minor, charge: charge))
        case "CO", "PI":
            guard Contractual.reasons.contains(adjustment.reason) else { return }
            shares.append(Share(kind: .writtenOff, amount: adjustment.amount.minor, charge: charge))
        // Other: mostly the effect of an earlier payer. Information; nothing moves.
        case "OA": return
        default: throw .groupUnknown
        }
    }

    /// The line the payer means: by our number, else by procedure, modifiers and charge, else by procedure and charge (payers drop modifiers).
    private static func take(_ line: RemittanceLine, from open: inout [OpenLine]) -> ChargeID? {
        let code = (line.submittedProcedure ?? line.procedure).code
        let modifiers = (line.submittedProcedure ?? line.procedure).modifiers
        let index =
            open.firstIndex { !line.control.isEmpty && $0.control == line.control }
            ?? open.firstIndex { $0.code == code && $0.modifiers == modifiers && $0.amount == line.charge.minor }
            ?? open.firstIndex { $0.code == code && $0.amount == line.charge.minor }
        // A split line comes several times under its number: it stays to be found.
        guard let index else { return nil }
        let found = open[index]
        if found.control != line.control { open.remove(at: index) }
        return found.charge
    }
}

/// Adjustments that a contract has the clinic write off. Every other refusal stays open: it may be worth an appeal.
enum Contractual {
    /// CARC numbers: fee schedule, multiple procedures, bundled services, discounts and incentives, withhold, sequestration.
    static let reasons: Set<String> = ["45", "59", "97", "104", "131", "144", "231", "236", "253"]
}
