/// What stands between CLP and the next CLP: the claim, its lines, and what belongs to either.
extension RemittanceParser {
    mutating func openClaim(_ segment: Segment) {
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
        claim.charge = charge
        claim.paid = paid
        claim.patientResponsibility = responsibility
        if segment.isBlank(1) { find(.claimNumberMissing, .holdsClaim, "no CLP01") }
    }

    mutating func openLine(_ segment: Segment) {
        closeLine()
        guard isInClaim else {
            find(.segmentMisplaced, .refusesRemittance, "SVC outside a claim")
            return
        }
        var opened = RemittanceLine(position: position)
        opened.procedure = Procedure(segment.components(1, delimiters))
        opened.charge = amount(segment, 2, "SVC02", refusing: .holdsClaim)
        opened.paid = amount(segment, 3, "SVC03", refusing: .holdsClaim)
        opened.revenueCode = segment.text(4)
        opened.units = segment.text(5)
        if !segment.isEmpty(6) { opened.submittedProcedure = Procedure(segment.components(6, delimiters)) }
        opened.submittedUnits = segment.text(7)
        line = opened
        place = .line
    }

    mutating func closeLine() {
        guard isInLine else { return }
        place = .claim
        guard claim.lines.count < limits.lines else {
            find(.tooMany, .refusesRemittance, "more lines in a claim than the limit")
            return
        }
        claim.lines.append(line)
    }

    mutating func takeAdjustments(_ segment: Segment) {
        guard isInClaim else {
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
            if isInLine {
                if hasRoom(line.adjustments.count) { line.adjustments.append(adjustment) }
            } else if hasRoom(claim.adjustments.count) {
                claim.adjustments.append(adjustment)
            }
        }
    }

    mutating func takeAmount(_ segment: Segment) {
        guard isInClaim else { return }
        let amount = QualifiedAmount(qualifier: segment.text(1), amount: amount(segment, 2, "AMT02", refusing: .note))
        if isInLine {
            if hasRoom(line.amounts.count) { line.amounts.append(amount) }
        } else if hasRoom(claim.amounts.count) {
            claim.amounts.append(amount)
        }
    }

    mutating func takeReference(_ segment: Segment) {
        if isInLine, segment.equals(1, "6R") {
            line.control = segment.text(2)
            return
        }
        let reference = Reference(qualifier: segment.text(1), value: segment.text(2))
        switch place {
        case .line: if hasRoom(line.references.count) { line.references.append(reference) }
        case .claim: if hasRoom(claim.references.count) { claim.references.append(reference) }
        case .payer: if hasRoom(remittance.payer.references.count) { remittance.payer.references.append(reference) }
        case .payee: if hasRoom(remittance.payee.references.count) { remittance.payee.references.append(reference) }
        case .head, .other, .foot: break
        }
    }

    mutating func takeDate(_ segment: Segment) {
        guard isInClaim else { return }
        let day = segment.day(2)
        if day == nil, !segment.isEmpty(2) { find(.dateInvalid, .note, "DTM02 is not a date") }
        if isInLine {
            if segment.equals(1, "472") { line.serviceFrom = day }
            if segment.equals(1, "150") { line.serviceFrom = day }
            if segment.equals(1, "151") { line.serviceTo = day }
        } else {
            if segment.equals(1, "232") { claim.serviceFrom = day }
            if segment.equals(1, "233") { claim.serviceTo = day }
            if segment.equals(1, "050") { claim.received = day }
        }
    }

    mutating func takeName(_ segment: Segment) {
        guard hasRoom(claim.people.count) else { return }
        claim.people.append(
            Person(
                entity: segment.text(1),
                last: segment.text(3),
                first: segment.text(4),
                middle: segment.text(5),
                suffix: segment.text(7),
                idQualifier: segment.text(8),
                id: segment.text(9)
            )
        )
    }

    mutating func takeRemarks(_ segment: Segment, _ elements: [Int]) {
        for element in elements where !segment.isEmpty(element) && hasRoom(claim.remarkCodes.count) {
            claim.remarkCodes.append(segment.text(element))
        }
    }
}
