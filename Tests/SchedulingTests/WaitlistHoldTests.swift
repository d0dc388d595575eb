import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Time that is held for the waitlist")
struct WaitlistHoldTests {
    @Test("while a wave is open its time is nobody else's, and an explanation says for whom it is held and who may free it", .shows("MC-1"))
    func held() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Held")
        let day = Practice.day(400)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        _ = try await practice.waits(practice.patients[0], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1)
        let refused = try await practice.book(patient: 1, day, "10:00", theirs)
        #expect(refused.code == "slot_taken" && refused.json["conflicts"]?.items.first?["hold_id"]?.text == slot.description)
        let openings = try await practice.openings([
            "type_id": .string(practice.visit), "provider_ids": [.string(provider)], "from_day": .string(day.description),
            "order": "earliest", "limit": 200,
        ])
        let starts = openings.json["items"]?.items.compactMap { $0["starts_at"]?.text } ?? []
        #expect(starts.contains(practice.moment(day, "09:30")) && !starts.contains(practice.moment(day, "10:00")))
        let obstacle = try await practice.explain(day, "10:00", theirs).json["obstacles"]?.items.first
        #expect(obstacle?["rule"]?.text == "occupied" && obstacle?["cause"]?["kind"]?.text == "waitlist_hold")
        #expect(obstacle?["remedy"]?["action"]?.text == "release_hold")
        #expect(obstacle?["remedy"]?["id"]?.text == slot.description)
        #expect(obstacle?["remedy"]?["permission"]?.text == "appointments.book")
        let hold = try await practice.board(day)["holds"]?.items.first
        #expect(hold?["id"]?.text == slot.description && hold?["for_waitlist"] == .bool(true))
        let offer = try #require(try await practice.offers(slot).first)
        #expect(hold?["expires_at"]?.text == Waves.end(of: offer))
        // Only an offer's link makes an appointment of it.
        let path = practice.clinic.path(practice.clinic.north, "holds/\(slot)")
        let other: JSON = ["patient_id": .string(practice.patients[1])]
        let confirmed = try await practice.clinic.send("front_desk", "POST", path + "/confirmation", body: other)
        #expect(confirmed.code == "hold_for_waitlist")
        // What the remedy says.
        let tokens = try await practice.links([offer])
        #expect(try await practice.clinic.send("front_desk", "DELETE", path).status == 204)
        #expect(try await practice.claim(tokens[0]).code == "claim_expired")
        #expect(try await practice.ledger(slot)?["status"]?.text == "lapsed")
        #expect(try await practice.book(patient: 1, day, "10:00", theirs).status == 201)
        // Nobody begins again what staff ended.
        try await practice.wave(slot, 2, Waves.later(Waves.minutes))
        #expect(try await practice.offers(slot, wave: 2).isEmpty)
    }

    @Test("a claim takes the place of the hold: nothing is left of it, and what is cancelled again is offered again")
    func claimed() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Claimed")
        let day = Practice.day(401)
        _ = try await practice.waits(practice.patients[0], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1)
        let claimed = try await practice.claim(try await practice.links(practice.offers(slot))[0])
        #expect(claimed.status == 201, "\(claimed.text)")
        let appointment = try #require(claimed.json["appointment"]?["id"]?.text)
        #expect(appointment == slot.description)
        let board = try await practice.board(day)
        #expect(board["holds"]?.items.isEmpty == true && board["appointments"]?.items.count == 1)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let cause = try await practice.explain(day, "10:00", theirs).json["obstacles"]?.items.first?["cause"]
        #expect(cause?["kind"]?.text == "appointment" && cause?["id"]?.text == appointment)
        #expect(try await practice.step(appointment, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        _ = try await practice.waits(practice.patients[1], provider)
        let again = try await practice.noticed(appointment)
        #expect(again != slot)
        try await practice.wave(again, 1)
        #expect(try await practice.claim(try await practice.links(practice.offers(again))[0]).status == 201)
        #expect(try await practice.standing(provider, day) == 1)
    }

    @Test("only the time that an offer needs is held")
    func shorter() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Shorter")
        let long = try await practice.newType("Long freed visit", [("minutes", 90)])
        let middle = try await practice.newType("Middle visit", [("minutes", 45)])
        let day = Practice.day(402)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        _ = try await practice.waits(practice.patients[0], provider)
        _ = try await practice.waits(practice.patients[1], provider, [("type_ids", [.string(middle)])])
        let slot = try await practice.freed(provider, day, [("type_id", .string(long))]).slot
        try await practice.wave(slot, 1)
        #expect(try await practice.offers(slot).count == 2)
        #expect(try await practice.book(patient: 2, day, "10:30", theirs).code == "slot_taken")
        #expect(try await practice.book(patient: 2, day, "10:45", theirs).status == 201)
    }

    @Test("whoever left the time may have it again while nobody has claimed it: undone, or moved back")
    func regained() async throws {
        let practice = try await Waves.shared.value
        let clinic = practice.clinic
        let provider = try await practice.newProvider("Regained")
        let day = Practice.day(403)
        _ = try await practice.waits(practice.patients[0], provider)
        let undone = try await practice.freed(provider, day)
        try await practice.wave(undone.slot, 1)
        let token = try await practice.links(practice.offers(undone.slot))[0]
        let path = "\(practice.path)/\(undone.appointment)"
        let restored = try await clinic.send("front_desk", "POST", path + "/undo", body: [:])
        #expect(restored.status == 200, "\(restored.text)")
        #expect(try await practice.board(day)["holds"]?.items.isEmpty == true)
        #expect(try await practice.claim(token).code == "claim_taken")
        try await practice.wave(undone.slot, 2, Waves.later(Waves.minutes))
        #expect(try await practice.ledger(undone.slot)?["status"]?.text == "lapsed")
        func move(_ time: String) async throws -> TestAnswer {
            let etag = try await clinic.send("front_desk", "GET", path).etag
            let body: JSON = ["day": .string(day.description), "time": .string(time)]
            return try await clinic.send("front_desk", "PATCH", path, body: body, headers: ["If-Match": etag])
        }
        #expect(try await move("15:00").status == 200)
        let moved = try await practice.noticed(undone.appointment)
        try await practice.wave(moved, 1)
        #expect(try await practice.offers(moved).count == 1)
        let back = try await move("10:00")
        #expect(back.status == 200, "\(back.text)")
        #expect(try await practice.board(day)["holds"]?.items.isEmpty == true)
    }

    @Test(
        "staff who may override book over it as over any hold: where the type allows it, with a reason; the claim hears no",
        .shows("MC-1")
    )
    func overridden() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Overridden")
        let squeeze = try await practice.newType("Squeezed in", [("double_booking", "with_reason")])
        let day = Practice.day(404)
        _ = try await practice.waits(practice.patients[0], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1)
        let token = try await practice.links(practice.offers(slot))[0]
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let reason: (key: String, value: JSON) = ("override", ["reason_code": "urgent", "reason_text": "Cannot wait"])
        let clinic = practice.clinic
        func book(_ name: String, _ more: [(key: String, value: JSON)]) async throws -> TestAnswer {
            try await clinic.send(name, "POST", practice.path, body: practice.body(patient: 1, day, "10:00", theirs + more))
        }
        #expect(try await book("front_desk", [reason]).code == "override_denied")
        #expect(try await book("provider", [reason]).code == "slot_taken")
        let over = try await book("provider", [("type_id", .string(squeeze)), reason])
        #expect(over.status == 201, "\(over.text)")
        #expect(try await practice.claim(token).code == "claim_taken")
        try await practice.wave(slot, 2, Waves.later(Waves.minutes))
        #expect(try await practice.ledger(slot)?["status"]?.text == "lapsed")
    }
}
