extension RemittanceClaim {
    /// Checks levels one and two and answers what does not hold.
    mutating func settle() -> [Finding] {
        var reasons: [Finding] = []
        var owed = Tally()
        owed.add(charge)
        var patient = Tally()
        for adjustment in adjustments {
            owed.subtract(adjustment.amount)
            if adjustment.group == "PR" { patient.add(adjustment.amount) }
        }
        var lineCharges = Tally()
        for (index, line) in lines.enumerated() {
            var payable = Tally()
            payable.add(line.charge)
            lineCharges.add(line.charge)
            for adjustment in line.adjustments {
                payable.subtract(adjustment.amount)
                owed.subtract(adjustment.amount)
                if adjustment.group == "PR" { patient.add(adjustment.amount) }
            }
            if payable.overflowed || payable.total != line.paid {
                unbalancedLines.append(index + 1)
                reasons.append(
                    Finding(
                        .lineUnbalanced,
                        .holdsClaim,
                        line.position,
                        "line \(index + 1): charge less adjustments is \(payable.total), SVC03 \(line.paid)"
                    )
                )
            }
        }
        let payable = owed.total
        owed.subtract(paid)
        difference = owed.total
        if owed.overflowed {
            reasons.append(Finding(.amountOverflow, .holdsClaim, position, "the sums of claim \(ordinal) are too large"))
        } else if difference != .zero {
            reasons.append(
                Finding(.claimUnbalanced, .holdsClaim, position, "claim \(ordinal): charge less adjustments is \(payable), CLP04 \(paid)")
            )
        }
        if !lines.isEmpty, lineCharges.total != charge {
            reasons.append(
                Finding(.linesDifferFromClaim, .note, position, "claim \(ordinal): lines charge \(lineCharges.total), CLP03 \(charge)")
            )
        }
        if statesResponsibility, patient.total != patientResponsibility {
            let text = "claim \(ordinal): PR adjustments are \(patient.total), CLP05 \(patientResponsibility)"
            reasons.append(Finding(.patientResponsibilityDiffers, .note, position, text))
        }
        return reasons
    }
}

extension Balance {
    mutating func count(_ claim: RemittanceClaim) {
        claims += 1
        lines += claim.lines.count
        if claim.difference != .zero { unbalancedClaims += 1 }
        unbalancedLines += claim.unbalancedLines.count
        charges.add(claim.charge)
        payments.add(claim.paid)
        responsibilities.add(claim.patientResponsibility)
        for adjustment in claim.adjustments { claimCAS.add(adjustment.amount) }
        for line in claim.lines {
            for adjustment in line.adjustments { lineCAS.add(adjustment.amount) }
        }
    }
}

extension Procedure {
    init(_ components: [String]) {
        self.init()
        qualifier = components[0]
        if components.count > 1 { code = components[1] }
        if components.count > 2 { modifiers = components[2..<min(components.count, 6)].filter { !$0.isEmpty } }
    }
}
