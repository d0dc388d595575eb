import Values

/// Writes a batch and collects what forbids it: each element is checked where it is written, so that no check can be forgotten.
struct ClaimWriter {
    static let version = "005010X222A1"

    var out = SegmentWriter()
    /// The claim being written; faults name it.
    private(set) var claim: String?
    private var faults: [UnwritableClaims.Fault] = []
    private var transactions: [WrittenTransaction] = []
    private var placements: [ClaimPlacement] = []
    private var total = Tally()
    private var numbers: Set<String> = []
    /// HL01 counts over the whole transaction.
    var level = 0

    mutating func write(_ batch: ClaimBatch) {
        let envelope = batch.envelope
        writeHeads(envelope)
        if batch.claims.isEmpty { fault("claims", "must hold at least one claim") }
        if batch.claimsPerTransaction < 1 { fault("claims_per_transaction", "must be at least 1") }
        let size = max(1, min(batch.claimsPerTransaction, batch.claims.count))
        for start in stride(from: 0, to: batch.claims.count, by: size) {
            writeTransaction(batch, batch.claims[start..<min(start + size, batch.claims.count)])
        }
        let group = String(envelope.groupControl)
        out.segment("GE", String(transactions.count), group)
        out.segment("IEA", "1", padded(envelope.interchangeControl, 9))
    }

    func finish() throws(UnwritableClaims) -> WrittenClaims {
        guard faults.isEmpty else { throw UnwritableClaims(faults: faults) }
        return WrittenClaims(bytes: out.bytes, transactions: transactions, placements: placements, charge: total.total)
    }

    mutating func fault(_ field: String, _ reason: String) {
        faults.append(UnwritableClaims.Fault(claim: claim, field: field, reason: reason))
    }

    private mutating func writeHeads(_ envelope: OutboundEnvelope) {
        for (field, number) in [("interchange_control", envelope.interchangeControl), ("group_control", envelope.groupControl)]
        where !(1...999_999_999).contains(number) {
            fault("envelope.\(field)", "must be from 1 to 999999999")
        }
        let senderQualifier = identifier("envelope.sender_qualifier", envelope.senderQualifier, 2...2)
        let sender = identifier("envelope.sender", envelope.sender, 1...15)
        let receiverQualifier = identifier("envelope.receiver_qualifier", envelope.receiverQualifier, 2...2)
        let receiver = identifier("envelope.receiver", envelope.receiver, 1...15)
        let applicationSender = identifier("envelope.application_sender", envelope.applicationSender, 2...15)
        let applicationReceiver = identifier("envelope.application_receiver", envelope.applicationReceiver, 2...15)
        let date = envelope.date.compact
        let time = compact(envelope.time)
        func blank(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.utf8.count)) }
        out.header([
            "ISA", "00", blank("", 10), "00", blank("", 10), senderQualifier, blank(sender, 15), receiverQualifier, blank(receiver, 15),
            String(date.dropFirst(2)), time, "^", "00501", padded(envelope.interchangeControl, 9), envelope.wantsAcknowledgment ? "1" : "0",
            envelope.usage.rawValue, ":",
        ])
        out.segment("GS", "HC", applicationSender, applicationReceiver, date, time, String(envelope.groupControl), "X", ClaimWriter.version)
    }

    private mutating func writeTransaction(_ batch: ClaimBatch, _ claims: ArraySlice<ProfessionalClaim>) {
        claim = nil
        let control = padded(transactions.count + 1, 4)
        let reference = "\(identifier("reference", batch.reference, 1...25))-\(control)"
        out.restart()
        out.segment("ST", "837", control, ClaimWriter.version)
        out.segment("BHT", "0019", "00", reference, batch.envelope.date.compact, compact(batch.envelope.time), "CH")
        let submitter = words("submitter.name", batch.submitter.name, 60)
        out.segment("NM1", "41", "2", submitter, "", "", "", "", "46", identifier("submitter.id", batch.submitter.id, 2...80))
        writeContact("submitter.contact", batch.submitter.contact)
        let receiver = words("receiver.name", batch.receiver.name, 60)
        out.segment("NM1", "40", "2", receiver, "", "", "", "", "46", identifier("receiver.id", batch.receiver.id, 2...80))
        level = 0
        var last: ProfessionalClaim?
        var providerLevel = 0
        var inLoop = 0
        for next in claims {
            claim = next.number
            if last?.billingProvider != next.billingProvider {
                providerLevel = writeBillingProvider(next.billingProvider)
                last = nil
            }
            if let last, last.sharesSubscriberLoop(with: next), inLoop < 100 {
                inLoop += 1
            } else {
                writeSubscriber(of: next, under: providerLevel)
                inLoop = 1
            }
            writeClaim(next, in: control)
            last = next
        }
        claim = nil
        let segments = out.count + 1
        out.segment("SE", String(segments), control)
        transactions.append(WrittenTransaction(control: control, reference: reference, claims: claims.count, segments: segments))
    }

    private mutating func writeClaim(_ next: ProfessionalClaim, in control: String) {
        let first = out.count + 1
        let number = matchable("number", next.number, 1...17)
        if !numbers.insert(number).inserted { fault("number", "occurs twice in the batch") }
        let charge = writeBody(of: next, number: number)
        total.add(charge)
        if total.overflowed { fault("lines", "charge more than can be counted") }
        placements.append(ClaimPlacement(claim: next.number, transaction: control, segments: first...out.count))
    }

    private func compact(_ time: TimeOfDay) -> String { padded(time.minutes / 60, 2) + padded(time.minutes % 60, 2) }

    func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

extension ProfessionalClaim {
    /// Claims of one patient who is the subscriber, for one payer, hang under one loop 2000B.
    fileprivate func sharesSubscriberLoop(with other: ProfessionalClaim) -> Bool {
        patient == nil && other.patient == nil && subscriber == other.subscriber && payer == other.payer
    }
}
