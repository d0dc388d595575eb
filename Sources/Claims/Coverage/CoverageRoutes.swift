import Access
import Postgres
import Values
import Web

struct CreateCoverageBody: Sendable {
    var payer = PayerID.blank
    var memberID = ""
    var groupNumber: String?
    var priority = 1
    var relationship = Coverage.Relationship.itself
    var subscriber: PersonID?
    var fromDay = Day.blank
    var untilDay: Day?

    static let shape = Shape("CreateCoverage", CreateCoverageBody()) {
        Field("payer_id", \.payer, .id())
        Field(
            "member_id",
            \.memberID,
            .code(2...40, "A-Za-z0-9 -"),
            example: "W123 456 789",
            about: "Kept sealed; only its end is shown again."
        )
        Field("group_number", \.groupNumber, .code(1...30, "A-Za-z0-9 -"))
        Field("priority", \.priority, .int(1...9), optional: true, about: "1 pays first.")
        Field("relationship", \.relationship, .choice(), optional: true, about: "What the patient is to the subscriber.")
        Field("subscriber_id", \.subscriber, .id(), about: "A person of this location; needed unless the patient is the subscriber.")
        Field("from_day", \.fromDay, .day, example: Day("2026-01-01"))
        Field("until_day", \.untilDay, .day, about: "The first day it is no longer in force.")
    }
}

struct ChangeCoverageBody: Sendable {
    var memberID: String?
    var groupNumber = Change<String>.keep
    var priority: Int?
    var fromDay: Day?
    var untilDay = Change<Day>.keep

    static let shape = Shape("ChangeCoverage", ChangeCoverageBody()) {
        Field("member_id", \.memberID, .code(2...40, "A-Za-z0-9 -"), null: false)
        Field("group_number", \.groupNumber, .code(1...30, "A-Za-z0-9 -"))
        Field("priority", \.priority, .int(1...9), null: false)
        Field("from_day", \.fromDay, .day, null: false)
        Field("until_day", \.untilDay, .day)
    }
}

extension Coverage: Versioned {
    static let shape = Shape<Coverage>("Coverage") {
        Field("id", \.id, .id())
        Field("patient_id", \.patient, .id())
        Field("payer_id", \.payer, .id())
        Field("priority", \.priority, .int(1...9))
        Field("member_id", \.maskedMemberID, .text(4...8), example: "****6789", about: "Only its end.")
        Field("group_number", \.groupNumber, .text(1...30))
        Field("subscriber_id", \.subscriber, .id())
        Field("relationship", \.relationship, .choice())
        Field("from_day", \.fromDay, .day)
        Field("until_day", \.untilDay, .day)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct CoverageRoutes {
    let keys: KeyRing

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/patients/{patient}/coverages",
                "Adds a coverage to a patient",
                .permission(.coverageManage),
                body: CreateCoverageBody.shape,
                answer: Coverage.shape,
                errors: [Coverage.exists],
                place: { $0.id.description }
            ) { [keys] call, work, body in
                try await CreateCoverage(patient: try call.path.id("patient", PatientID.self), body: body, keys: keys).run(work)
            },
            .list(
                "/v1/locations/{location}/patients/{patient}/coverages",
                "Lists a patient's coverages",
                .permission(.coverageRead),
                item: Coverage.shape
            ) { call, _ in
                let patient = try call.path.id("patient", PatientID.self)
                let rows = try await call.read(CoverageStore.of(patient), ReadAct("coverage.list", "coverage", patients: .one(patient)))
                guard !rows.isEmpty else { throw Problem.notFound }
                return Page(try rows.compactMap(CoverageStore.listed))
            },
            .change(
                "/v1/locations/{location}/patients/{patient}/coverages/{coverage}",
                "Changes a coverage",
                .permission(.coverageManage),
                body: ChangeCoverageBody.shape,
                answer: Coverage.shape,
                errors: [Coverage.exists]
            ) { [keys] call, work, body in
                let patient = try call.path.id("patient", PatientID.self)
                return try await ChangeCoverage(id: try call.path.id("coverage", CoverageID.self), patient: patient, body: body, keys: keys)
                    .run(work)
            },
        ]
    }
}
