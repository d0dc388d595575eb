import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("The way of a visit")
struct VisitTests {
    @Test("booked, moved, checked in, completed: the encounter holds what was done, and who must know is told")
    func wholeVisit() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(20)
        let booked = try await practice.booked(day, "09:00", [("resource_ids", [.string(practice.room)])])
        let place = "\(practice.path)/\(booked.id)"
        #expect(try await clinic.send("front_desk", "PATCH", place, body: ["minutes": 45]).status == 428)
        let moved = try await clinic.send(
            "front_desk",
            "PATCH",
            place,
            body: ["day": .string(day.adding(days: 1).description), "time": "14:00"],
            headers: ["If-Match": booked.etag]
        )
        #expect(moved.status == 200, "\(moved.text)")
        #expect(moved.json["day"]?.text == day.adding(days: 1).description)
        #expect(moved.json["resources"]?.items.count == 1)
        #expect(
            try await clinic.send("front_desk", "PATCH", place, body: ["minutes": 45], headers: ["If-Match": booked.etag]).status == 412
        )
        // The old time is free, the new one is not.
        _ = try await practice.booked(patient: 1, day, "09:00")
        #expect(try await practice.book(patient: 1, day.adding(days: 1), "14:15").code == "slot_taken")

        #expect(try await practice.step(booked.id, "completion", by: "provider").code == "wrong_status")
        #expect(try await practice.step(booked.id, "arrival").code == "too_early")
        #expect(try await practice.step(booked.id, "no-show").code == "too_early")
        try await practice.comes(booked.id)
        let arrived = try await practice.step(booked.id, "arrival")
        #expect(arrived.json["status"]?.text == "arrived")
        let encounter = try await practice.step(
            booked.id,
            "completion",
            ["diagnoses": ["J02.9", "R50.9"], "procedures": [["code": "99213", "modifiers": ["25"], "diagnosis_pointers": [1, 2]]]],
            by: "provider"
        )
        #expect(encounter.status == 201, "\(encounter.text)")
        #expect(encounter.json["diagnoses"]?.items.compactMap(\.text) == ["J029", "R509"])
        #expect(encounter.json["provider_npi"]?.text == "1234567893")
        #expect(encounter.json["service_day"]?.text == arrived.json["day"]?.text)
        let read = try await clinic.send("provider", "GET", clinic.path(clinic.north, "encounters/\(encounter.id)"))
        #expect(read.text == encounter.text)
        let after = try await clinic.send("provider", "GET", place)
        #expect(after.json["status"]?.text == "completed")
        #expect(after.json["encounter_id"]?.text == encounter.id)
        #expect(try await practice.step(booked.id, "completion", by: "provider").code == "wrong_status")
        #expect(
            try await events(of: booked.id, clinic) == [
                "appointment.arrived", "appointment.booked", "appointment.completed", "appointment.moved", "encounter.created",
            ]
        )
    }

    private func events(of appointment: String, _ clinic: TestClinic) async throws -> [String] {
        let pattern = "%\(appointment)%"
        let rows = try await clinic.services.tenancy.queueRead(
            clinic.north.database,
            "select name from queue.event where members::text like \(pattern) order by name"
        )
        return try rows.map { try $0.value(0, as: String.self) }
    }

    @Test("confirmed, checked in, roomed, seen and checked out: each step is shown and told, and none is taken twice")
    func everyStep() async throws {
        let practice = try await Practice.shared.value
        let booked = try await practice.booked(Practice.day(26), "09:00")
        try await practice.comes(booked.id)
        for (step, status) in [
            ("confirmation", "confirmed"), ("arrival", "arrived"), ("rooming", "roomed"), ("session", "in_session"),
            ("check-out", "checking_out"),
        ] {
            let answer = try await practice.step(booked.id, step)
            #expect(answer.status == 200 && answer.json["status"]?.text == status, "\(answer.text)")
            #expect(try await practice.step(booked.id, step).code == "wrong_status")
        }
        #expect(try await practice.step(booked.id, "completion", by: "provider").status == 201)
        #expect(
            try await events(of: booked.id, practice.clinic) == [
                "appointment.arrived", "appointment.booked", "appointment.checking_out", "appointment.completed", "appointment.confirmed",
                "appointment.in_session", "appointment.roomed", "encounter.created",
            ]
        )
    }

    @Test("a visit without named procedures is charged by its type's fee code")
    func feeCode() async throws {
        let practice = try await Practice.shared.value
        let booked = try await practice.booked(Practice.day(22), "09:00")
        try await practice.comes(booked.id)
        _ = try await practice.step(booked.id, "arrival")
        let encounter = try await practice.step(booked.id, "completion", ["diagnoses": ["Z00.00"]], by: "provider")
        let procedure = encounter.json["procedures"]?.items.first
        #expect(procedure?["code"]?.text == "99213")
        #expect(procedure?["diagnosis_pointers"]?.items.compactMap(\.integer) == [1])
    }

    @Test("a cancellation frees the time and stays readable; a no-show keeps it")
    func cancelled() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(23)
        let booked = try await practice.booked(day, "09:00", [("resource_ids", [.string(practice.room)])])
        let cancelled = try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill", "reason_text": "Fever"])
        #expect(cancelled.status == 200, "\(cancelled.text)")
        #expect(cancelled.json["status"]?.text == "cancelled")
        #expect(cancelled.text.contains("\"cancelled_late\":false"))
        #expect(cancelled.json["resources"]?.items.count == 1)
        #expect(try await practice.step(booked.id, "arrival").json["current_status"]?.text == "cancelled")
        let second = try await practice.booked(patient: 1, day, "09:00")
        try await practice.comes(second.id)
        #expect(try await practice.step(second.id, "no-show").json["status"]?.text == "no_show")
        #expect(try await practice.book(patient: 2, day, "09:00").code == "slot_taken")
    }

    @Test("two appointments that change places never wait for each other in a circle")
    func swap() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        for round in 0..<10 {
            let day = Practice.day(30 + round)
            let one = try await practice.booked(patient: 0, day, "09:00")
            let two = try await practice.booked(patient: 1, day, "09:00", [("provider_id", .string(practice.colleague))])
            let answers = try await withThrowingTaskGroup { group in
                for (appointment, target) in [(one, practice.colleague), (two, practice.provider)] {
                    group.addTask {
                        try await clinic.send(
                            "front_desk",
                            "PATCH",
                            "\(practice.path)/\(appointment.id)",
                            body: ["provider_id": .string(target)],
                            headers: ["If-Match": appointment.etag]
                        )
                    }
                }
                return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 409 && $0.code == "slot_taken" }, "\(answers.map(\.text))")
        }
    }

    @Test("a day is listed in parts, in order; a list without bounds is refused")
    func lists() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(24)
        for time in ["11:00", "09:00", "10:00"] { _ = try await practice.booked(day, time) }
        let first = try await clinic.send("front_desk", "GET", "\(practice.path)?day=\(day)&limit=2")
        #expect(first.json["items"]?.items.compactMap { $0["time"]?.text } == ["09:00", "10:00"])
        let cursor = try #require(first.json["next_cursor"]?.text)
        let rest = try await clinic.send("front_desk", "GET", "\(practice.path)?day=\(day)&limit=2&cursor=\(cursor)")
        #expect(rest.json["items"]?.items.compactMap { $0["time"]?.text } == ["11:00"])
        #expect(try await clinic.send("front_desk", "GET", practice.path).status == 422)
        #expect(try await clinic.send("front_desk", "GET", "\(practice.path)?patient_id=\(practice.patients[0])").status == 200)
        #expect(
            try await clinic.send("front_desk", "GET", "\(practice.path)?day=\(day)&provider_id=\(practice.colleague)").json["items"]?.items
                .isEmpty == true
        )
    }

    @Test("appointments of one location do not exist at another", .shows("TI-2"))
    func foreign() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let booked = try await practice.booked(Practice.day(25), "09:00")
        for location in [clinic.south, clinic.elsewhere] {
            #expect(try await clinic.send("owner", "GET", clinic.path(location, "appointments/\(booked.id)")).status == 404)
        }
        let there = try await clinic.send(
            "front_desk",
            "POST",
            clinic.path(clinic.south, "appointments"),
            body: practice.body(Practice.day(25), "09:00")
        )
        #expect(there.status == 422)
        #expect(
            try await clinic.send("front_desk", "POST", clinic.path(clinic.south, "appointments/\(booked.id)/arrival"), body: .object([]))
                .status == 404
        )
    }
}
