import Access
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Booking")
struct BookingTests {
    @Test("a booking answers with the instants, the zone, and the wall clock that was promised")
    func answer() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(1)
        let answer = try await practice.booked(day, "09:30", [("resource_ids", [.string(practice.room)]), ("note", "First visit")])
        let start = try practice.clinic.north.rules.first(day, #require(TimeOfDay("09:30")))
        #expect(answer.json["starts_at"]?.text == start.description)
        #expect(answer.json["ends_at"]?.text == start.adding(minutes: 30).description)
        #expect(answer.json["time_zone"]?.text == "America/New_York")
        #expect(answer.json["day"]?.text == day.description)
        #expect(answer.json["time"]?.text == "09:30")
        #expect(answer.json["status"]?.text == "booked")
        #expect(answer.json["provider_name"]?.text == "Grace Okafor")
        #expect(answer.json["resources"]?.items.first?["name"]?.text == "Room 1")
        #expect(answer.etag == "\"1\"")
        let read = try await practice.clinic.send("provider", "GET", "\(practice.path)/\(answer.id)")
        #expect(read.status == 200)
        #expect(read.text == answer.text)
    }

    @Test("a taken slot is refused with what is in the way and what is free nearby")
    func taken() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(2)
        let first = try await practice.booked(day, "09:00")
        let second = try await practice.book(patient: 1, day, "09:15")
        #expect(second.status == 409)
        #expect(second.code == "slot_taken")
        let conflict = second.json["conflicts"]?.items.first
        #expect(conflict?["resource_id"]?.text == practice.provider)
        #expect(conflict?["appointment_id"]?.text == first.id)
        let alternatives = second.json["alternatives"]?.items ?? []
        #expect(alternatives.count == 3)
        for alternative in alternatives {
            let start = alternative["starts_at"] ?? .null
            let again = try await practice.clinic.send(
                "front_desk",
                "POST",
                practice.path,
                body: .object([
                    ("patient_id", .string(practice.patients[1])), ("type_id", .string(practice.visit)),
                    ("provider_id", .string(practice.provider)),
                    ("starts_at", start),
                ])
            )
            // The first is free; the others overlap it or are free too.
            #expect(again.status == 201 || again.code == "slot_taken")
            if start.text == alternatives[0]["starts_at"]?.text { #expect(again.status == 201) }
        }
    }

    @Test("a patient cannot be in two rooms at once")
    func patientTwice() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(3)
        _ = try await practice.booked(day, "09:00")
        let second = try await practice.book(day, "09:15", [("provider_id", .string(practice.colleague))])
        #expect(second.code == "slot_taken")
        #expect(second.json["conflicts"]?.items.first?["patient_id"]?.text == practice.patients[0])
    }

    @Test("buffers keep the room, not the patient")
    func buffers() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(4)
        let type = try await clinic.send(
            "location_manager",
            "POST",
            clinic.path(clinic.north, "appointment-types"),
            body: ["name": "Surgery", "minutes": 60, "buffer_before": 15, "buffer_after": 30, "needs": ["provider", "room"]]
        )
        #expect(type.status == 201)
        let surgery: [(key: String, value: JSON)] = [("type_id", .string(type.id)), ("resource_ids", [.string(practice.room)])]
        #expect(
            try await practice.book(day, "10:00", [("type_id", .string(type.id))]).json["errors"]?.items.first?["code"]?.text
                == "resource_missing"
        )
        _ = try await practice.booked(day, "10:00", surgery)
        #expect(try await practice.book(patient: 1, day, "11:15").code == "slot_taken")
        // The patient is free the moment the surgery ends, with somebody else.
        _ = try await practice.booked(day, "11:00", [("provider_id", .string(practice.colleague))])
        _ = try await practice.booked(patient: 1, day, "11:30")
        #expect(try await practice.book(patient: 1, day, "09:30").code == "slot_taken")
        _ = try await practice.booked(patient: 1, day, "09:15")
    }

    @Test("a room for several is full when every lane is taken")
    func lanes() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(5)
        let group = try await clinic.send(
            "location_manager",
            "POST",
            clinic.path(clinic.north, "providers"),
            body: ["given_name": "Group", "family_name": "Leader", "lanes": 2]
        )
        let led: [(key: String, value: JSON)] = [("provider_id", .string(group.id))]
        _ = try await practice.booked(patient: 0, day, "10:00", led)
        _ = try await practice.booked(patient: 1, day, "10:00", led)
        #expect(try await practice.book(patient: 2, day, "10:15", led).code == "slot_taken")
        _ = try await practice.booked(patient: 2, day, "10:30", led)
    }

    @Test("what is not here, foreign or never existed, is named by pointer and nothing is booked")
    func references() async throws {
        let practice = try await Practice.shared.value
        let unknown = JSON.string(appointmentID(1).description)
        let answer = try await practice.book(
            Practice.day(6),
            "10:00",
            [("patient_id", unknown), ("type_id", unknown), ("provider_id", unknown), ("resource_ids", [.string(practice.room), unknown])]
        )
        #expect(answer.status == 422)
        #expect(
            Set(answer.json["errors"]?.items.compactMap { $0["pointer"]?.text } ?? []) == [
                "/patient_id", "/type_id", "/provider_id", "/resource_ids/1",
            ]
        )
        #expect(Set(answer.json["errors"]?.items.compactMap { $0["code"]?.text } ?? []) == ["unknown_reference"])
    }

    @Test("the same key asked twice books once and answers alike")
    func idempotent() async throws {
        let practice = try await Practice.shared.value
        let body = practice.body(Practice.day(8), "10:00")
        let headers = ["Idempotency-Key": "one-\(Practice.day(8))"]
        let first = try await practice.clinic.send("front_desk", "POST", practice.path, body: body, headers: headers)
        let again = try await practice.clinic.send("front_desk", "POST", practice.path, body: body, headers: headers)
        #expect(first.status == 201)
        #expect(again.status == 201)
        #expect(again.text == first.text)
    }

    @Test("a time that clocks skip is refused with the next moment; one they repeat is asked about", .shows("TM-1"))
    func clocks() async throws {
        let practice = try await Practice.shared.value
        let skipped = try await practice.book(try #require(Day("2027-03-14")), "02:30")
        #expect(skipped.status == 422)
        #expect(skipped.code == "time_skipped")
        #expect(skipped.json["next"]?.text == "2027-03-14T07:00:00Z")
        let repeated = try await practice.book(try #require(Day("2027-11-07")), "01:30")
        #expect(repeated.code == "time_repeated")
        #expect(repeated.json["candidates"]?.items.compactMap(\.text) == ["2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"])
    }
}
