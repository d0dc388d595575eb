import Values

/// 837, of every kind.
struct ClaimInspector: TransactionInspector {
    private struct Claim {
        var number: String
        var charge: Amount
        var place: String
        var frequency: String
        var lines = 0
        var lineSum = Tally()
        var diagnoses = 0
        var otherPayers = 0
        var otherPaid = Tally()

        var chargeEqualsLines: Bool { !lineSum.overflowed && lineSum.total == charge }

        var json: JSON {
            .object([
                ("clm01", .string(number)), ("charge", charge.json), ("place", .string(place)), ("frequency", .string(frequency)),
                ("lines", .integer(lines)), ("line_sum", lineSum.json), ("charge_equals_lines", .bool(chargeEqualsLines)),
                ("diagnosis_codes", .integer(diagnoses)), ("cob_payers", .integer(otherPayers)), ("svd_paid", otherPaid.json),
            ])
        }
    }

    private static let diagnosisQualifiers: Set = ["ABK", "ABF", "BK", "BF", "BJ", "ABJ", "PR", "APR"]

    private let delimiters: Delimiters
    private var claims: [Claim] = []
    /// The last claim still takes segments: an HL ends it.
    private var isOpen = false
    private var levels = 0
    private var billingProviders = 0
    private var totals = InspectionSummary.Claims()
    private var lineTotal = Tally()

    init(_ delimiters: Delimiters) {
        self.delimiters = delimiters
    }

    mutating func take(_ segment: Segment, at position: Position) {
        switch segment.name {
        case .hl:
            levels += 1
            if segment.equals(3, "20") { billingProviders += 1 }
            isOpen = false
        case .clm:
            let place = segment.components(5, delimiters)
            let charge = segment.amount(2) ?? .zero
            claims.append(Claim(number: segment.text(1), charge: charge, place: place[0], frequency: place.count > 2 ? place[2] : ""))
            isOpen = true
        case .sv1, .sv3: takeLine(segment.amount(2))
        case .sv2: takeLine(segment.amount(3))
        case .hi: if isOpen { claims[claims.count - 1].diagnoses += diagnoses(segment) }
        case .sbr: if isOpen { claims[claims.count - 1].otherPayers += 1 }
        case .svd: if isOpen { claims[claims.count - 1].otherPaid.add(segment.amount(2) ?? .zero) }
        default: break
        }
    }

    private mutating func takeLine(_ charge: Amount?) {
        guard isOpen else { return }
        claims[claims.count - 1].lines += 1
        claims[claims.count - 1].lineSum.add(charge ?? .zero)
    }

    private func diagnoses(_ segment: Segment) -> Int {
        (1..<max(1, segment.count)).count { ClaimInspector.diagnosisQualifiers.contains(segment.headAndRest($0, delimiters).head) }
    }

    mutating func finish(complete: Bool) -> [(key: String, value: JSON)] {
        for claim in claims {
            totals.claims += 1
            totals.lines += claim.lines
            totals.charge.add(claim.charge)
            lineTotal.add(claim.lineSum)
            if !claim.chargeEqualsLines { totals.mismatches += 1 }
        }
        return [
            ("claims", .integer(totals.claims)), ("service_lines", .integer(totals.lines)), ("total_charge", totals.charge.json),
            ("line_charge_total", lineTotal.json), ("hl_segments", .integer(levels)), ("billing_providers", .integer(billingProviders)),
            ("claim_detail", .array(claims.map(\.json))),
        ]
    }

    func count(in summary: inout InspectionSummary) {
        var sum = summary.claims ?? InspectionSummary.Claims()
        sum.claims += totals.claims
        sum.lines += totals.lines
        sum.charge.add(totals.charge)
        sum.mismatches += totals.mismatches
        summary.claims = sum
    }
}
