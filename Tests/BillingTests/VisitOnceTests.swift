import Assembly
import Jobs
import Tenancy
import TestSupport
import Testing
import Values

@testable import Billing

@Suite("A visit is charged once")
struct VisitOnceTests {
    @Test("a visit completed eight times at once makes one encounter and one set of charges")
    func completedAtOnce() async throws {
        let clinic = try await TestClinic.open(worker: true)
        let appointment = try await arrived(clinic)
        let answers = try await atOnce(8) { _ in
            try await clinic.send(
                "provider",
                "POST",
                clinic.path(clinic.north, "appointments/\(appointment)/completion"),
                body: ["diagnoses": ["J02.9"], "procedures": [["code": "99213"], ["code": "87880", "units": 2]]]
            )
        }
        #expect(answers.count { $0.status == 201 } == 1, "\(answers.map(\.text))")
        #expect(answers.count { $0.status == 409 && $0.code == "wrong_status" } == 7)
        let encounter = try #require(answers.first { $0.status == 201 })
        let day = encounter.json["service_day"]?.text ?? ""
        try await eventually("it is charged") { try await charges(clinic, day).count == 2 }
        let jobs = JobOperations(tenancy: clinic.services.tenancy, ambient: clinic.services.ambient, wake: nil)
        try await eventually("nothing is left to do") {
            try await jobs.counts(database: clinic.north.database).allSatisfy { $0.kind != ChargeVisit.kind || $0.state == .done }
        }
        #expect(try await charges(clinic, day).compactMap { $0["amount"]?.integer }.sorted() == [6000, 15000])
        let visits = try await clinic.send("provider", "GET", clinic.path(clinic.north, "encounters?day=\(day)"))
        #expect(visits.json["items"]?.items.count == 1)
        let patient = encounter.json["patient_id"]?.text ?? ""
        let balance = try await clinic.send("owner", "GET", clinic.path(clinic.north, "patients/\(patient)/balance"))
        #expect(balance.json["owed_by_patient"]?.integer == 21000)
        await clinic.close()
    }

    private func charges(_ clinic: TestClinic, _ day: String) async throws -> [JSON] {
        try await clinic.send("owner", "GET", clinic.path(clinic.north, "charges?day=\(day)")).json["items"]?.items ?? []
    }

    /// An appointment whose patient is here, with fees for what will be done.
    private func arrived(_ clinic: TestClinic) async throws -> String {
        func make(_ rest: String, _ body: JSON) async throws -> String {
            let answer = try await clinic.send("owner", "POST", clinic.path(clinic.north, rest), body: body)
            try #require(answer.status < 300, "\(rest): \(answer.text)")
            return answer.id
        }
        let fees: JSON = [
            ["code": "99213", "description": "Visit", "amount": 15000], ["code": "87880", "description": "Strep test", "amount": 3000],
        ]
        _ = try await make("fee-schedules", ["name": "Standard", "from": "2020-01-01", "fees": fees])
        let patient = try await make("patients", ["person": ["given_name": "Ada", "family_name": "Park"]])
        let provider = try await make("providers", ["given_name": "Grace", "family_name": "Okafor"])
        let type = try await make("appointment-types", ["name": "Check-up", "minutes": 30])
        let start = Instant(seconds: clinic.services.ambient.now().microseconds / 60_000_000 * 60).adding(minutes: 1)
        let appointment = try await make(
            "appointments",
            [
                "patient_id": .string(patient), "type_id": .string(type), "provider_id": .string(provider),
                "starts_at": .string(start.description),
            ]
        )
        _ = try await make("appointments/\(appointment)/arrival", .object([]))
        return appointment
    }
}
