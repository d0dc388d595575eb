import Values
import X12

/// An 835 as it was received: every payment in it, which claims each pays, and whether anything of it may be posted. Read whole before
/// anything is posted (DESIGN section 4): a file that does not add up posts nothing.
struct ReceivedFile: Sendable {
    let payments: [ReceivedPayment]
    let verdict: RemittanceVerdict
    /// Grave ones that no payment has of its own, with the payment they quote, if any.
    private let ofTheEnvelope: [(finding: Finding, payment: Int?)]

    init(_ bytes: [UInt8]) {
        var payments: [ReceivedPayment] = []
        var claims: [PaidClaim] = []
        var content = PaymentContent()
        var reader = RemittanceReader()
        func take(_ event: RemittanceEvent) {
            switch event {
            case .claim(let claim):
                content.add(claim)
                claims.append(PaidClaim(claim))
            case .remittance(let remittance):
                let hash = content.close(remittance)
                payments.append(ReceivedPayment(ordinal: payments.count + 1, remittance: remittance, claims: claims, content: hash))
                claims = []
            }
        }
        for start in stride(from: 0, to: bytes.count, by: ReceivedFile.chunk) {
            reader.read(Array(bytes[start..<min(start + ReceivedFile.chunk, bytes.count)]), take)
        }
        verdict = reader.finish(take)
        self.payments = payments
        let findings = Set(payments.flatMap(\.remittance.findings))
        ofTheEnvelope = verdict.findings.filter { $0.severity >= .refusesRemittance && !findings.contains($0) }.map { finding in
            (finding, finding.code.isOfOneTransaction ? ReceivedFile.payment(of: payments, at: finding.position) : nil)
        }
    }

    /// Why nothing of the file may be posted; empty when it may.
    var reasons: [HoldReason] {
        if verdict.isPostable { return [] }
        let grave = verdict.findings.filter { $0.severity >= .refusesRemittance }.prefix(ReceivedFile.reasonsKept).map(HoldReason.init)
        if !grave.isEmpty { return Array(grave) }
        return [HoldReason(code: "no-remittance", text: "The file holds no remittance (835).", segment: nil)]
    }

    /// Why nothing of a payment may be posted; empty when it may, which is so for all payments of a file or for none. A file may pay several
    /// organizations, so what is quoted of another payment (amounts, control numbers) stays out: of it is only said that it does not add up.
    func reasons(of payment: ReceivedPayment) -> [HoldReason] {
        if verdict.isPostable { return [] }
        let shared = ofTheEnvelope.filter { $0.payment == nil || $0.payment == payment.ordinal }.map(\.finding)
        let own = payment.remittance.findings.filter { $0.severity >= .refusesRemittance }
        var reasons = (shared + own).prefix(ReceivedFile.reasonsKept).map(HoldReason.init)
        let others = verdict.refusedRemittances - (payment.remittance.isPostable ? 0 : 1)
        if others > 0 || shared.count < ofTheEnvelope.count || reasons.isEmpty { reasons.append(.otherPaymentRefused) }
        return reasons
    }

    /// The payment whose ST stands before it in the same interchange, the nearest; 0 when it is no payment's.
    private static func payment(of payments: [ReceivedPayment], at position: Position) -> Int {
        let before = payments.last { payment in
            let start = payment.remittance.position
            return start.interchange == position.interchange && start.segment <= position.segment
        }
        return before?.ordinal ?? 0
    }

    /// The end of the file is missing: it may still be arriving.
    var isCut: Bool {
        verdict.interchanges.isEmpty || verdict.findings.contains { $0.code == .interchangeEndMissing || $0.code == .unterminatedSegment }
    }

    /// The receivers its interchanges name (ISA08).
    var receivers: [String] { Array(Set(verdict.interchanges.map(\.receiver))).sorted() }

    private static let chunk = 256 * 1024
    private static let reasonsKept = 50
}

extension Finding.Code {
    /// What the envelope says of one ST, quoting it.
    fileprivate var isOfOneTransaction: Bool {
        switch self {
        case .transactionEndMissing, .transactionCount, .transactionControl, .transactionRepeated, .transactionVersion: true
        default: false
        }
    }
}

/// One ST of an 835.
struct ReceivedPayment: Sendable {
    /// 1 for the first ST 835 of the file.
    let ordinal: Int
    /// Everything but its claims.
    let remittance: Remittance
    let claims: [PaidClaim]
    /// See `PaymentContent`.
    let content: [UInt8]

    var trace: String { remittance.trace.number }
    /// TRN03; payers that leave it out are known by their own id.
    var payerCode: String { remittance.trace.payerID.isEmpty ? remittance.payer.id : remittance.trace.payerID }
    var amount: Int64 { remittance.payment.amount.minor }
    /// Sum of PLB: positive lowers the payment.
    var adjustments: Int64 { remittance.balance.providerAdjustments.minor }

    /// Ordinals and amounts by where the claims belong; what belongs nowhere stays with the billing entity.
    func parts(routes: [String: LocationID]) -> (parts: [RemittancePart], unmatched: [PaidClaim]) {
        var parts: [LocationID: RemittancePart] = [:]
        var unmatched: [PaidClaim] = []
        for claim in claims {
            guard let location = routes[ClaimNumber.looked(up: claim.number)] else {
                unmatched.append(claim)
                continue
            }
            parts[location, default: RemittancePart(location: location)].add(claim)
        }
        return (parts.values.sorted { $0.location < $1.location }, unmatched)
    }
}

/// A claim of a payment, as far as routing needs it.
struct PaidClaim: Sendable, Hashable {
    let ordinal: Int
    let number: String
    let status: String
    let paid: Int64

    init(_ claim: RemittanceClaim) {
        ordinal = claim.ordinal
        number = claim.number
        status = claim.status
        paid = claim.paid.minor
    }
}

/// The claims of a payment that belong to one location.
struct RemittancePart: Sendable, Hashable {
    let location: LocationID
    private(set) var ordinals: [Int] = []
    private(set) var amount: Int64 = 0

    init(location: LocationID) {
        self.location = location
    }

    mutating func add(_ claim: PaidClaim) {
        ordinals.append(claim.ordinal)
        // Within a balanced payment: its sums were computed without overflow.
        amount += claim.paid
    }
}

/// Why something of a remittance waits for a person.
struct HoldReason: Sendable, Hashable {
    let code: String
    /// For the people who handle the file; says nothing about a person.
    let text: String
    let segment: Int?

    init(code: String, text: String, segment: Int?) {
        self.code = code
        self.text = text
        self.segment = segment
    }

    init(_ finding: Finding) {
        self.init(code: finding.code.rawValue, text: finding.text, segment: finding.position.segment)
    }

    static let payeeUnknown = HoldReason(
        code: "payee-unknown",
        text: "No billing entity here has the payee's NPI or the receiver's id.",
        segment: nil
    )
    static let payeeAmbiguous = HoldReason(
        code: "payee-ambiguous",
        text: "Billing entities of several organizations fit the payee.",
        segment: nil
    )
    static let payeeShared = HoldReason(
        code: "payee-shared",
        text: "Billing entities of several organizations have this NPI, and no claim tells whose it is: this one has it the longest.",
        segment: nil
    )
    static let testFile = HoldReason(
        code: "test-remittance",
        text: "The file is marked as test (ISA15), the billing entity works in production.",
        segment: nil
    )
    static let traceReused = HoldReason(
        code: "trace-reused",
        text: "A payment of this payer, trace, day and amount was recorded before, and what it decides was different.",
        segment: nil
    )
    static let otherPaymentRefused = HoldReason(
        code: "other-payment-refused",
        text: "Another payment of the file does not add up: nothing of the file is posted.",
        segment: nil
    )
    static let debit = HoldReason(code: "debit", text: "The payment is a debit (BPR03): money is taken back.", segment: nil)
    static let claimsUnknown = HoldReason(
        code: "claims-unknown",
        text: "No location here made any of the claims it pays.",
        segment: nil
    )
    static let paymentDate = HoldReason(
        code: "payment-date",
        text: "The payment's date (BPR16) is missing, impossible, or far from today.",
        segment: nil
    )
    static let tooLarge = HoldReason(code: "file-too-large", text: "The file is larger than the limit.", segment: nil)
}
