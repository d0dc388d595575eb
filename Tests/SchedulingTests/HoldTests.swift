import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Holds")
struct HoldTests {
    private func hold(_ practice: Practice, _ day: Day, _ time: String, _ more: [(key: String, value: JSON)] = []) async throws
        -> TestAnswer
    {
        let body: JSON = .object(
            [
                ("type_id", .string(practice.visit)), ("provider_id", .string(practice.provider)), ("day", .string(day.description)),
                ("time", .string(time)),
            ] + more
        )
        return try await practice.clinic.send("front_desk", "POST", practice.clinic.path(practice.clinic.north, "holds"), body: body)
    }

    private func confirm(_ practice: Practice, _ hold: String, _ body: JSON) async throws -> TestAnswer {
        try await practice.clinic.send(
            "front_desk",
            "POST",
            practice.clinic.path(practice.clinic.north, "holds/\(hold)/confirmation"),
            body: body
        )
    }

    @Test("what is held is nobody else's for five minutes, and becomes an appointment with the hold's id, once", .shows("MC-1"))
    func confirmed() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(140)
        let held = try await hold(practice, day, "10:00", [("resource_ids", [.string(practice.room)])])
        #expect(held.status == 201, "\(held.text)")
        let lasts = try #require(Instant(held.json["expires_at"]?.text ?? "")).seconds(
            since: try #require(Instant(held.json["created_at"]?.text ?? ""))
        )
        #expect(lasts == 300)
        #expect(try await practice.book(patient: 1, day, "10:15").code == "slot_taken")
        #expect(try await practice.explain(day, "10:15").json["obstacles"]?.items.first?["remedy"]?["action"]?.text == "await_hold")
        #expect(try await confirm(practice, held.id, [:]).json["errors"]?.items.first?["code"]?.text == "required")
        let booked = try await confirm(practice, held.id, ["patient_id": .string(practice.patients[0]), "note": "By phone"])
        #expect(booked.status == 201, "\(booked.text)")
        #expect(booked.id == held.id && booked.json["status"]?.text == "booked")
        #expect(booked.json["resources"]?.items.count == 1)
        let again = try await confirm(practice, held.id, ["patient_id": .string(practice.patients[0])])
        #expect(again.code == "hold_used" && again.json["appointment_id"]?.text == held.id)
        // The patient's time is taken as well.
        #expect(try await practice.book(day, "10:15", [("provider_id", .string(practice.colleague))]).code == "slot_taken")
        let moved = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(held.id)")
        #expect(moved.status == 200)
    }

    @Test("a hold that has run out is nobody's: its time can be booked, and confirming it has a code of its own")
    func expired() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(141)
        let held = try await hold(practice, day, "10:00", [("patient_id", .string(practice.patients[0]))])
        #expect(held.status == 201)
        let id = HoldID(held.id)
        let past = clinic.services.ambient.now().adding(seconds: -1)
        try await clinic.services.tenancy.transaction(clinic.north) { tx in
            tx.enqueue("update {location}.hold set expires_at = \(past) where id = \(id)")
            tx.enqueue("update {location}.occupancy set expires_at = \(past) where appointment_id = \(id)")
        }
        #expect(try await confirm(practice, held.id, [:]).code == "hold_expired")
        _ = try await practice.booked(patient: 1, day, "10:00")
        #expect(try await confirm(practice, held.id, [:]).code == "hold_expired")
    }

    @Test("a hold given back frees its time; one for somebody is confirmed for nobody else; a patient who is elsewhere then is refused")
    func released() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(142)
        let first = try await hold(practice, day, "10:00", [("patient_id", .string(practice.patients[0]))])
        let other = try await confirm(practice, first.id, ["patient_id": .string(practice.patients[1])])
        #expect(other.json["errors"]?.items.first?["code"]?.text == "other_patient")
        let path = clinic.path(clinic.north, "holds/\(first.id)")
        #expect(try await clinic.send("front_desk", "DELETE", path).status == 204)
        #expect(try await clinic.send("front_desk", "DELETE", path).status == 404)
        let second = try await hold(practice, day, "10:00")
        #expect(second.status == 201, "\(second.text)")
        _ = try await practice.booked(patient: 1, day, "10:00", [("provider_id", .string(practice.colleague))])
        #expect(try await confirm(practice, second.id, ["patient_id": .string(practice.patients[1])]).code == "slot_taken")
        #expect(try await confirm(practice, second.id, ["patient_id": .string(practice.patients[2])]).status == 201)
    }

    @Test(
        "time that was blocked or closed since it was held is not confirmed, and the refusal names what is in the way; who may override says why"
    )
    func blockedSince() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let provider = try await practice.newProvider("Called Away")
        let day = Practice.day(144)
        let theirs: (key: String, value: JSON) = ("provider_id", .string(provider))
        func held(_ time: String) async throws -> String {
            try await practice.make("holds", practice.body(day, time, [theirs]), by: "front_desk").id
        }
        let (blocked, closed) = (try await held("10:00"), try await held("15:00"))
        let left = try await practice.repair([
            ("moves", []), ("leave_booked", true),
            (
                "blocks",
                [
                    [
                        "resource_id": .string(provider), "starts_at": .string(practice.moment(day, "10:15")),
                        "ends_at": .string(practice.moment(day, "11:00")), "reason_code": "ill",
                    ]
                ]
            ),
        ])
        let block = try #require(left.json["blocks"]?.items.first?["id"]?.text, "\(left.text)")
        let refused = try await confirm(practice, blocked, [:])
        #expect(refused.status == 409 && refused.code == "not_bookable" && refused.rules == ["block"], "\(refused.text)")
        #expect(refused.json["obstacles"]?.items.first?["cause"]?["id"]?.text == block)
        // The hold is as it was: it may be given back, or confirmed when the block is gone.
        #expect(try await practice.book(patient: 1, day, "10:00", [theirs]).code == "slot_taken")

        try await practice.works(provider, day, "08:00", "12:00")
        let late = try await confirm(practice, closed, [:])
        #expect(late.code == "not_bookable" && late.rules == ["outside_hours"], "\(late.text)")
        let override: JSON = ["override": ["reason_code": "urgent", "reason_text": "Seen before leaving"]]
        #expect(try await confirm(practice, closed, override).code == "override_denied")
        let path = clinic.path(clinic.north, "holds/\(closed)/confirmation")
        let seen = try await clinic.send("provider", "POST", path, body: override)
        #expect(seen.status == 201 && seen.json["overridden"] == ["outside_hours"], "\(seen.text)")

        let found = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "blocks/\(block)"))
        let gone = try await clinic.send(
            "front_desk",
            "DELETE",
            clinic.path(clinic.north, "blocks/\(block)"),
            headers: ["If-Match": found.etag]
        )
        #expect(gone.status == 204, "\(gone.text)")
        #expect(try await confirm(practice, blocked, [:]).status == 201)
    }

    @Test("of holds, bookings and confirmations for one slot at once exactly one wins", .shows("MC-1"))
    func race() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(143)
        let answers = try await atOnce(24) { number in
            number.isMultiple(of: 2)
                ? try await hold(practice, day, "10:00", [("patient_id", .string(practice.patients[number % 3]))])
                : try await practice.book(patient: number % 3, day, "10:00")
        }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.code == "slot_taken" } == 23)
    }
}
