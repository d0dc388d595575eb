import Values

/// Turns the segments of one ST 835 into a remittance and its claims, one claim at a time.
struct RemittanceParser {
    var remittance: Remittance
    /// Since they were last taken; the reader adds them to those of the file.
    private var findings: [Finding] = []
    /// All of this remittance.
    private var own: Findings

    enum Place {
        case head, payer, payee, other, claim, line, foot
    }

    var isInClaim: Bool { place == .claim || place == .line }
    var isInLine: Bool { place == .line }

    let delimiters: Delimiters
    let limits: Limits
    var place = Place.head
    // Not optionals: asking one of this size whether it is there copies it whole.
    var claim = RemittanceClaim.none
    var line = RemittanceLine.none
    /// The last claim that was completed.
    private(set) var completed = RemittanceClaim.none
    private(set) var position = Position(interchange: 0, segment: 0)
    var claims = 0
    private var hasTrace = false

    init(_ transaction: Transaction, in interchange: Interchange, limits: Limits) {
        remittance = Remittance(
            interchange: interchange,
            groupControl: transaction.groupControl,
            control: transaction.control,
            version: transaction.version,
            position: transaction.position
        )
        delimiters = interchange.delimiters
        own = Findings(limit: limits.findings)
        self.limits = limits
    }

    /// True when this segment completes the claim before it: it is in `completed`.
    mutating func take(_ segment: Segment, at position: Position) -> Bool {
        self.position = position
        switch segment.name {
        case .clp:
            let done = closeClaim()
            openClaim(segment)
            return done
        case .svc: openLine(segment)
        case .cas: takeAdjustments(segment)
        case .amt: takeAmount(segment)
        case .ref: takeReference(segment)
        case .dtm: takeDate(segment)
        case .lq: if isInLine, hasRoom(line.remarkCodes.count) { line.remarkCodes.append(segment.text(2)) }
        case .nm1: if isInClaim { takeName(segment) }
        case .moa: takeRemarks(segment, [3, 4, 5, 6, 7])
        case .mia: takeRemarks(segment, [5, 20, 21, 22, 23])
        case .lx: closeLine()
        case .plb:
            let done = closeClaim()
            place = .foot
            takeProviderAdjustments(segment)
            return done
        case .bpr: takePayment(segment)
        // Amounts are read as US dollars.
        case .cur: if segment.text(2) != "USD" { find(.currencyForeign, .refusesRemittance, "CUR02 is not USD") }
        case .trn: takeTrace(segment)
        case .n1: takeParty(segment)
        default: break
        }
        return false
    }

    mutating func takeFindings() -> [Finding] {
        defer { findings = [] }
        return findings
    }

    /// Completes the claim that is open; false when none is.
    mutating func closeClaim() -> Bool {
        closeLine()
        guard isInClaim else { return false }
        place = .other
        let reasons = claim.settle()
        claim.findings += reasons
        for reason in reasons { keep(reason) }
        remittance.balance.count(claim)
        completed = claim
        return true
    }

    /// The verdict on the whole; call after the last claim was closed.
    mutating func close(complete: Bool) -> Remittance {
        remittance.isComplete = complete
        if !remittance.hasPayment { find(.paymentMissing, .refusesRemittance, "no BPR: the amount paid is unknown") }
        if !hasTrace { find(.traceMissing, .refusesRemittance, "no TRN02: the payment cannot be told from others") }
        let balance = remittance.balance
        if balance.overflowed {
            find(.amountOverflow, .refusesRemittance, "the sums are too large")
        } else if !balance.isBalanced {
            find(
                .remittanceUnbalanced,
                .refusesRemittance,
                "BPR02 \(balance.payment) is not claims \(balance.paid) less provider adjustments \(balance.providerAdjustments): off by \(balance.difference)"
            )
        }
        remittance.findings = own.kept
        remittance.worst = own.worst
        return remittance
    }

    // MARK: Head and foot

    private mutating func takePayment(_ segment: Segment) {
        guard !remittance.hasPayment else {
            find(.paymentRepeated, .refusesRemittance, "a second BPR")
            return
        }
        remittance.hasPayment = true
        remittance.payment = Payment(
            handling: segment.text(1),
            amount: amount(segment, 2, "BPR02", refusing: .refusesRemittance),
            creditDebit: segment.text(3),
            method: segment.text(4),
            dateText: segment.text(16)
        )
        remittance.balance.payment = remittance.payment.amount
        if remittance.payment.amount < .zero { find(.paymentNegative, .refusesRemittance, "BPR02 is negative") }
        if !remittance.payment.dateText.isEmpty, remittance.payment.date == nil { find(.dateInvalid, .note, "BPR16 is not a date") }
    }

    private mutating func takeTrace(_ segment: Segment) {
        guard !hasTrace, !isInClaim else { return }
        hasTrace = !segment.isBlank(2)
        remittance.trace = Trace(number: segment.text(2), payerID: segment.text(3), supplement: segment.text(4))
    }

    private mutating func takeParty(_ segment: Segment) {
        guard !isInClaim else { return }
        let party = Party(name: segment.text(2), idQualifier: segment.text(3), id: segment.text(4))
        if segment.equals(1, "PR") {
            if remittance.payer == Party() { remittance.payer = party }
            place = .payer
        } else if segment.equals(1, "PE") {
            if remittance.payee == Party() { remittance.payee = party }
            place = .payee
        } else {
            place = .other
        }
    }

    private mutating func takeProviderAdjustments(_ segment: Segment) {
        for element in stride(from: 3, through: 13, by: 2) where !segment.isEmpty(element) {
            let amount = amount(segment, element + 1, "PLB\(element + 1)", refusing: .refusesRemittance)
            if amount == .zero { find(.providerAdjustmentZero, .note, "PLB\(element + 1) is zero") }
            remittance.balance.provider.add(amount)
            guard remittance.providerAdjustments.count < limits.providerAdjustments else {
                find(.tooMany, .refusesRemittance, "more provider adjustments than the limit")
                continue
            }
            let (code, reference) = segment.headAndRest(element, delimiters)
            remittance.providerAdjustments.append(
                ProviderAdjustment(
                    provider: segment.text(1),
                    fiscalYearEnd: segment.text(2),
                    code: code,
                    reference: reference,
                    amount: amount,
                    position: position
                )
            )
        }
    }

    // MARK: Amounts and findings

    mutating func amount(_ segment: Segment, _ element: Int, _ name: String, refusing severity: Finding.Severity) -> Amount {
        if let amount = segment.amount(element) { return amount }
        if segment.isBlank(element) {
            find(.amountMissing, severity, "\(name) is missing")
        } else {
            find(.amountInvalid, severity, "\(name) is not an amount in whole cents")
        }
        return .zero
    }

    mutating func hasRoom(_ count: Int) -> Bool {
        if count < limits.parts { return true }
        find(.tooMany, .refusesRemittance, "more segments of one kind at one place than the limit")
        return false
    }

    mutating func find(_ code: Finding.Code, _ severity: Finding.Severity, _ text: String) {
        let finding = Finding(code, severity, position, text)
        keep(finding)
        if isInClaim, claim.findings.count < limits.findings { claim.findings.append(finding) }
    }

    private mutating func keep(_ finding: Finding) {
        findings.append(finding)
        own.add(finding)
    }
}
