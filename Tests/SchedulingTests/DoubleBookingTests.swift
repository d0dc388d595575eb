import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Double-booking and groups")
struct DoubleBookingTests {
    @Test("a type that allows it is booked over a taken provider with a reason, and never over a taken room or patient", .shows("MC-1"))
    func withReason() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(120)
        let provider = try await practice.newProvider("Doubled")
        let type = try await practice.newType("Squeeze in", [("double_booking", "with_reason")])
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let use: [(key: String, value: JSON)] = [("resource_ids", [.string(practice.room)])]
        _ = try await practice.booked(patient: 0, day, "10:00", theirs + use)
        let reason: (key: String, value: JSON) = ("override", ["reason_code": "urgent", "reason_text": "A short look"])
        func squeeze(_ patient: Int, _ time: String, _ more: [(key: String, value: JSON)] = []) async throws -> TestAnswer {
            let body = practice.body(patient: patient, day, time, theirs + [("type_id", .string(type))] + more)
            return try await clinic.send("provider", "POST", practice.path, body: body)
        }
        #expect(try await squeeze(1, "10:15").code == "slot_taken")
        #expect(try await squeeze(1, "10:15", use + [reason]).code == "slot_taken")
        #expect(try await squeeze(0, "10:15", [reason]).code == "slot_taken")
        let doubled = try await squeeze(1, "10:15", [reason])
        #expect(doubled.status == 201, "\(doubled.text)")
        #expect(doubled.json["overridden"]?.items.compactMap(\.text) == ["occupied"])
        // Whoever wants the provider alone is refused as before.
        #expect(try await practice.book(patient: 2, day, "10:00", theirs).code == "slot_taken")
        #expect(try await squeeze(2, "10:15", [reason]).status == 201)
    }

    @Test("a provider takes as many of a type at once as it has lanes")
    func lanes() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(121)
        let provider = try await practice.newProvider("Laned")
        let type = try await practice.newType("Vaccination", [("double_booking", "lanes"), ("lanes", 2)])
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider)), ("type_id", .string(type))]
        _ = try await practice.booked(patient: 0, day, "10:00", theirs)
        _ = try await practice.booked(patient: 1, day, "10:15", theirs)
        #expect(try await practice.book(patient: 2, day, "10:15", theirs).code == "slot_taken")
        #expect(try await practice.book(patient: 2, day, "10:00", [("provider_id", .string(provider))]).code == "slot_taken")
    }

    @Test("a group shares its provider and room from beginning to end, up to its seats, and with nobody else")
    func group() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(122)
        let provider = try await practice.newProvider("Grouped")
        let type = try await practice.newType("Back school", [("minutes", 60), ("seats", 2), ("needs", ["provider", "room"])])
        let theirs: [(key: String, value: JSON)] = [
            ("provider_id", .string(provider)), ("type_id", .string(type)), ("resource_ids", [.string(practice.room)]),
        ]
        _ = try await practice.booked(patient: 0, day, "10:00", theirs)
        #expect(try await practice.book(patient: 1, day, "10:30", theirs).code == "slot_taken")
        let openings = try await practice.openings([
            "type_id": .string(type), "provider_ids": [.string(provider)], "patient_id": .string(practice.patients[1]),
            "from_day": .string(day.description), "order": "earliest", "limit": 200,
        ])
        let starts = openings.json["items"]?.items.compactMap { $0["starts_at"]?.text } ?? []
        #expect(starts.contains(practice.moment(day, "10:00")) && !starts.contains(practice.moment(day, "10:15")))
        _ = try await practice.booked(patient: 1, day, "10:00", theirs)
        #expect(try await practice.book(patient: 2, day, "10:00", theirs).code == "slot_taken")
        _ = try await practice.booked(patient: 2, day, "11:00", theirs)
    }

    @Test(
        "what takes a group's provider beside it is refused in whatever order they come, also where there is room for two",
        .shows("MC-1")
    )
    func beside() async throws {
        let practice = try await Ruled.shared.value
        let group = try await practice.newType("Birth class", [("seats", 3)])
        let shot = try await practice.newType("Flu shot", [("double_booking", "lanes"), ("lanes", 2)])
        let roomy = try await practice.make("providers", ["given_name": "Dr", "family_name": "Roomy", "lanes": 2]).id
        let cases = [(Practice.day(124), try await practice.newProvider("Classes"), shot), (Practice.day(127), roomy, practice.visit)]
        for (day, provider, other) in cases {
            func book(_ patient: Int, _ time: String, _ type: String) async throws -> TestAnswer {
                try await practice.book(patient: patient, day, time, [("provider_id", .string(provider)), ("type_id", .string(type))])
            }
            #expect(try await book(0, "10:00", group).status == 201)
            #expect(try await book(1, "10:15", other).code == "slot_taken")
            let openings = try await practice.openings([
                "type_id": .string(other), "provider_ids": [.string(provider)], "from_day": .string(day.description),
                "order": "earliest", "limit": 200,
            ])
            let starts = openings.json["items"]?.items.compactMap { $0["starts_at"]?.text } ?? []
            #expect(starts.contains(practice.moment(day, "10:30")) && !starts.contains(practice.moment(day, "10:15")))
            #expect(try await book(1, "12:15", other).status == 201)
            #expect(try await book(2, "12:00", group).code == "slot_taken")
        }
    }

    @Test("who shares with one other is not made to share with two, and who was doubled with a reason not with anybody else without one")
    func company() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(125)
        let provider = try await practice.newProvider("Shared")
        let two = try await practice.newType("Two at once", [("double_booking", "lanes"), ("lanes", 2)])
        let three = try await practice.newType("Three at once", [("double_booking", "lanes"), ("lanes", 3)])
        let squeezed = try await practice.newType("Squeezed look", [("double_booking", "with_reason")])
        func body(_ patient: Int, _ time: String, _ type: String, _ more: [(key: String, value: JSON)] = []) -> JSON {
            practice.body(patient: patient, day, time, [("provider_id", .string(provider)), ("type_id", .string(type))] + more)
        }
        func book(_ patient: Int, _ time: String, _ type: String, _ more: [(key: String, value: JSON)] = []) async throws -> TestAnswer {
            try await practice.clinic.send("provider", "POST", practice.path, body: body(patient, time, type, more))
        }
        #expect(try await book(0, "10:00", two).status == 201)
        #expect(try await book(1, "10:00", three).status == 201)
        #expect(try await book(2, "10:00", three).code == "slot_taken")
        #expect(try await book(0, "11:00", practice.visit).status == 201)
        let reason: [(key: String, value: JSON)] = [("override", ["reason_code": "urgent", "reason_text": "A short look"])]
        #expect(try await book(1, "11:15", squeezed, reason).status == 201)
        #expect(try await book(2, "11:00", three).code == "slot_taken")
    }

    @Test("however much is taken on a day, nothing of it is overlooked", .shows("MC-1"))
    func crowded() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(126)
        let provider = try await practice.newProvider("Crowded")
        let first = try await practice.newType("Morning class", [("seats", 50)])
        let second = try await practice.newType("Other class", [("seats", 50)])
        // Older than all that is booked now: it comes first.
        _ = try await clinic.services.tenancy.transaction(clinic.north) { tx in
            try await tx.query(
                """
                insert into {location}.occupancy (appointment_id, resource, lanes, span, type_id)
                select ('00000000-0000-7000-8000-' || lpad(to_hex(minute * 100 + lane), 12, '0'))::uuid, \(try #require(UUID(provider))),
                    int4range(lane, lane + 1), tstzrange(at + minute * interval '1 minute', at + (minute + 1) * interval '1 minute'),
                    \(try #require(UUID(first)))
                from generate_series(0, 99) lane, generate_series(0, 20) minute, (values (\(day.description)::timestamptz + interval '1 hour')) as day(at)
                """
            )
        }
        func book(_ patient: Int, _ type: String) async throws -> TestAnswer {
            try await practice.book(patient: patient, day, "10:00", [("provider_id", .string(provider)), ("type_id", .string(type))])
        }
        #expect(try await book(0, first).status == 201)
        #expect(try await book(1, second).code == "slot_taken")
    }

    @Test("policies that contradict each other, and performers who are none, are refused when the type is saved")
    func policies() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        func code(_ more: [(key: String, value: JSON)]) async throws -> String? {
            let body: JSON = .object([("name", "Odd"), ("minutes", 30)] + more)
            let answer = try await clinic.send("location_manager", "POST", clinic.path(clinic.north, "appointment-types"), body: body)
            #expect(answer.status == 422)
            return answer.json["errors"]?.items.first?["code"]?.text
        }
        #expect(try await code([("lanes", 3)]) == "lanes_without_policy")
        #expect(try await code([("seats", 3), ("double_booking", "with_reason")]) == "group_alone")
        #expect(try await code([("performers", [.string(practice.room)])]) == "unknown_reference")
    }
}
