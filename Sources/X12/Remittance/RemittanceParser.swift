import Values

/// Turns the segments of one ST 835 into a remittance and its claims, one claim at a time.
struct RemittanceParser {
    private(set) var remittance: Remittance
    /// Since they were last taken; the reader adds them to those of the file.
    private var findings: [Finding] = []
    /// All of this remittance.
    private var own: Findings

    private enum Place {
        case head, payer, payee, other, claim, line, foot
    }

    private let delimiters: Delimiters
    private let limits: Limits
    private var place = Place.head
    private var claim: RemittanceClaim?
    private var line: RemittanceLine?
    private var position = Position(interchange: 0, segment: 0)
    private var claims = 0
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

    /// Answers the claim that this segment completes.
    mutating func take(_ segment: Segment, at position: Position) -> RemittanceClaim? {
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
        case .lq: if line != nil, hasRoom(line?.remarkCodes) { line?.remarkCodes.append(segment.text(2)) }
        case .nm1: if claim != nil { takeName(segment) }
        case .moa: takeRemarks(segment, [3, 4, 5, 6, 7])
        case .mia: takeRemarks(segment, [5, 20, 21, 22, 23])
        case .lx: closeLine()
        case .plb:
            let done = closeClaim()
            place = .foot
            takeProviderAdjustments(segment)
            return done
        case .bpr: takePayment(segment)
        case .trn: takeTrace(segment)
        case .n1: takeParty(segment)
        default: break
        }
        return nil
    }

    mutating func takeFindings() -> [Finding] {
        defer { findings = [] }
        return findings
    }

    /// The last claim, when the transaction ends.
    mutating func closeClaim() -> RemittanceClaim? {
        closeLine()
        guard var done = claim else { return nil }
        claim = nil
        let reasons = done.settle()
        done.findings += reasons
        for reason in reasons { keep(reason) }
        remittance.balance.count(done)
        return done
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
        guard !hasTrace, claim == nil else { return }
        hasTrace = !segment.isBlank(2)
        remittance.trace = Trace(number: segment.text(2), payerID: segment.text(3), supplement: segment.text(4))
    }

    private mutating func takeParty(_ segment: Segment) {
        guard claim == nil else { return }
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

    // MARK: Claims and lines

    private mutating func openClaim(_ segment: Segment) {
        claims += 1
        place = .claim
        var opened = RemittanceClaim(ordinal: claims, position: position)
        opened.number = segment.text(1)
        opened.status = segment.text(2)
        opened.filingIndicator = segment.text(6)
        opened.payerControl = segment.text(7)
        opened.facility = segment.text(8)
        opened.frequency = segment.text(9)
        opened.statesResponsibility = !segment.isBlank(5)
        // From here on findings belong to this claim.
        claim = opened
        let charge = amount(segment, 3, "CLP03", refusing: .holdsClaim)
        // Without CLP04 the sum of the payment is unknown as well.
        let paid = amount(segment, 4, "CLP04", refusing: .refusesRemittance)
        let responsibility = opened.statesResponsibility ? amount(segment, 5, "CLP05", refusing: .holdsClaim) : .zero
        claim?.charge = charge
        claim?.paid = paid
        claim?.patientResponsibility = responsibility
        if segment.isBlank(1) { find(.claimNumberMissing, .holdsClaim, "no CLP01") }
    }

    private mutating func openLine(_ segment: Segment) {
        closeLine()
        guard claim != nil else {
            find(.segmentMisplaced, .refusesRemittance, "SVC outside a claim")
            return
        }
        place = .line
        var opened = RemittanceLine(position: position)
        opened.procedure = Procedure(segment.components(1, delimiters))
        opened.charge = amount(segment, 2, "SVC02", refusing: .holdsClaim)
        opened.paid = amount(segment, 3, "SVC03", refusing: .holdsClaim)
        opened.revenueCode = segment.text(4)
        opened.units = segment.text(5)
        if !segment.isEmpty(6) { opened.submittedProcedure = Procedure(segment.components(6, delimiters)) }
        opened.submittedUnits = segment.text(7)
        line = opened
    }

    private mutating func closeLine() {
        guard let done = line else { return }
        line = nil
        place = .claim
        guard (claim?.lines.count ?? 0) < limits.lines else {
            find(.tooMany, .refusesRemittance, "more lines in a claim than the limit")
            return
        }
        claim?.lines.append(done)
    }

    private mutating func takeAdjustments(_ segment: Segment) {
        guard claim != nil else {
            find(.segmentMisplaced, .refusesRemittance, "CAS outside a claim")
            return
        }
        let group = segment.text(1)
        for element in stride(from: 2, through: 17, by: 3) where !segment.isEmpty(element) {
            let adjustment = Adjustment(
                group: group,
                reason: segment.text(element),
                amount: amount(segment, element + 1, "CAS\(element + 1)", refusing: .holdsClaim),
                quantity: segment.text(element + 2),
                position: position
            )
            if line != nil {
                if hasRoom(line?.adjustments) { line?.adjustments.append(adjustment) }
            } else if hasRoom(claim?.adjustments) {
                claim?.adjustments.append(adjustment)
            }
        }
    }

    private mutating func takeAmount(_ segment: Segment) {
        guard claim != nil else { return }
        let amount = QualifiedAmount(qualifier: segment.text(1), amount: amount(segment, 2, "AMT02", refusing: .note))
        if line != nil {
            if hasRoom(line?.amounts) { line?.amounts.append(amount) }
        } else if hasRoom(claim?.amounts) {
            claim?.amounts.append(amount)
        }
    }

    private mutating func takeReference(_ segment: Segment) {
        if line != nil, segment.equals(1, "6R") {
            line?.control = segment.text(2)
            return
        }
        let reference = Reference(qualifier: segment.text(1), value: segment.text(2))
        switch place {
        case .line: if hasRoom(line?.references) { line?.references.append(reference) }
        case .claim: if hasRoom(claim?.references) { claim?.references.append(reference) }
        case .payer: if hasRoom(remittance.payer.references) { remittance.payer.references.append(reference) }
        case .payee: if hasRoom(remittance.payee.references) { remittance.payee.references.append(reference) }
        case .head, .other, .foot: break
        }
    }

    private mutating func takeDate(_ segment: Segment) {
        guard claim != nil else { return }
        let day = segment.day(2)
        if day == nil, !segment.isEmpty(2) { find(.dateInvalid, .note, "DTM02 is not a date") }
        if line != nil {
            if segment.equals(1, "472") { line?.serviceFrom = day }
            if segment.equals(1, "150") { line?.serviceFrom = day }
            if segment.equals(1, "151") { line?.serviceTo = day }
        } else {
            if segment.equals(1, "232") { claim?.serviceFrom = day }
            if segment.equals(1, "233") { claim?.serviceTo = day }
            if segment.equals(1, "050") { claim?.received = day }
        }
    }

    private mutating func takeName(_ segment: Segment) {
        if segment.equals(1, "TT") {
            claim?.crossover = Party(name: segment.text(3), idQualifier: segment.text(8), id: segment.text(9))
            return
        }
        let person = Person(
            last: segment.text(3),
            first: segment.text(4),
            middle: segment.text(5),
            suffix: segment.text(7),
            idQualifier: segment.text(8),
            id: segment.text(9)
        )
        if segment.equals(1, "QC") { claim?.patient = person }
        if segment.equals(1, "IL") { claim?.insured = person }
        if segment.equals(1, "74") { claim?.corrected = person }
        if segment.equals(1, "82") { claim?.rendering = person }
    }

    private mutating func takeRemarks(_ segment: Segment, _ elements: [Int]) {
        for element in elements where !segment.isEmpty(element) && hasRoom(claim?.remarkCodes) {
            claim?.remarkCodes.append(segment.text(element))
        }
    }

    // MARK: Amounts and findings

    private mutating func amount(_ segment: Segment, _ element: Int, _ name: String, refusing severity: Finding.Severity) -> Amount {
        if let amount = segment.amount(element) { return amount }
        if segment.isBlank(element) {
            find(.amountMissing, severity, "\(name) is missing")
        } else {
            find(.amountInvalid, severity, "\(name) is not an amount in whole cents")
        }
        return .zero
    }

    private mutating func hasRoom<Part>(_ parts: [Part]?) -> Bool {
        guard let parts, parts.count >= limits.parts else { return parts != nil }
        find(.tooMany, .refusesRemittance, "more segments of one kind at one place than the limit")
        return false
    }

    private mutating func find(_ code: Finding.Code, _ severity: Finding.Severity, _ text: String) {
        let finding = Finding(code, severity, position, text)
        keep(finding)
        if let count = claim?.findings.count, count < limits.findings { claim?.findings.append(finding) }
    }

    private mutating func keep(_ finding: Finding) {
        findings.append(finding)
        own.add(finding)
    }
}
