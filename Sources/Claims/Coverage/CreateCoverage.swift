import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Adds a coverage to a patient.
struct CreateCoverage {
    let patient: PatientID
    let body: CreateCoverageBody
    let keys: KeyRing

    func run(_ work: Work) async throws -> Coverage {
        guard let row = try await work.query(CoverageStore.references(patient, body.payer, body.subscriber)).first else {
            throw Problem.notFound
        }
        let (chart, person, payerIsActive, subscriberIsHere) = try row.decode((PatientID, PersonID?, Bool?, Bool).self)
        var errors: [Problem.Member] = []
        if payerIsActive == nil {
            errors.append(Problem.Member("/payer_id", "unknown_reference", "There is no such payer at this location."))
        }
        if payerIsActive == false { errors.append(Problem.Member("/payer_id", "payer_inactive", "This payer is not used any more.")) }
        let subscriber = subscriber(of: person, isHere: subscriberIsHere, &errors)
        if let until = body.untilDay, until <= body.fromDay { errors.append(Coverage.endsBeforeItBegins) }
        guard let subscriber, errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        let id = work.id(CoverageID.self)
        let member = try SealedMemberID(body.memberID, of: id, at: work.location.id, keys: keys)
        let coverage = Coverage(
            id: id,
            patient: chart,
            payer: body.payer,
            priority: body.priority,
            memberIDTail: member.tail,
            groupNumber: body.groupNumber,
            subscriber: subscriber,
            relationship: body.relationship,
            fromDay: body.fromDay,
            untilDay: body.untilDay,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        work.audit(Act("coverage.create", "coverage", id, patients: [chart]))
        do {
            try await work.query(CoverageStore.insert(coverage, member, by: work.caller.actor.id))
        } catch let error as PostgresError where error.constraint == "coverage_priority" {
            throw Coverage.exists
        }
        return coverage
    }

    private func subscriber(of person: PersonID?, isHere: Bool, _ errors: inout [Problem.Member]) -> PersonID? {
        switch (body.relationship, body.subscriber) {
        case (.itself, nil):
            if let person { return person }
            errors.append(
                Problem.Member("/relationship", "not_a_person", "Only a person can be the subscriber: name one in subscriber_id.")
            )
        case (.itself, let named?):
            if let person, named == person { return person }
            errors.append(
                Problem.Member("/subscriber_id", "not_the_patient", "With relationship self the subscriber is the patient: leave it out.")
            )
        case (_, nil):
            errors.append(Problem.Member("/subscriber_id", "required", "Name the person who holds the coverage."))
        case (_, let named?):
            if isHere { return named }
            errors.append(Problem.Member("/subscriber_id", "unknown_reference", "There is no such person at this location."))
        }
        return nil
    }
}
