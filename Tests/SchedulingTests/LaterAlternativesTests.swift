import Assembly
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Alternatives on the days after")
struct LaterAlternativesTests {
    private struct Refused {
        let practice: Practice
        let provider: String
        let day: Day

        var theirs: [(key: String, value: JSON)] { [("provider_id", .string(provider))] }

        /// A provider whose day has room for one visit, and it is taken.
        init(_ practice: Practice, _ name: String, _ day: Day) async throws {
            self.practice = practice
            self.day = day
            provider = try await practice.newProvider(name)
            try await practice.works(provider, day, "10:00", "10:30")
            _ = try await practice.booked(day, "10:00", theirs)
        }

        func away(_ days: ClosedRange<Int>) async throws {
            _ = try await practice.make(
                "dated-hours",
                [
                    "resource_id": .string(provider), "from_day": .string(day.adding(days: days.lowerBound).description),
                    "through_day": .string(day.adding(days: days.upperBound).description), "reason": "Holiday", "hours": [],
                ]
            )
        }

        func starts(_ days: Int, _ times: [String]) -> [String] { times.map { practice.moment(day.adding(days: days), $0) } }
    }

    private func offered(_ answer: TestAnswer) -> [String] { answer.json["alternatives"]?.items.compactMap { $0["starts_at"]?.text } ?? [] }

    @Test("a day that is full offers the next ones, after what is left of its own, and what is offered can be booked")
    func next() async throws {
        let refused = try await Refused(Ruled.shared.value, "Later One", Practice.day(230))
        let practice = refused.practice
        let answer = try await practice.book(patient: 1, refused.day, "10:00", refused.theirs)
        #expect(answer.code == "slot_taken")
        #expect(offered(answer) == refused.starts(1, ["07:00", "07:15", "07:30"]), "\(answer.text)")
        let held = try await practice.make(
            "holds",
            .object([("type_id", .string(practice.visit)), ("starts_at", .string(offered(answer)[0]))] + refused.theirs),
            by: "front_desk"
        )
        #expect(held.status == 201)
        let again = try await practice.book(patient: 1, refused.day, "10:00", refused.theirs)
        #expect(offered(again) == refused.starts(1, ["07:30", "07:45", "08:00"]), "\(again.text)")
    }

    @Test("days off in between are passed over, a fortnight at most")
    func fortnight() async throws {
        let refused = try await Refused(Ruled.shared.value, "Later Two", Practice.day(232))
        let practice = refused.practice
        try await refused.away(1...13)
        let far = try await practice.book(patient: 1, refused.day, "10:00", refused.theirs)
        #expect(offered(far) == refused.starts(14, ["07:00", "07:15", "07:30"]), "\(far.text)")
        try await refused.away(14...14)
        #expect(offered(try await practice.book(patient: 1, refused.day, "10:00", refused.theirs)) == [])
    }

    @Test("a hold and a move that come too late are offered the days after as well, the nearest first")
    func others() async throws {
        let refused = try await Refused(Ruled.shared.value, "Later Three", Practice.day(250))
        let practice = refused.practice
        let held = try await practice.clinic.send(
            "front_desk",
            "POST",
            practice.clinic.path(practice.clinic.north, "holds"),
            body: .object(
                [("type_id", .string(practice.visit)), ("day", .string(refused.day.description)), ("time", "10:00")] + refused.theirs
            )
        )
        #expect(held.code == "slot_taken")
        #expect(offered(held) == refused.starts(1, ["07:00", "07:15", "07:30"]), "\(held.text)")
        // Its own time is free for it, and nearer than any other day.
        let other = try await practice.booked(patient: 2, refused.day.adding(days: 1), "07:15", refused.theirs)
        let moved = try await practice.clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(other.id)",
            body: ["day": .string(refused.day.description), "time": "10:00"],
            headers: ["If-Match": other.etag]
        )
        #expect(moved.code == "slot_taken")
        #expect(offered(moved) == refused.starts(1, ["07:00", "07:15", "07:30"]), "\(moved.text)")
    }

    @Test("what no other time would change is offered no other time")
    func standing() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(252)
        let other = try await practice.newProvider("Later Four")
        let type = try await practice.newType("Theirs alone", [("performers", [.string(other)])])
        let answer = try await practice.book(day, "10:00", [("type_id", .string(type))])
        #expect(answer.code == "not_bookable" && answer.rules == ["performer"])
        #expect(offered(answer) == [])
    }

    @Test("an explanation of a day that has no time at all offers the days after, one of a day that has offers that day")
    func explained() async throws {
        let refused = try await Refused(Ruled.shared.value, "Later Five", Practice.day(254))
        let practice = refused.practice
        let full = try await practice.explain(refused.day, "10:00", refused.theirs)
        #expect(full.rules == ["occupied"] && offered(full) == refused.starts(1, ["07:00", "07:15", "07:30"]), "\(full.text)")
        try await refused.away(1...5)
        let far = try await practice.explain(refused.day, "12:00", refused.theirs)
        #expect(offered(far) == refused.starts(6, ["07:00", "07:15", "07:30"]), "\(far.text)")
        let next = try await practice.explain(refused.day.adding(days: 6), "06:00", refused.theirs)
        #expect(next.json["bookable"] == .bool(true) && offered(next) == refused.starts(6, ["07:00", "07:15", "07:30"]), "\(next.text)")
        try await refused.away(6...14)
        #expect(offered(try await practice.explain(refused.day, "10:00", refused.theirs)) == [])
        // Its own time is free for one that moves, so the day has a time and no other is looked for.
        let other = try await practice.booked(patient: 1, refused.day.adding(days: 20), "10:00", refused.theirs)
        let moving: [(key: String, value: JSON)] = refused.theirs + [("appointment_id", .string(other.id))]
        #expect(try await practice.explain(refused.day.adding(days: 20), "10:00", moving).json["bookable"] == .bool(true))
    }
}
