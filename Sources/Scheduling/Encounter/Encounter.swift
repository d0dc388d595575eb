public import Values

/// A visit that happened: what was found and what was done.
public struct Encounter: Sendable, Hashable {
    public let id: EncounterID
    public let appointment: AppointmentID?
    public let patient: PatientID
    public let provider: ProviderID
    public var providerName: String
    public var providerNPI: NPI?
    public var providerTaxonomy: String?
    /// The day of the visit on the location's calendar.
    public var serviceDay: Day
    public var startedAt: Instant
    public var endedAt: Instant
    /// ICD-10-CM codes without the dot, the principal one first.
    public var diagnoses: [String]
    public var procedures: [Procedure]
    /// Why it does not count; it is never deleted.
    public var enteredInError: String?
    public var version: Int
    public let createdAt: Instant
    public var updatedAt: Instant

    static let maximumDiagnoses = 12
    static let maximumProcedures = 50
}

/// What was done: a code of a procedure (CPT, HCPCS, CDT or the clinic's own).
public struct Procedure: Sendable, Hashable {
    public var code = ""
    public var modifiers: [String] = []
    public var units = 1
    /// Which diagnoses it was for: 1 is the first.
    public var diagnosisPointers: [Int] = []

    public init() {}

    init(code: String, diagnosisPointers: [Int]) {
        self.code = code
        self.diagnosisPointers = diagnosisPointers
    }
}

/// The form of an ICD-10-CM code: a letter, a digit, a letter or digit, then at most four more, with or without the dot after the third.
/// Whether the code exists is a question for the code sets.
enum DiagnosisCode {
    /// In capitals without the dot; nil when it has not the form.
    static func normalized(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, isLetter(bytes[0]), isDigit(bytes[1]), isLetter(bytes[2]) || isDigit(bytes[2]) else { return nil }
        var rest = bytes[3...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard !rest.isEmpty else { return nil }
        }
        guard rest.count <= 4, rest.allSatisfy({ isLetter($0) || isDigit($0) }) else { return nil }
        return String(decoding: bytes[..<3] + rest, as: UTF8.self).uppercased()
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
