import Values

/// What `polyclinic x12 inspect --json FILE` prints: everything this module understands of a file, of any kind and however broken.
/// Amounts are text with two decimals; `findings` lists what does not add up.
public func inspect(_ bytes: [UInt8], file: String = "") -> String { examine(bytes, file: file).json }

/// The same, and whether the file can be trusted: nothing in it keeps any of its transactions from being processed.
public func examine(_ bytes: [UInt8], file: String = "") -> (json: String, isTrusted: Bool) {
    var inspection = Inspection()
    inspection.read(bytes)
    let json = String(decoding: inspection.json(file: file, size: bytes.count).bytes, as: UTF8.self)
    return (json, inspection.isTrusted)
}

/// Collects what each interchange and transaction holds.
struct Inspection {
    private var envelope: EnvelopeReader
    private let limits: Limits
    private var interchanges: [JSON] = []
    private var summary = InspectionSummary()
    // Of the interchange that is open.
    private var acknowledgments: [JSON] = []
    private var transactions: [JSON] = []
    // Of the transaction that is open.
    private var inspector: (any TransactionInspector)?

    init(limits: Limits = .standard) {
        self.limits = limits
        envelope = EnvelopeReader(limits: limits)
    }

    mutating func read(_ bytes: [UInt8]) {
        envelope.supply(bytes)
        envelope.end()
        while let step = envelope.next() {
            switch step {
            case .interchangeBegan:
                acknowledgments = []
                transactions = []
            case .groupBegan: summary.groups += 1
            case .transactionBegan: beginTransaction()
            case .segment: inspector?.take(envelope.segment, at: envelope.position)
            case .transactionEnded(let complete): endTransaction(complete: complete)
            case .outside: if envelope.segment.name == .ta1 { keepInterchangeAcknowledgment() }
            case .interchangeEnded: endInterchange()
            }
        }
    }

    var isTrusted: Bool { envelope.findings.worst < .refusesRemittance }

    func json(file: String, size: Int) -> JSON {
        let notes = envelope.findings.kept.filter { $0.severity == .note || $0.code == .unterminatedSegment || $0.code == .utf16 }
        return .object([
            ("file", .string(file)),
            ("bytes", .integer(size)),
            ("notes", .array(Set(notes.map(\.code.rawValue)).sorted().map(JSON.string))),
            ("interchanges", .array(interchanges)),
            ("summary", summary.json(interchanges: envelope.interchanges)),
            ("findings", .array(envelope.findings.kept.map(\.json))),
            ("findings_left_out", .integer(envelope.findings.leftOut)),
        ])
    }

    private mutating func beginTransaction() {
        guard let transaction = envelope.transaction, let interchange = envelope.interchange else { return }
        switch transaction.set {
        case "835": inspector = RemittanceInspector(RemittanceParser(transaction, in: interchange, limits: limits))
        case "837": inspector = ClaimInspector(interchange.delimiters)
        case "999", "997": inspector = AcknowledgmentInspector()
        case "277": inspector = StatusInspector(interchange.delimiters)
        case "270", "271", "276": inspector = EligibilityInspector()
        default: inspector = nil
        }
    }

    private mutating func endTransaction(complete: Bool) {
        defer { inspector = nil }
        let details = inspector?.finish(complete: complete) ?? []
        for finding in inspector?.takeFindings() ?? [] { envelope.findings.add(finding) }
        guard complete, let transaction = envelope.transaction else { return }
        inspector?.count(in: &summary)
        summary.sets[transaction.set, default: 0] += 1
        transactions.append(
            .object(
                [
                    ("set", .string(transaction.set)),
                    ("control", .string(transaction.control)),
                    ("version", .string(transaction.version)),
                    ("segments", .integer(transaction.segments)),
                ] + details
            )
        )
    }

    private mutating func keepInterchangeAcknowledgment() {
        let segment = envelope.segment
        acknowledgments.append(
            .object([
                ("control", .string(segment.text(1))), ("date", .string(segment.text(2))), ("time", .string(segment.text(3))),
                ("ack", .string(segment.text(4))), ("note", .string(segment.text(5))),
            ])
        )
    }

    private mutating func endInterchange() {
        guard let interchange = envelope.interchange else { return }
        let errors = envelope.findings.kept.filter { $0.position.interchange == interchange.ordinal && $0.code.isEnvelopeError }
        interchanges.append(
            .object([
                ("delimiters", interchange.delimiters.json),
                ("isa_fixed_width", .bool(interchange.isFixedWidth)),
                ("segments", .integer(envelope.segments)),
                ("isa13", .string(interchange.control)),
                ("isa15", .string(interchange.usage)),
                ("groups", .integer(envelope.groups)),
                ("ta1", .array(acknowledgments)),
                ("envelope_errors", .array(errors.map { .string($0.text) })),
                ("transactions", .array(transactions)),
                ("sender", .string(interchange.sender)),
                ("receiver", .string(interchange.receiver)),
            ])
        )
    }
}

/// Collects what one kind of transaction holds.
protocol TransactionInspector {
    mutating func take(_ segment: Segment, at position: Position)
    /// The members of the transaction, after those all transactions have.
    mutating func finish(complete: Bool) -> [(key: String, value: JSON)]
    mutating func takeFindings() -> [Finding]
    func count(in summary: inout InspectionSummary)
}

extension TransactionInspector {
    mutating func takeFindings() -> [Finding] { [] }
    func count(in summary: inout InspectionSummary) {}
}

extension Finding {
    var json: JSON {
        .object([
            ("code", .string(code.rawValue)), ("severity", .string(severity.name)), ("text", .string(text)),
            ("interchange", .integer(position.interchange)), ("segment", .integer(position.segment)),
        ])
    }
}

extension Finding.Severity {
    /// As JSON and people see it.
    public var name: String {
        switch self {
        case .note: "note"
        case .holdsClaim: "holds_claim"
        case .refusesRemittance: "refuses_remittance"
        case .refusesFile: "refuses_file"
        }
    }
}

extension Finding.Code {
    /// Counts, control numbers and missing ends: what makes an envelope not add up.
    var isEnvelopeError: Bool {
        switch self {
        case .interchangeEndMissing, .interchangeCount, .interchangeControl, .groupEndMissing, .groupStartMissing, .groupCount,
            .groupControl,
            .transactionEndMissing, .transactionStartMissing, .transactionOutsideGroup, .transactionCount, .transactionControl:
            true
        default: false
        }
    }
}

extension Delimiters {
    var json: JSON {
        func character(_ byte: UInt8) -> JSON { .string(String(Unicode.Scalar(byte))) }
        return .object([
            ("element", character(element)), ("component", character(component)),
            ("repetition", repetition.map(character) ?? .null), ("terminator", character(terminator)),
        ])
    }
}

extension Tally {
    /// Two decimals; null when the sum is too large to be told.
    var json: JSON { overflowed ? .null : total.json }
}

extension Amount {
    var json: JSON { .string(description) }
}
