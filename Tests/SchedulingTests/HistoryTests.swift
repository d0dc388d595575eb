import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Steps, their times, and taking them back")
struct HistoryTests {
    @Test("every step leaves its time; taken back one after another, it is booked again; the history tells all of it")
    func thereAndBack() async throws {
        let practice = try await Ruled.shared.value
        let booked = try await practice.booked(Practice.day(150), "09:00")
        try await practice.comes(booked.id)
        let steps = [
            ("confirmation", "confirmed_at"), ("arrival", "arrived_at"), ("rooming", "roomed_at"), ("session", "started_at"),
            ("check-out", "checked_out_at"),
        ]
        for (step, time) in steps { #expect(try await practice.step(booked.id, step).json[time]?.text != nil, "\(step)") }
        for status in ["in_session", "roomed", "arrived", "confirmed", "booked"] {
            let undone = try await practice.step(booked.id, "undo")
            #expect(undone.status == 200 && undone.json["status"]?.text == status, "\(undone.text)")
        }
        let last = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)")
        for (_, time) in steps { #expect(last.json[time]?.text == nil) }
        #expect(try await practice.step(booked.id, "undo").code == "nothing_to_undo")
        let history = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)/changes")
        #expect(
            history.json["items"]?.items.compactMap { $0["step"]?.text } == [
                "book", "confirm", "check_in", "room", "begin", "check_out", "undo_check_out", "undo_begin", "undo_room", "undo_check_in",
                "undo_confirm",
            ]
        )
    }

    @Test("a cancellation is taken back while nobody has the time, and refused with what is in the way when somebody has")
    func cancellation() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(151)
        let booked = try await practice.booked(day, "09:00")
        _ = try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"])
        let back = try await practice.step(booked.id, "undo")
        #expect(back.json["status"]?.text == "booked" && back.json["cancel_reason_code"]?.text == nil, "\(back.text)")
        #expect(try await practice.book(patient: 1, day, "09:00").code == "slot_taken")
        _ = try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"])
        _ = try await practice.booked(patient: 1, day, "09:15")
        #expect(try await practice.step(booked.id, "undo").code == "slot_taken")
        #expect(try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)").json["status"]?.text == "cancelled")
    }

    @Test("a cancellation is not taken back into time that was blocked meanwhile, unless it stood in blocked time before")
    func blockedSince() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(153)
        let provider: (key: String, value: JSON) = ("provider_id", .string(try await practice.newProvider("Undone")))
        let booked = try await practice.booked(day, "09:00", [provider])
        _ = try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"])
        _ = try await practice.block(try #require(provider.value.text), day, "08:30", "10:00")
        let refused = try await practice.step(booked.id, "undo")
        #expect(refused.status == 409 && refused.code == "not_bookable", "\(refused.text)")
        #expect(try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)").json["status"]?.text == "cancelled")
        let reason: (key: String, value: JSON) = ("override", ["reason_code": "urgent", "reason_text": "Stitches come out"])
        let body = practice.body(day, "09:30", [provider, reason])
        let over = try await practice.clinic.send("provider", "POST", practice.path, body: body)
        try #require(over.status == 201, "\(over.text)")
        _ = try await practice.step(over.id, "cancellation", ["reason_code": "patient_ill"])
        let back = try await practice.step(over.id, "undo")
        #expect(back.json["status"]?.text == "booked", "\(back.text)")
    }

    @Test("a move keeps what it was before in the history; an appointment that never was has none")
    func moved() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(152)
        let booked = try await practice.booked(day, "09:00")
        let moved = try await practice.clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(booked.id)",
            body: ["day": .string(day.description), "time": "11:00"],
            headers: ["If-Match": booked.etag]
        )
        #expect(moved.status == 200)
        let history = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)/changes")
        let change = history.json["items"]?.items.last
        #expect(change?["step"]?.text == "move" && change?["changed"]?.items.compactMap(\.text) == ["starts_at"])
        #expect(change?["previous"]?["starts_at"]?.text == booked.json["starts_at"]?.text)
        let never = appointmentID(77).description
        #expect(try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(never)/changes").status == 404)
    }
}
