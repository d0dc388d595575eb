public import Values

/// Why somebody did what needs a reason: a code that can be counted and their own words.
public struct Reason: Sendable, Hashable {
    public let code: String
    public let text: String

    /// Errors: `invalid_request` naming `/reason/code` or `/reason/text`.
    public init(code: String, text: String) throws(Problem) {
        guard (1...50).contains(code.utf8.count), code.utf8.allSatisfy({ $0 >= 97 && $0 <= 122 || $0 >= 48 && $0 <= 57 || $0 == 95 }) else {
            throw Problem.invalid("/reason/code", "invalid_code", "Use 1 to 50 small letters, digits and underscores.")
        }
        // Whoever reviews it must see something: spaces and signs of no width say nothing.
        let said = text.unicodeScalars.count { $0.properties.isAlphabetic || $0.properties.numericType != nil }
        guard (3...500).contains(text.count), said >= 3, text.utf8.count <= 2000,
            text.unicodeScalars.allSatisfy({ !$0.isControl && !$0.isMisleading })
        else {
            throw Problem.invalid("/reason/text", "invalid_text", "Say why in 3 to 500 characters, on one line.")
        }
        self.init(known: code, text)
    }

    /// A reason the program itself gives.
    init(known code: String, _ text: String) {
        self.code = code
        self.text = text
    }
}

/// What was done, for the trail: ids and names of members, never values.
public struct Act: Sendable {
    public enum Result: String, Sendable, CaseIterable {
        case ok, refused, failed
    }

    /// Noun and verb: `appointment.booked`, `staff.suspended`.
    public let action: String
    public let kind: String?
    public let id: UUID?
    public let objects: [UUID]
    public let patients: [PatientID]
    public let reason: Reason?
    /// The names of the members that changed.
    public let changed: [String]
    public let result: Result

    public init(
        _ action: String,
        _ kind: String? = nil,
        _ id: UUID? = nil,
        patients: [PatientID] = [],
        reason: Reason? = nil,
        changed: [String] = [],
        objects: [UUID] = [],
        result: Result = .ok
    ) {
        self.action = action
        self.kind = kind
        self.id = id
        self.objects = objects
        self.patients = patients
        self.reason = reason
        self.changed = changed
        self.result = result
    }

    public init<Of>(
        _ action: String,
        _ kind: String,
        _ id: ID<Of>,
        patients: [PatientID] = [],
        reason: Reason? = nil,
        changed: [String] = [],
        objects: [UUID] = [],
        result: Result = .ok
    ) {
        self.init(action, kind, id.uuid, patients: patients, reason: reason, changed: changed, objects: objects, result: result)
    }
}

/// What was looked at. The ids shown, and whose they are, are taken from the answer itself.
public struct ReadAct: Sendable {
    public enum Patients: Sendable {
        /// The ids shown are patients.
        case same
        /// The statement yields a column `patient_id`.
        case column
        /// All that is shown belongs to one patient.
        case one(PatientID)
        /// Nothing of a patient is shown.
        case none
    }

    public let action: String
    public let kind: String?
    public let patients: Patients
    public let reason: Reason?
    /// For searching while somebody types: an id this session was shown in the last ten seconds is not recorded again.
    public let coalesced: Bool

    public init(_ action: String, _ kind: String? = nil, patients: Patients = .none, reason: Reason? = nil, coalesced: Bool = false) {
        self.action = action
        self.kind = kind
        self.patients = patients
        self.reason = reason
        self.coalesced = coalesced
    }
}
