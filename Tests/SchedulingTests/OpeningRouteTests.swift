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
