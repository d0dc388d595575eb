import Assembly
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Repairs through the API")
struct RepairRouteTests {
    private func propose(_ practice: Practice, _ day: Day, _ resource: String, _ from: String, _ until: String) async throws -> TestAnswer {
        try await practice.clinic.send(
            "front_desk",
            "POST",
            practice.clinic.path(practice.clinic.north, "repair-proposals"),
            body: [
                "day": .string(day.description),
                "outages": [
                    [
                        "resource_id": .string(resource), "starts_at": .string(practice.moment(day, from)),
                        "ends_at": .string(practice.moment(day, until)),
                    ]
                ],
            ]
        )
    }

    private func apply(_ practice: Practice, _ items: [JSON]) async throws -> TestAnswer {
        let moves: [JSON] = items.compactMap { item in
            guard let to = item["to"], item["verdict"]?.text == "moved" else { return nil }
            return [
                "appointment_id": item["appointment_id"] ?? .null, "version": item["version"] ?? .null,
                "starts_at": to["starts_at"] ?? .null,
                "provider_id": to["provider_id"] ?? .null, "resource_ids": to["resource_ids"] ?? .null,
            ]
        }
        return try await practice.clinic.send(
            "front_desk",
            "POST",
            practice.clinic.path(practice.clinic.north, "repairs"),
            body: ["moves": .array(moves)]
        )
    }

    @Test("a provider is out from 10 to 12: their visits are proposed elsewhere, made all at once, and the rest is kept")
    func provider() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(300)
        let first = try await practice.booked(patient: 0, day, "10:00")
        let second = try await practice.booked(patient: 1, day, "10:30", [("resource_ids", [.string(practice.room)])])
        let kept = try await practice.booked(patient: 2, day, "14:00")
        let proposal = try await propose(practice, day, practice.provider, "10:00", "12:00")
        #expect(proposal.status == 200, "\(proposal.text)")
        // Whether there is none better depends on how many providers the tests beside have made.
        #expect(proposal.json["affected"]?.integer == 2 && proposal.json["moved"]?.integer == 2)
        let items = proposal.json["items"]?.items ?? []
        #expect(items.first { $0["appointment_id"]?.text == kept.id }?["verdict"]?.text == "kept")
        let applied = try await apply(practice, items)
        #expect(applied.status == 201, "\(applied.text)")
        for id in [first.id, second.id] {
            let now = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(id)")
            #expect(now.json["provider_id"]?.text != practice.provider)
            #expect(now.json["version"]?.integer == 2)
            let changes = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(id)/changes")
            #expect(changes.json["items"]?.items.last?["step"]?.text == "move")
        }
        // Nothing is left to repair.
        #expect(try await propose(practice, day, practice.provider, "10:00", "12:00").json["affected"]?.integer == 0)
        // The same moves again: everything they rest on was changed.
        #expect(try await apply(practice, items).status == 412)
    }

    @Test("when one of the times was taken meanwhile nothing is moved, and the appointment in question is named")
    func changed() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(301)
        let first = try await practice.booked(patient: 0, day, "10:00")
        let second = try await practice.booked(patient: 1, day, "11:00")
        let proposal = try await propose(practice, day, practice.provider, "10:00", "12:00")
        let items = proposal.json["items"]?.items ?? []
        let place = try #require(items.first { $0["appointment_id"]?.text == second.id }?["to"])
        let taken = try await practice.book(
            patient: 2,
            day,
            "10:00",
            [("provider_id", place["provider_id"] ?? .null), ("starts_at", place["starts_at"] ?? .null), ("day", .null), ("time", .null)]
        )
        #expect(taken.status == 201, "\(taken.text)")
        let applied = try await apply(practice, items)
        #expect(applied.status == 409 && applied.code == "slot_taken", "\(applied.text)")
        #expect(applied.json["appointment_id"]?.text == second.id)
        for id in [first.id, second.id] {
            let now = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(id)")
            #expect(now.json["provider_id"]?.text == practice.provider && now.json["version"]?.integer == 1)
        }
    }

    @Test("two visits change places in one repair; an unknown resource and one appointment twice are refused")
    func swapped() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(302)
        let one = try await practice.booked(patient: 0, day, "10:00")
        let two = try await practice.booked(patient: 1, day, "10:00", [("provider_id", .string(practice.colleague))])
        func move(_ answer: TestAnswer, _ provider: String) -> JSON {
            [
                "appointment_id": .string(answer.id), "version": 1, "starts_at": answer.json["starts_at"] ?? .null,
                "provider_id": .string(provider), "resource_ids": [],
            ]
        }
        let path = practice.clinic.path(practice.clinic.north, "repairs")
        let both: JSON = ["moves": [move(one, practice.colleague), move(two, practice.provider)]]
        let applied = try await practice.clinic.send("front_desk", "POST", path, body: both)
        #expect(applied.status == 201, "\(applied.text)")
        let twice: JSON = ["moves": [move(one, practice.colleague), move(one, practice.provider)]]
        #expect(
            try await practice.clinic.send("front_desk", "POST", path, body: twice).json["errors"]?.items.first?["code"]?.text
                == "duplicate"
        )
        let unknown = try await propose(practice, day, practice.patients[0], "10:00", "11:00")
        #expect(unknown.json["errors"]?.items.first?["code"]?.text == "unknown_reference")
    }

    @Test("four who are two at a time all go to a colleague at their times, whoever of them was booked first")
    func lanes() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(303)
        let (provider, colleague) = (try await practice.newProvider("Lanes"), try await practice.newProvider("Lanes Colleague"))
        let type = try await practice.newType("Two in a repair", [("double_booking", "lanes"), ("lanes", 2), ("minutes", 40)])
        func booked(_ number: Int, _ time: String) async throws -> TestAnswer {
            let person = try await practice.newPatient("Lanes \(number)")
            let more: [(key: String, value: JSON)] = [
                ("patient_id", .string(person)), ("provider_id", .string(provider)), ("type_id", .string(type)),
            ]
            return try await practice.booked(day, time, more)
        }
        // Each overlaps the one before; the last was booked second, for another time.
        let first = try await booked(1, "10:00")
        let last = try await booked(4, "16:00")
        let second = try await booked(2, "10:30")
        let third = try await booked(3, "11:00")
        let sooner = try await clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(last.id)",
            body: ["day": .string(day.description), "time": "11:30"],
            headers: ["If-Match": last.etag]
        )
        #expect(sooner.status == 200, "\(sooner.text)")
        let moves = [first, second, third, sooner].map { practice.move($0, to: colleague) }
        let applied = try await practice.repair([("moves", .array(moves))])
        #expect(applied.status == 201, "\(applied.text)")
    }

    @Test("to another day a repair moves nothing that the type's horizon forbids; within the day the type's times were asked before")
    func horizon() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let provider = try await practice.newProvider("Horizon")
        let type = try await practice.newType("Soon", [("horizon_days", 30)])
        let day = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day.adding(days: 2)
        let booked = try await practice.booked(day, "10:00", [("provider_id", .string(provider)), ("type_id", .string(type))])
        func repair(_ day: Day, _ time: String) async throws -> TestAnswer {
            let move: JSON = [
                "appointment_id": .string(booked.id), "version": 1, "starts_at": .string(practice.moment(day, time)),
                "provider_id": .string(provider), "resource_ids": [],
            ]
            return try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "repairs"), body: ["moves": [move]])
        }
        let far = day.adding(days: 200)
        let moved = try await clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(booked.id)",
            body: ["day": .string(far.description), "time": "10:00"],
            headers: ["If-Match": booked.etag]
        )
        #expect(moved.code == "not_bookable", "\(moved.text)")
        let refused = try await repair(far, "10:00")
        #expect(refused.status == 409 && refused.code == "not_bookable" && refused.rules == ["horizon"], "\(refused.text)")
        #expect(refused.json["appointment_id"]?.text == booked.id)
        let kept = try await repair(day, "11:00")
        #expect(kept.status == 201, "\(kept.text)")
    }
}
