import Access
import Jobs
import Values
import Web

/// Changes a chart: what the body does not name stays.
struct UpdatePatient {
    let id: PatientID
    let body: UpdatePatientBody

    func run(_ work: Work) async throws -> Patient {
        guard let row = try await work.query(PatientStore.locked(id)).first else { throw Problem.notFound }
        let old = try PatientStore.patient(row)
        try work.expect(old.version)
        var new = old
        switch old.subject {
        case .person(let person):
            if body.animal != nil { throw Problem.invalid("/animal", "is_a_person", "This patient is a person.") }
            if let change = body.person { new.subject = .person(change.applied(to: person)) }
        case .animal:
            if body.person != nil { throw Problem.invalid("/person", "is_an_animal", "This patient is an animal.") }
            if let animal = body.animal { new.subject = .animal(animal) }
        }
        new.status = body.status ?? old.status
        new.preferredLanguage = body.preferredLanguage ?? old.preferredLanguage
        new.contactPreference = body.contactPreference ?? old.contactPreference
        new.note = body.note.applied(to: old.note)
        // What stands in the chart already does not keep the rest from being changed.
        if new.person?.birthDate != old.person?.birthDate {
            try Birth.check(new.person?.birthDate, work.today, at: "/person/birth_date")
        }
        if new.animal?.birthDate != old.animal?.birthDate {
            try Birth.check(new.animal?.birthDate, work.today, at: "/animal/birth_date")
        }
        guard new != old else { return old }
        new.version += 1
        new.updatedAt = work.now
        if let person = new.person, person != old.person {
            work.enqueue(PersonStore.update(person, at: work.now, by: work.caller.actor.id))
        }
        work.enqueue(PatientStore.update(new, by: work.caller.actor.id))
        work.audit(Act("patient.update", "patient", id, patients: [id], changed: UpdatePatient.changed(old, new)))
        work.tell(Event("patient.updated", ["patient": id]))
        return new
    }

    /// The names of the members that differ, never their values.
    static func changed(_ old: Patient, _ new: Patient) -> [String] {
        var names: [String] = []
        if old.person != new.person { names.append("person") }
        if old.animal != new.animal { names.append("animal") }
        if old.status != new.status { names.append("status") }
        if old.preferredLanguage != new.preferredLanguage { names.append("preferred_language") }
        if old.contactPreference != new.contactPreference { names.append("contact_preference") }
        if old.note != new.note { names.append("note") }
        return names
    }
}
