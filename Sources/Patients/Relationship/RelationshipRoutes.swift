import Access
import Jobs
import Values
public import Web

struct AddRelationshipBody: Sendable {
    var person = PersonBody()
    var kind = Relationship.Kind.guarantor
    var share = 100
    var from: Day?
    var until: Day?

    static let shape = Shape("AddRelationship", AddRelationshipBody()) {
        Field("person", \.person, .object(PersonBody.shape))
        Field("kind", \.kind, .choice(), example: .guarantor)
        Field("share", \.share, .int(1...100), optional: true)
        Field("from", \.from, .day, about: "Today when absent.")
        Field("until", \.until, .day)
    }
}

extension Relationship: Versioned {
    static let shape = Shape<Relationship>("Relationship") {
        Field("id", \.id, .id())
        Field("patient_id", \.patient, .id())
        Field("person", \.person, .object(Person.shape))
        Field("kind", \.kind, .choice())
        Field("share", \.share, .int(1...100))
        Field("from", \.from, .day)
        Field("until", \.until, .day)
        Field("version", \.version, .int(1...Int.max))
    }
}

struct RelationshipRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/patients/{patient}/relationships",
                "Adds a guarantor, owner, guardian, subscriber or emergency contact",
                .permission(.patientsUpdate),
                body: AddRelationshipBody.shape,
                answer: Relationship.shape,
                place: { $0.id.description }
            ) { call, work, body in
                try await AddRelationship(patient: try call.path.id("patient", PatientID.self), body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/patients/{patient}/relationships",
                "Lists the people around a patient",
                .permission(.patientsRead),
                item: Relationship.shape
            ) { call, _ in
                let patient = try call.path.id("patient", PatientID.self)
                let rows = try await call.read(
                    RelationshipStore.of(patient),
                    ReadAct("patient.relationships", "relationship", patients: .one(patient))
                )
                if rows.isEmpty { try await RequirePatient(patient).run(call) }
                return Page(try rows.map(RelationshipStore.relationship))
            },
        ]
    }
}

/// Adds a person around a patient.
struct AddRelationship {
    let patient: PatientID
    let body: AddRelationshipBody

    func run(_ work: Work) async throws -> Relationship {
        try await RequirePatient(patient).run(work)
        let from = body.from ?? work.today
        if let until = body.until, until <= from { throw Problem.invalid("/until", "before_from", "It must be after the first day.") }
        try Birth.check(body.person.birthDate, work.today, at: "/person/birth_date")
        let person = body.person.person(work.id())
        let relationship = Relationship(
            id: work.id(),
            patient: patient,
            person: person,
            kind: body.kind,
            share: body.share,
            from: from,
            until: body.until
        )
        work.enqueue(PersonStore.insert(person, at: work.now, by: work.caller.actor.id))
        work.enqueue(RelationshipStore.insert(relationship, by: work.caller.actor.id, at: work.now))
        work.audit(Act("patient.relate", "relationship", relationship.id, patients: [patient]))
        work.tell(Event("patient.updated", ["patient": patient]))
        return relationship
    }
}
