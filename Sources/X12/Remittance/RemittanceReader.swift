/// Reads remittances from a stream of bytes in bounded memory: every claim is handed over as soon as it is complete, the verdict on its
/// remittance follows at the end of the transaction, and the verdict on the file at the end of the file. Nothing may be posted
/// before the last of them: read twice, first for the verdict.
public struct RemittanceReader {
    private var envelope: EnvelopeReader
    private var parser: RemittanceParser?
    private var verdict = RemittanceVerdict()
    private let limits: Limits

    public init(limits: Limits = .standard) {
        self.limits = limits
        envelope = EnvelopeReader(limits: limits)
    }

    /// Takes the next bytes, however they are cut. Errors: only what `each` throws.
    public mutating func read(_ chunk: [UInt8], _ each: (RemittanceEvent) throws -> Void) rethrows {
        envelope.supply(chunk)
        try run(each)
    }

    /// Closes what is open and answers the verdict on the file. Errors: only what `each` throws.
    public mutating func finish(_ each: (RemittanceEvent) throws -> Void) rethrows -> RemittanceVerdict {
        envelope.end()
        try run(each)
        if verdict.remittances == 0, verdict.otherTransactions == 0, envelope.interchanges > 0 {
            envelope.findings.add(Finding(.noRemittance, .note, envelope.position, "no ST 835 in the file"))
        }
        verdict.findings = envelope.findings.kept
        verdict.findingsLeftOut = envelope.findings.leftOut
        verdict.worst = envelope.findings.worst
        return verdict
    }

    private mutating func run(_ each: (RemittanceEvent) throws -> Void) rethrows {
        while let step = envelope.next() {
            switch step {
            case .segment:
                if parser?.take(envelope.segment, at: envelope.position) == true { try handOver(each) }
            case .transactionBegan: beginTransaction()
            case .transactionEnded(let complete): try endTransaction(complete: complete, each)
            case .interchangeEnded: keepInterchange()
            case .interchangeBegan, .groupBegan, .outside: break
            }
        }
    }

    private mutating func beginTransaction() {
        guard let transaction = envelope.transaction, let interchange = envelope.interchange else { return }
        if transaction.set == "835" {
            parser = RemittanceParser(transaction, in: interchange, limits: limits)
        } else {
            verdict.otherTransactions += 1
        }
    }

    private mutating func endTransaction(complete: Bool, _ each: (RemittanceEvent) throws -> Void) rethrows {
        if parser?.closeClaim() == true { try handOver(each) }
        guard let remittance = parser?.close(complete: complete) else { return }
        passFindings()
        verdict.remittances += 1
        verdict.claims += remittance.balance.claims
        if !remittance.isPostable { verdict.refusedRemittances += 1 }
        parser = nil
        try each(.remittance(remittance))
    }

    private mutating func handOver(_ each: (RemittanceEvent) throws -> Void) rethrows {
        passFindings()
        if let claim = parser?.completed { try each(.claim(claim)) }
    }

    private mutating func keepInterchange() {
        guard let interchange = envelope.interchange else { return }
        if verdict.interchanges.count < limits.interchanges {
            verdict.interchanges.append(interchange)
        } else {
            envelope.findings.add(Finding(.tooMany, .refusesFile, envelope.position, "more interchanges than the limit"))
        }
    }

    private mutating func passFindings() {
        guard let found = parser?.takeFindings(), !found.isEmpty else { return }
        for finding in found { envelope.findings.add(finding) }
    }
}

/// What a `RemittanceReader` hands over.
public enum RemittanceEvent: Sendable {
    /// A claim is complete; its remittance is the next one to come.
    case claim(RemittanceClaim)
    /// A transaction ended: everything about it but its claims.
    case remittance(Remittance)
}

/// What may be said when the whole file was read.
public struct RemittanceVerdict: Hashable, Sendable {
    public internal(set) var interchanges: [Interchange] = []
    public internal(set) var remittances = 0
    /// Remittances that must not be posted on their own account.
    public internal(set) var refusedRemittances = 0
    public internal(set) var claims = 0
    /// Transactions that are no 835; they were skipped.
    public internal(set) var otherTransactions = 0
    /// In the order of the file.
    public internal(set) var findings: [Finding] = []
    /// Findings beyond the limit.
    public internal(set) var findingsLeftOut = 0
    var worst = Finding.Severity.note

    /// The envelope adds up: every interchange, group and transaction has its end, its count and its control number.
    public var isComplete: Bool { worst < .refusesFile && !interchanges.isEmpty }

    /// The file is complete and every remittance in it may be posted; single claims may be held.
    public var isPostable: Bool { isComplete && remittances > 0 && refusedRemittances == 0 && worst < .refusesRemittance }
}
