import Values

/// 835.
struct RemittanceInspector: TransactionInspector {
    private var parser: RemittanceParser
    private var details: [JSON] = []
    private var statuses: [String: Int] = [:]
    private var byGroup: [String: Tally] = [:]
    private var byReason: [String: Tally] = [:]
    private var result: Remittance?

    init(_ parser: RemittanceParser) {
        self.parser = parser
    }

    mutating func take(_ segment: Segment, at position: Position) {
        if parser.take(segment, at: position) { keep(parser.completed) }
    }

    mutating func takeFindings() -> [Finding] { parser.takeFindings() }

    private mutating func keep(_ claim: RemittanceClaim) {
        statuses[claim.status, default: 0] += 1
        var ofClaim = Tally()
        var ofLines = Tally()
        var ofPatient = Tally()
        for adjustment in claim.adjustments { ofClaim.add(adjustment.amount) }
        for line in claim.lines {
            for adjustment in line.adjustments { ofLines.add(adjustment.amount) }
        }
        for adjustment in claim.allAdjustments {
            if adjustment.group == "PR" { ofPatient.add(adjustment.amount) }
            byGroup[adjustment.group, default: Tally()].add(adjustment.amount)
            byReason["\(adjustment.group)-\(adjustment.reason)", default: Tally()].add(adjustment.amount)
        }
        var charges = Tally()
        var payments = Tally()
        for line in claim.lines {
            charges.add(line.charge)
            payments.add(line.paid)
        }
        var interest = Tally()
        for amount in claim.amounts where amount.qualifier == "I" { interest.add(amount.amount) }
        details.append(
            .object([
                ("clp01", .string(claim.number)), ("clp02", .string(claim.status)), ("charge", claim.charge.json),
                ("paid", claim.paid.json),
                ("patient_resp", claim.patientResponsibility.json), ("payer_icn", .string(claim.payerControl)), ("cas_claim", ofClaim.json),
                ("cas_service", ofLines.json), ("cas_pr", ofPatient.json), ("services", .integer(claim.lines.count)),
                ("svc_charge", charges.json), ("svc_paid", payments.json), ("interest_amt_i", interest.json),
                ("balance_diff", claim.difference.json), ("balanced", .bool(claim.difference == .zero)),
                ("unbalanced_services", .array(claim.unbalancedLines.map { .integer($0) })),
            ])
        )
    }

    mutating func finish(complete: Bool) -> [(key: String, value: JSON)] {
        if parser.closeClaim() { keep(parser.completed) }
        let remittance = parser.close(complete: complete)
        result = remittance
        let balance = remittance.balance
        let payment = remittance.payment
        var adjustments = balance.claimCAS
        adjustments.add(balance.lineCAS)
        return [
            (
                "bpr",
                remittance.hasPayment
                    ? .object([
                        ("handling", .string(payment.handling)), ("amount", payment.amount.json),
                        ("credit_debit", .string(payment.creditDebit)),
                        ("method", .string(payment.method)), ("date", .string(payment.dateText)),
                    ]) : .null
            ),
            ("trn02", .string(remittance.trace.number)), ("trn03", .string(remittance.trace.payerID)),
            ("payer", .string(remittance.payer.name)), ("payee", .string(remittance.payee.name)),
            ("payee_id", .string(remittance.payee.id)),
            ("claims", .integer(balance.claims)), ("claims_by_status", sorted(statuses) { .integer($0) }),
            ("service_lines", .integer(balance.lines)),
            ("total_charge", balance.charges.json), ("total_paid", balance.payments.json),
            ("total_patient_resp", balance.responsibilities.json),
            ("cas_claim_level", balance.claimCAS.json), ("cas_service_level", balance.lineCAS.json), ("cas_total", adjustments.json),
            ("cas_by_group", sorted(byGroup, \.json)), ("cas_by_group_reason", sorted(byReason, \.json)),
            ("plb", .array(remittance.providerAdjustments.map(\.json))), ("plb_total", balance.provider.json),
            ("expected_bpr", balance.expectedPayment.json), ("transaction_diff", balance.difference.json),
            ("transaction_balanced", .bool(balance.isBalanced)), ("claims_unbalanced", .integer(balance.unbalancedClaims)),
            ("services_unbalanced", .integer(balance.unbalancedLines)), ("claim_detail", .array(details)),
        ]
    }

    func count(in summary: inout InspectionSummary) {
        guard let remittance = result else { return }
        summary.remittances = (summary.remittances ?? InspectionSummary.Remittances())
        summary.remittances?.add(remittance.balance)
    }
}

func sorted<Value>(_ counts: [String: Value], _ json: (Value) -> JSON) -> JSON {
    .object(counts.sorted { $0.key < $1.key }.map { (key: $0.key, value: json($0.value)) })
}

extension ProviderAdjustment {
    var json: JSON {
        .object([
            ("provider", .string(provider)), ("fiscal", .string(fiscalYearEnd)), ("code", .string(code)), ("ref", .string(reference)),
            ("amount", amount.json),
        ])
    }
}
