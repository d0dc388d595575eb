import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Why not?")
struct ExplainTests {
    @Test("every rule in the way is named with who set it, and removing what is named, one after another, makes the time bookable")
    func remedies() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(110)
        let provider = try await practice.newProvider("Explained")
        let room = try await practice.make("resources", ["kind": "room", "name": "Explained room"]).id
        let type = try await practice.newType(
            "Explained",
            [("needs", ["provider", "room"]), ("buffer_after", 15), ("performers", [.string(provider)])]
        )
        try await practice.works(provider, day, "09:00", "10:00")
        _ = try await practice.make("dated-hours", ["from_day": .string(day.description), "reason": "Holiday"])
        _ = try await practice.block(room, day, "10:00", "11:00")
        var question: [(key: String, value: JSON)] = [
            ("type_id", .string(type)), ("provider_id", .string(practice.colleague)), ("patient_id", .string(practice.patients[2])),
        ]
        let first = try await practice.explain(day, "10:00", question)
        #expect(Set(first.rules) == ["performer", "resource_missing", "closed"], "\(first.text)")
        #expect(first.json["bookable"] == .bool(false) && first.json["overridable"] == .bool(false))
        #expect(first.json["alternatives"]?.items.isEmpty == true)
        var seen: Set<String> = []
        for _ in 0..<10 {
            let answer = try await practice.explain(day, "10:00", question)
            seen.formUnion(answer.rules)
            guard let obstacle = answer.json["obstacles"]?.items.first else { break }
            try await free(obstacle, practice, day, room, &question)
        }
        #expect(seen == ["performer", "resource_missing", "closed", "outside_hours", "block"])
        let last = try await practice.explain(day, "10:00", question)
        #expect(last.json["bookable"] == .bool(true), "\(last.text)")
        let booked = try await practice.book(patient: 2, day, "10:00", question.filter { $0.key != "patient_id" })
        #expect(booked.status == 201, "\(booked.text)")
    }

    /// Does what a remedy says.
    private func free(_ obstacle: JSON, _ practice: Practice, _ day: Day, _ room: String, _ question: inout [(key: String, value: JSON)])
        async throws
    {
        let clinic = practice.clinic
        let remedy = obstacle["remedy"] ?? .null
        func replace(_ key: String, _ value: JSON) {
            question.removeAll { $0.key == key }
            question.append((key, value))
        }
        switch remedy["action"]?.text {
        case "choose_provider": replace("provider_id", remedy["provider_ids"]?.items.first ?? .null)
        case "add_resource":
            #expect(remedy["kind"]?.text == "room")
            replace("resource_ids", [.string(room)])
        case "remove_block":
            let path = clinic.path(clinic.north, "blocks/\(remedy["id"]?.text ?? "")")
            #expect(try await clinic.send("front_desk", "DELETE", path, headers: ["If-Match": "\"1\""]).status == 204)
        case "set_dated_hours":
            let body: JSON = [
                "resource_id": remedy["resource_id"] ?? .null, "from_day": remedy["day"] ?? .null, "hours": remedy["hours"] ?? .null,
                "reason": "Freed",
            ]
            _ = try await practice.make("dated-hours", body)
        case "change_dated_hours":
            let path = clinic.path(clinic.north, "dated-hours/\(remedy["id"]?.text ?? "")")
            let body: JSON = ["hours": remedy["hours"] ?? .null]
            let answer = try await clinic.send("location_manager", "PATCH", path, body: body, headers: ["If-Match": "\"1\""])
            #expect(answer.status == 200, "\(answer.text)")
        default: Issue.record("no remedy for \(obstacle)")
        }
        if let by = obstacle["cause"]?["set_by"]?.text { #expect(!by.isEmpty) }
    }

    @Test(
        "what is booked is named with who booked it and when; moved away, the time is free; without the right to see appointments it is not named"
    )
    func occupied() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(111)
        let provider = try await practice.newProvider("Busy")
        let type = try await practice.newType("Tidy", [("buffer_before", 10)])
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let booked = try await practice.booked(day, "10:00", theirs)
        let answer = try await practice.explain(day, "10:00", theirs + [("patient_id", .string(practice.patients[0]))])
        #expect(answer.rules.sorted() == ["occupied", "patient_busy"])
        for obstacle in answer.json["obstacles"]?.items ?? [] {
            #expect(obstacle["cause"]?["kind"]?.text == "appointment" && obstacle["cause"]?["id"]?.text == booked.id)
            #expect(obstacle["cause"]?["set_at"]?.text == booked.json["created_at"]?.text)
            #expect(obstacle["remedy"]?["action"]?.text == "move_appointment")
        }
        let tight = try await practice.explain(day, "10:30", theirs + [("type_id", .string(type))])
        #expect(tight.rules == ["buffer"])
        let moving = try await practice.explain(day, "10:00", theirs + [("appointment_id", .string(booked.id))])
        #expect(moving.json["bookable"] == .bool(true))
        let moved = try await clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(booked.id)",
            body: ["day": .string(day.description), "time": "15:00"],
            headers: ["If-Match": booked.etag]
        )
        #expect(moved.status == 200)
        #expect(try await practice.explain(day, "10:00", theirs).json["bookable"] == .bool(true))
    }

    @Test("lead time, horizon, and whom a type is for are rules; each says what would do")
    func typeRules() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        let provider = try await practice.newProvider("Rules")
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let early = try await practice.newType("Well ahead", [("lead_minutes", .integer(3 * 1440)), ("horizon_days", 30)])
        let soon = try await practice.book(today.adding(days: 1), "10:00", theirs + [("type_id", .string(early))])
        #expect(soon.rules == ["lead_time"])
        #expect(soon.json["obstacles"]?.items.first?["remedy"]?["action"]?.text == "start_at")
        let late = try await practice.book(today.adding(days: 31), "10:00", theirs + [("type_id", .string(early))])
        #expect(late.rules == ["horizon"])
        _ = try await practice.booked(today.adding(days: 30), "10:00", theirs + [("type_id", .string(early))])
        let returning = try await practice.newType("Follow-up", [("patients", "returning")])
        #expect(
            try await practice.book(patient: 2, Practice.day(112), "10:00", theirs + [("type_id", .string(returning))]).rules
                == ["returning_patients_only"]
        )
        let first = try await practice.newType("First visit", [("patients", "new")])
        _ = try await practice.booked(patient: 2, Practice.day(112), "10:00", theirs + [("type_id", .string(first))])
    }

    @Test("whoever may override says why; it is kept with the appointment and in the trail; others may not, and what is taken stays taken")
    func overriding() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(113)
        let provider = try await practice.newProvider("Overridden")
        try await practice.works(provider, day, "09:00", "10:00")
        let reason: JSON = ["reason_code": "urgent", "reason_text": "In pain since the morning"]
        let body = practice.body(day, "17:00", [("provider_id", .string(provider)), ("override", reason)])
        #expect(try await clinic.send("front_desk", "POST", practice.path, body: body).code == "override_denied")
        let booked = try await clinic.send("provider", "POST", practice.path, body: body)
        #expect(booked.status == 201, "\(booked.text)")
        #expect(booked.json["overridden"]?.items.compactMap(\.text) == ["outside_hours"])
        #expect(booked.json["override_reason_code"]?.text == "urgent")
        let again = practice.body(patient: 1, day, "17:00", [("provider_id", .string(provider)), ("override", reason)])
        #expect(try await clinic.send("provider", "POST", practice.path, body: again).code == "slot_taken")
        let trail = try await clinic.services.tenancy.read(
            clinic.north,
            "select reason_code, changed from {location}.audit_entry where action = 'appointment.override' and object_id = \(AppointmentID(booked.id))"
        )
        let (code, changed) = try #require(trail.first).decode((String?, [String]).self)
        #expect(code == "urgent" && changed == ["outside_hours"])
    }
}
