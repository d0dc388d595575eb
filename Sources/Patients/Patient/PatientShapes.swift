import Values
public import Web

struct RegisterPatientBody: Sendable {
    var person: PersonBody?
    var animal: Animal?
    var owner: PersonBody?
    var chartNumber: String?
    var preferredLanguage = "en"
    var contactPreference = Patient.ContactPreference.none
    var note: String?
    var duplicateAcknowledged = false

    static let shape = Shape("RegisterPatient", RegisterPatientBody()) {
        Field("person", \.person, .object(PersonBody.shape))
        Field("animal", \.animal, .object(Animal.shape))
        Field("owner", \.owner, .object(PersonBody.shape), about: "Needed for an animal.")
        Field("chart_number", \.chartNumber, .code(1...20, "A-Z0-9-"), about: "Only when it comes from another system; else one is made.")
        Field("preferred_language", \.preferredLanguage, .code(2...8, "a-zA-Z-"), optional: true)
        Field("contact_preference", \.contactPreference, .choice(), optional: true)
        Field("note", \.note, .note(1...2000))
        Field("duplicate_acknowledged", \.duplicateAcknowledged, .bool, optional: true)
    }
}

struct UpdatePatientBody: Sendable {
    var person: PersonChange?
    var animal: Animal?
    var status: Patient.Status?
    var preferredLanguage: String?
    var contactPreference: Patient.ContactPreference?
    var note = Change<String>.keep

    static let shape = Shape("UpdatePatient", UpdatePatientBody()) {
        Field("person", \.person, .object(PersonChange.shape), null: false)
        Field("animal", \.animal, .object(Animal.shape), null: false)
        Field("status", \.status, .choice(), null: false)
        Field("preferred_language", \.preferredLanguage, .code(2...8, "a-zA-Z-"), null: false)
        Field("contact_preference", \.contactPreference, .choice(), null: false)
        Field("note", \.note, .note(1...2000))
    }
}

struct PatientQuery: Sendable {
    var status: Patient.Status?

    static let shape = Shape("PatientQuery", PatientQuery()) {
        Field("status", \.status, .choice())
    }
}

extension Animal {
    static let shape = Shape("Animal", Animal()) {
        Field("name", \.name, .text(1...100), example: "Rex")
        Field("species", \.species, .text(1...60), example: "dog")
        Field("breed", \.breed, .text(1...60))
        Field("birth_date", \.birthDate, .day)
        Field("sex", \.sex, .choice(), optional: true)
    }
}

extension Patient: Versioned {
    static let shape = Shape<Patient>("Patient") {
        Field("id", \.id, .id())
        Field("chart_number", \.chartNumber, .text(1...40), example: "7K3M09QX")
        Field("person", \.person, .object(Person.shape))
        Field("animal", \.animal, .object(Animal.shape))
        Field("status", \.status, .choice())
        Field("preferred_language", \.preferredLanguage, .text(2...8), example: "en")
        Field("contact_preference", \.contactPreference, .choice())
        Field("note", \.note, .note(1...2000))
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
