import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("A long waitlist")
struct WaitlistCrowdTests {
    @Test("freed time is offered to whom it suits, however many more urgent ones wait for longer visits")
    func shorter() async throws {
        let practice = try await Waiting.shared.value
        let clinic = practice.clinic
        let day = Practice.day(180)
        let provider = try await practice.make("providers", ["given_name": "Dr", "family_name": "Wanted"]).id
        let long = try await practice.make("appointment-types", ["name": "An hour, waited for", "minutes": 60]).id
        let (patient, type) = (try #require(UUID(practice.patients[0])), try #require(UUID(long)))
        _ = try await clinic.services.tenancy.transaction(clinic.north) { tx in
            try await tx.query(
                """
                insert into {location}.waitlist_entry (id, patient_id, type_ids, provider_ids, windows, urgency, release_later, status,
                    created_at, created_by, updated_at, updated_by)
                select gen_random_uuid(), \(patient), array[\(type)], array[\(try #require(UUID(provider)))], '[]', 1, false, 'waiting',
                    now() - interval '1 year', \(patient), now(), \(patient)
                from generate_series(1, 250)
                """
            )
        }
        let entry = try await practice.make(
            "waitlist-entries",
            [
                "patient_id": .string(practice.patients[1]), "type_ids": [.string(practice.visit)], "provider_ids": [.string(provider)],
            ],
            by: "front_desk"
        )
        #expect(entry.status == 201, "\(entry.text)")
        let booked = try await practice.booked(patient: 2, day, "10:00", [("provider_id", .string(provider))])
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        try await eventually("the one whom it suits is asked") {
            let slots = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "freed-slots?limit=200"))
            let slot = slots.json["items"]?.items.first { $0["appointment_id"]?.text == booked.id }
            guard let id = slot?["id"]?.text else { return false }
            let offers = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-offers?slot_id=\(id)"))
            return offers.json["items"]?.items.map { $0["entry_id"]?.text } == [entry.id]
        }
    }
}
