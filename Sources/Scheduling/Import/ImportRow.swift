import Values

/// One appointment of another system, as a file has it: words, not ids. What is wrong with the row itself is known already.
struct ImportRow: Sendable, Hashable {
    /// Where it begins in the file.
    let line: Int
    let reference: ExternalReference
    /// A chart number, or the id.
    var patient = ""
    /// The appointment type's name.
    var type = ""
    /// The provider's name, or the id.
    var provider = ""
    /// Names of rooms, chairs, devices and further providers.
    var resources: [String] = []
    var start: Instant?
    var minutes: Int?
    var note: String?
    var fault: ImportFault?
}

/// What another system calls an appointment.
struct ExternalReference: Sendable, Hashable {
    let system: String
    let value: String

    static let lengths = 1...200
}

/// Why a row is not taken. Stable names; they never say what the row says.
enum ImportFault: String, Sendable, CaseIterable {
    case referenceMissing = "reference_missing"
    case referenceRepeated = "reference_repeated"
    case patientUnknown = "patient_unknown"
    case typeUnknown = "type_unknown"
    case typeAmbiguous = "type_ambiguous"
    case providerUnknown = "provider_unknown"
    case providerAmbiguous = "provider_ambiguous"
    case resourceUnknown = "resource_unknown"
    case resourceMissing = "resource_missing"
    case timeInvalid = "time_invalid"
    case timeSkipped = "time_skipped"
    case timeRepeated = "time_repeated"
    case minutesInvalid = "minutes_invalid"
    case noteTooLong = "note_too_long"
    /// It says that it is neither booked nor confirmed: cancelled, or over.
    case statusNotBooked = "status_not_booked"
    case summaryUnreadable = "summary_unreadable"
    case ruleRefused = "rule_refused"
    case past
    case tooFarAhead = "too_far_ahead"
    /// Somebody has the time already.
    case taken
    /// A rule of the schedule is against it.
    case notBookable = "not_bookable"
    /// The file's reader held it back; `detail` is its code.
    case unreadable
}

/// A file that was read: rows, and what its reader held back.
struct ImportFile: Sendable {
    struct Held: Sendable {
        let line: Int
        let code: String
    }

    var rows: [ImportRow] = []
    var held: [Held] = []

    /// One transaction locks for all rows.
    static let limit = 1_000
    static let bytes = 2 * 1024 * 1024

    static let tooManyRows = Problem.invalid(
        "too_many_rows",
        "One file holds at most 1,000 appointments. Divide it: nothing is added twice."
    )
    static let unreadable = Problem.invalid("file_unreadable", "The file cannot be taken: see findings for the lines and codes.")

    static func unreadable(_ findings: [Held]) -> Problem {
        var problem = unreadable
        problem.extra["findings"] =
            "[" + findings.prefix(50).map { "{\"line\":\($0.line),\"code\":\"\($0.code)\"}" }.joined(separator: ",") + "]"
        return problem
    }

    /// The same with a fault for every reference that came before in the file. Errors: `too_many_rows`.
    func checked() throws(Problem) -> ImportFile {
        guard rows.count + held.count <= ImportFile.limit else { throw ImportFile.tooManyRows }
        var file = self
        var seen: Set<ExternalReference> = []
        for index in file.rows.indices where file.rows[index].fault == nil {
            if !seen.insert(file.rows[index].reference).inserted { file.rows[index].fault = .referenceRepeated }
        }
        return file
    }
}
