import Access
import Jobs
import Postgres
import Values
import Web

/// Opens a chart for a person, or for an animal with its owner.
struct RegisterPatient {
    let body: RegisterPatientBody
    /// What a number made here begins with.
    var chartNumberPrefix = ""

    static let duplicate = Problem.conflict(
        "possible_duplicate",
        "There is a chart that may be the same patient. Look at the candidates; to register all the same, send duplicate_acknowledged."
    )
    static let chartNumberTaken = Problem(
        .conflict,
        "chart_number_taken",
        "Another chart has this number.",
        errors: [Problem.Member("/chart_number", "chart_number_taken", "Another chart has this number; without one, a new one is made.")]
    )
    static let onePatient = Problem.invalid("/person", "person_or_animal", "A patient is a person or an animal: send exactly one of them.")
    static let ownerNeeded = Problem.invalid("/owner", "owner_needed", "An animal needs an owner.")

    func run(_ work: Work) async throws -> Patient {
        let patient = Patient(
            id: work.id(),
            chartNumber: body.chartNumber ?? chartNumberPrefix + Patient.chartNumber(random: work.ambient.random()),
            subject: try subject(work),
            status: .active,
            preferredLanguage: body.preferredLanguage,
            contactPreference: body.contactPreference,
            note: body.note,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        try Birth.check(patient.person?.birthDate, work.today, at: "/person/birth_date")
        try Birth.check(patient.animal?.birthDate, work.today, at: "/animal/birth_date")
        try Birth.check(body.owner?.birthDate, work.today, at: "/owner/birth_date")
        if !body.duplicateAcknowledged, let search = PatientStore.duplicates(of: patient) {
            let candidates = try await work.query(search).map { try $0.value(0, as: PatientID.self) }
            guard candidates.isEmpty else { throw RegisterPatient.duplicate(candidates) }
        }
        let actor = work.caller.actor.id
        if let person = patient.person { work.enqueue(PersonStore.insert(person, at: work.now, by: actor)) }
        try await insert(patient, work)
        if patient.animal != nil, let owner = body.owner {
            let person = owner.person(work.id())
            work.enqueue(PersonStore.insert(person, at: work.now, by: actor))
            work.enqueue(
                RelationshipStore.insert(
                    Relationship(id: work.id(), patient: patient.id, person: person, kind: .owner, share: 100, from: work.today),
                    by: actor,
                    at: work.now
                )
            )
        }
        work.audit(Act("patient.register", "patient", patient.id, patients: [patient.id]))
        work.tell(Event("patient.registered", ["patient": patient.id]))
        return patient
    }

    /// A number the caller brings may be taken, also by somebody who registers at this moment, so the answer is waited for: one more flight.
    private func insert(_ patient: Patient, _ work: Work) async throws {
        let insert = PatientStore.insert(patient, by: work.caller.actor.id)
        guard body.chartNumber != nil else { return work.enqueue(insert) }
        do {
            try await work.query(insert)
        } catch let error as PostgresError where error.sqlState == .uniqueViolation && error.constraint == "patient_chart_number" {
            throw RegisterPatient.chartNumberTaken
        }
    }

    private func subject(_ work: Work) throws -> Patient.Subject {
        switch (body.person, body.animal) {
        case (let person?, nil): return .person(person.person(work.id()))
        case (nil, let animal?):
            guard body.owner != nil else { throw RegisterPatient.ownerNeeded }
            return .animal(animal)
        default: throw RegisterPatient.onePatient
        }
    }

    private static func duplicate(_ candidates: [PatientID]) -> Problem {
        var problem = duplicate
        problem.extra["candidates"] = "[" + candidates.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        return problem
    }
}
