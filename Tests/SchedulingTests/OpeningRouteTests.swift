import Assembly
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Asking for openings")
struct OpeningRouteTests {
    @Test(
        "openings of any provider come with the resources that fit, lie inside hours and around blocks and bookings, and each can be booked"
    )
    func bookable() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(130)
        let one = try await practice.newProvider("Open One")
        let two = try await practice.newProvider("Open Two")
        let type = try await practice.newType(
            "Opened",
            [("needs", ["provider", "room", "device"]), ("performers", [.string(one), .string(two)]), ("buffer_after", 15)]
        )
        try await practice.works(one, day, "09:00", "10:00")
        try await practice.works(two, day, "13:00", "15:00")
        _ = try await practice.block(two, day, "13:30", "14:00")
        let question: JSON = [
            "type_id": .string(type), "from_day": .string(day.description), "through_day": .string(day.adding(days: 0).description),
            "order": "earliest", "limit": 50, "step": 15,
        ]
        let answer = try await practice.openings(question)
        #expect(answer.status == 200, "\(answer.text)")
        let items = answer.json["items"]?.items ?? []
        #expect(
            items.compactMap { $0["starts_at"]?.text }
                == ["09:00", "09:15", "09:30", "14:00", "14:15", "14:30"].map { practice.moment(day, $0) }
        )
        #expect(items.allSatisfy { $0["resource_ids"]?.items.count == 2 })
        #expect(answer.json["total"]?.integer == 6)
        for item in [items[0], items[3]] {
            let body: JSON = [
                "patient_id": .string(practice.patients[0]), "type_id": .string(type), "provider_id": item["provider_id"] ?? .null,
                "resource_ids": item["resource_ids"] ?? .null, "starts_at": item["starts_at"] ?? .null,
            ]
            let booked = try await practice.clinic.send("front_desk", "POST", practice.path, body: body)
            #expect(booked.status == 201, "\(booked.text)")
        }
        let after = try await practice.openings(question).json["items"]?.items.compactMap { $0["starts_at"]?.text }
        #expect(after == ["14:45"].map { practice.moment(day, $0) } || after == [], "\(after ?? [])")
    }

    @Test("the best come first: those that waste nothing beside them")
    func best() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(131)
        let provider = try await practice.newProvider("Best")
        try await practice.works(provider, day, "09:00", "12:00")
        _ = try await practice.booked(day, "10:00", [("provider_id", .string(provider))])
        let answer = try await practice.openings([
            "type_id": .string(practice.visit), "provider_ids": [.string(provider)], "from_day": .string(day.description), "limit": 4,
        ])
        let items = answer.json["items"]?.items ?? []
        #expect(items.allSatisfy { $0["gap_minutes"]?.integer == 0 }, "\(answer.text)")
        #expect(items.first?["starts_at"]?.text == practice.moment(day, "09:00"))
    }

    @Test(
        "an X-ray, then an exam, then a cleaning: one right after another, in rooms that are ready by then, and each can be booked"
    )
    func backToBack() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(132)
        let doctor = try await practice.newProvider("Exam")
        let hygienist = try await practice.newProvider("Cleaning")
        try await practice.works(doctor, day, "09:00", "11:00")
        try await practice.works(hygienist, day, "09:30", "11:00")
        let room = ("needs", JSON.array(["provider", "room"]))
        let xray = try await practice.newType("X-ray", [room, ("minutes", 10), ("buffer_after", 5), ("performers", [.string(hygienist)])])
        let exam = try await practice.newType("Exam", [("minutes", 20), ("performers", [.string(doctor)])])
        let cleaning = try await practice.newType("Cleaning", [room, ("minutes", 30), ("performers", [.string(hygienist)])])
        let patient = try await practice.newPatient("Back To Back")
        let question: JSON = [
            "type_id": .string(xray), "patient_id": .string(patient), "from_day": .string(day.description), "order": "earliest", "step": 10,
            "then": [["type_id": .string(exam)], ["type_id": .string(cleaning), "within_minutes": 10]],
        ]
        let answer = try await practice.openings(question)
        #expect(answer.status == 200, "\(answer.text)")
        let items = answer.json["items"]?.items ?? []
        #expect(items.compactMap { $0["starts_at"]?.text } == ["09:30", "09:40", "09:50", "10:00"].map { practice.moment(day, $0) })
        #expect(answer.json["total"]?.integer == 4)
        #expect(items.allSatisfy { $0["wait_minutes"]?.integer == 0 && $0["then"]?.items.count == 2 })
        let first = try #require(items.first)
        let parts = [(xray, first)] + zip([exam, cleaning], first["then"]?.items ?? [])
        #expect(parts.map { $0.1["starts_at"]?.text } == ["09:30", "09:40", "10:00"].map { practice.moment(day, $0) })
        for (type, part) in parts {
            let body: JSON = [
                "patient_id": .string(patient), "type_id": .string(type), "provider_id": part["provider_id"] ?? .null,
                "resource_ids": part["resource_ids"] ?? .null, "starts_at": part["starts_at"] ?? .null,
            ]
            let booked = try await practice.clinic.send("front_desk", "POST", practice.path, body: body)
            #expect(booked.status == 201, "\(booked.text)")
        }
        // The same once more: what is left is too short for all three.
        #expect(try await practice.openings(question).json["total"]?.integer == 0)
    }

    @Test("a further type that is not here is named by its place in the body")
    func furtherRefusals() async throws {
        let practice = try await Ruled.shared.value
        let unknown = practice.clinic.services.ambient.id(AppointmentID.self).description
        let answer = try await practice.openings([
            "type_id": .string(practice.visit), "from_day": "2027-01-01",
            "then": [["type_id": .string(practice.visit)], ["type_id": .string(unknown)]],
        ])
        #expect(answer.status == 422)
        #expect(answer.json["errors"]?.items.compactMap { $0["pointer"]?.text } == ["/then/1/type_id"])
    }

    @Test("too long a range, days backwards, a type nobody may perform, and one that is not booked online: each has a code of its own")
    func refusals() async throws {
        let practice = try await Ruled.shared.value
        func ask(_ more: [(key: String, value: JSON)]) async throws -> TestAnswer {
            try await practice.openings(.object([("type_id", .string(practice.visit)), ("from_day", "2027-01-01")] + more))
        }
        #expect(try await ask([("through_day", "2027-03-04")]).json["errors"]?.items.first?["code"]?.text == "range_too_long")
        #expect(try await ask([("through_day", "2026-12-31")]).json["errors"]?.items.first?["code"]?.text == "before_from")
        #expect(try await ask([("provider_ids", [.string(practice.room)])]).code == "no_performer")
        let online = try await ask([("online", true)])
        #expect(online.code == "not_bookable" && online.rules == ["staff_only"])
    }
}
