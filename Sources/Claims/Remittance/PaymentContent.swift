import Crypto
import Values
import X12

/// What a payment decides, as a hash: everything posting goes by, and nothing that changes when the same payment is sent again under another
/// interchange. A payer that uses a trace twice for different decisions is told from one that sends twice.
struct PaymentContent {
    private var hash = SHA256()
    private var bytes: [UInt8] = []

    mutating func add(_ claim: RemittanceClaim) {
        add(claim.ordinal)
        add(claim.number)
        add(claim.status)
        add(claim.charge)
        add(claim.paid)
        add(claim.patientResponsibility)
        add(claim.adjustments)
        add(claim.lines.count)
        for line in claim.lines {
            let procedure = line.submittedProcedure ?? line.procedure
            add(line.control)
            add(procedure.code)
            add(procedure.modifiers.count)
            for modifier in procedure.modifiers { add(modifier) }
            add(line.charge)
            add(line.paid)
            add(line.adjustments)
        }
        flush()
    }

    /// The hash of the claims so far, to whom they are paid, and what was settled with the provider; the next payment begins.
    mutating func close(_ remittance: Remittance) -> [UInt8] {
        add("end of claims")
        add(remittance.payee.idQualifier)
        add(remittance.payee.id)
        add(remittance.providerAdjustments.count)
        for adjustment in remittance.providerAdjustments {
            add(adjustment.provider)
            add(adjustment.code)
            add(adjustment.reference)
            add(adjustment.amount)
        }
        flush()
        defer { hash = SHA256() }
        return Array(hash.finalize())
    }

    private mutating func add(_ adjustments: [X12.Adjustment]) {
        add(adjustments.count)
        for adjustment in adjustments {
            add(adjustment.group)
            add(adjustment.reason)
            add(adjustment.amount)
        }
    }

    private mutating func add(_ amount: Amount) { add(Int(amount.minor)) }

    private mutating func add(_ number: Int) {
        withUnsafeBytes(of: Int64(number).bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// With its length, so that no two lists of texts have the same bytes.
    private mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func flush() {
        hash.update(data: bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
