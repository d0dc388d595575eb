import Values

/// What all transactions of a file add up to.
struct InspectionSummary {
    var groups = 0
    var sets: [String: Int] = [:]
    /// nil without an 835.
    var remittances: Remittances?
    /// nil without an 837.
    var claims: Claims?

    struct Remittances {
        private var claims = 0
        private var lines = 0
        private var charge = Tally()
        private var paid = Tally()
        private var responsibility = Tally()
        private var adjustments = Tally()
        private var provider = Tally()
        private var payment = Tally()
        private var allBalanced = true
        private var unbalancedClaims = 0
        private var unbalancedLines = 0

        mutating func add(_ balance: Balance) {
            claims += balance.claims
            lines += balance.lines
            charge.add(balance.charges)
            paid.add(balance.payments)
            responsibility.add(balance.responsibilities)
            adjustments.add(balance.claimCAS)
            adjustments.add(balance.lineCAS)
            provider.add(balance.provider)
            payment.add(balance.payment)
            allBalanced = allBalanced && balance.isBalanced
            unbalancedClaims += balance.unbalancedClaims
            unbalancedLines += balance.unbalancedLines
        }

        var json: JSON {
            .object([
                ("claims", .integer(claims)), ("service_lines", .integer(lines)), ("total_charge", charge.json), ("total_paid", paid.json),
                ("total_patient_resp", responsibility.json), ("cas_total", adjustments.json), ("plb_total", provider.json),
                ("bpr_total", payment.json), ("all_transactions_balanced", .bool(allBalanced)),
                ("claims_unbalanced", .integer(unbalancedClaims)), ("services_unbalanced", .integer(unbalancedLines)),
            ])
        }
    }

    struct Claims {
        var claims = 0
        var lines = 0
        var charge = Tally()
        var mismatches = 0

        var json: JSON {
            .object([
                ("claims", .integer(claims)), ("service_lines", .integer(lines)), ("total_charge", charge.json),
                ("charge_line_mismatches", .integer(mismatches)),
            ])
        }
    }

    func json(interchanges: Int) -> JSON {
        var members: [(key: String, value: JSON)] = [
            ("interchanges", .integer(interchanges)), ("groups", .integer(groups)),
            ("transactions", .integer(sets.values.reduce(0, +))), ("sets", sorted(sets) { .integer($0) }),
        ]
        if let remittances { members.append(("era", remittances.json)) }
        if let claims { members.append(("claims837", claims.json)) }
        return .object(members)
    }
}
