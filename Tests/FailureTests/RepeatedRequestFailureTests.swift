import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("A request that is sent again")
struct RepeatedRequestFailureTests {
    @Test("409 while the first is before its commit, the same 201 after it, 422 with another body", .shows("MC-2"))
    func repeated() async throws {
        let clinic = try await TestClinic.open()
        let payers = clinic.path(clinic.north, "payers")
        let payer = try await clinic.send("owner", "POST", payers, body: ["name": "Sunrise Health Plan", "code": "SUN01"])
        let patient = try await clinic.send(
            "owner",
            "POST",
            clinic.path(clinic.north, "patients"),
            body: ["person": ["given_name": "Ada", "family_name": "Lovelace", "birth_date": "1990-04-01", "sex": "female"]]
        )
        #expect(payer.status == 201 && patient.status == 201)
        let path = clinic.path(clinic.north, "patients/\(patient.id)/coverages")
        let body: JSON = ["payer_id": .string(payer.id), "member_id": "W123456789", "from_day": "2026-01-01"]
        let other: JSON = ["payer_id": .string(payer.id), "member_id": "W987654321", "from_day": "2026-01-01"]
        let key = ["Idempotency-Key": "repeated-1"]

        // The first needs the patient's row, which somebody else holds.
        let first = try await clinic.services.tenancy.transaction(clinic.north) { tx in
            let id = try #require(PatientID(patient.id))
            #expect(try await tx.query("select 1 from {location}.patient where id = \(id) for update").count == 1)
            let first = Task { try await clinic.send("owner", "POST", path, body: body, headers: key) }
            try await eventually("the first holds its key", within: .seconds(4)) { try await keysHeld(clinic) > 0 }
            for repetition in [body, other] {
                let again = try await clinic.send("owner", "POST", path, body: repetition, headers: key)
                #expect(again.status == 409 && again.code == "request_running" && again.headers["retry-after"] == "1")
            }
            return first
        }
        let made = try await first.value
        #expect(made.status == 201)

        let again = try await clinic.send("owner", "POST", path, body: body, headers: key)
        #expect(again.status == 201 && again.bytes == made.bytes && again.headers["idempotent-replayed"] == "true")
        #expect(again.headers["location"] == made.headers["location"] && again.etag == made.etag)
        let reused = try await clinic.send("owner", "POST", path, body: other, headers: key)
        #expect(reused.status == 422 && reused.code == "idempotency_key_reused")
        let coverages = try await clinic.send("owner", "GET", path)
        #expect(coverages.json["items"]?.items.count == 1)
        await clinic.close()
    }

    /// Keys of requests that are under way at the first location's database.
    private func keysHeld(_ clinic: TestClinic) async throws -> Int {
        try await clinic.services.tenancy.queueRead(
            clinic.north.database,
            """
            select count(*) from pg_catalog.pg_locks
            where locktype = 'advisory' and granted and database = (select oid from pg_catalog.pg_database where datname = current_database())
            """
        ).first?.value(0) ?? 0
    }
}
