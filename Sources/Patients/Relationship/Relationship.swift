public import Postgres
public import Values

/// What a person is to a patient: who pays, who owns an animal, who is insured, whom to call.
public struct Relationship: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable, Bindable, Readable {
        case guarantor, owner, guardian, subscriber, emergencyContact = "emergency_contact"
    }

    public var id: RelationshipID
    public var patient: PatientID
    public var person: Person
    public var kind: Kind
    /// Per cent: guarantors share a bill.
    public var share: Int
    public var from: Day
    public var until: Day?
    public var version = 1

    init(id: RelationshipID, patient: PatientID, person: Person, kind: Kind, share: Int, from: Day, until: Day? = nil, version: Int = 1) {
        self.id = id
        self.patient = patient
        self.person = person
        self.kind = kind
        self.share = share
        self.from = from
        self.until = until
        self.version = version
    }
}
