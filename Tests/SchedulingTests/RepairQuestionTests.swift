import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("What patients are asked when a repair moves them")
struct RepairQuestionTests {
    private func appointment(_ practice: Practice, _ id: String) async throws -> JSON {
        try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(id)").json
    }

    private func now(_ practice: Practice) -> Instant { practice.clinic.services.ambient.now() }

    @Test("whoever is asked is moved at once, and accepts with the link alone, once")
    func accepted() async throws {
        let practice = try await Ruled.shared.value
        let before = now(practice)
        let (question, booked) = try await practice.asked(Practice.day(520), "Accepting")
        let moved = try await appointment(practice, booked.id)
        #expect(question["status"]?.text == "open" && question["accepted"] == .null)
        #expect(question["from"]?["provider_id"] == booked.json["provider_id"])
        #expect(question["to"]?["provider_id"] == moved["provider_id"] && moved["provider_id"] != booked.json["provider_id"])
        let until = try #require(Instant(question["answer_by"]?.text ?? ""))
        #expect((86_580...86_680).contains(until.seconds(since: before)))
        #expect(try await practice.question(question, status: "open") != nil)
        let token = try await practice.token(question)
        #expect(token.hasPrefix("pc_r_"))
        let answered = try await practice.answer(token, true)
        #expect(answered.status == 200 && answered.json["accepted"] == true, "\(answered.text)")
        #expect(!answered.text.contains(practice.patients[0]) && !answered.text.contains(booked.id))
        let known = try await practice.question(question)
        #expect(known?["status"]?.text == "accepted" && known?["accepted"] == true && known?["answered_at"]?.text != nil)
        #expect(try await practice.question(question, status: "open") == nil)
        let after = try await appointment(practice, booked.id)
        #expect(after["status"]?.text == "booked" && after["version"] == moved["version"])
        #expect(try await practice.answer(token, false).code == "answer_used")
        #expect(try await practice.link(question).code == "answer_used")
        #expect(try await appointment(practice, booked.id)["status"]?.text == "booked")
    }

    @Test("declining cancels the appointment, and not late: nobody asked before moving them; their time is free again")
    func declined() async throws {
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let minutes = clinic.path(clinic.north, "settings/scheduling.repair_answer_minutes")
        #expect(try await clinic.send("owner", "PUT", minutes, body: ["value": 60]).status == 200)
        let late = clinic.path(clinic.north, "settings/scheduling.late_cancellation_hours")
        #expect(try await clinic.send("owner", "PUT", late, body: ["value": 168]).status == 200)
        let day = clinic.north.rules.wallClock(at: now(practice)).day.adding(days: 2)
        // Settings are known everywhere after a second.
        try await eventually("both settings are known") {
            let other = try await practice.booked(patient: 1, day, "14:00")
            let ill = try await practice.step(other.id, "cancellation", ["reason_code": "patient_ill"])
            return ill.json["cancelled_late"] == true
        }
        let before = now(practice)
        let (question, booked) = try await practice.asked(day, "Declining")
        let until = try #require(Instant(question["answer_by"]?.text ?? ""))
        #expect((3780...3880).contains(until.seconds(since: before)))
        let answered = try await practice.answer(try await practice.token(question), false)
        #expect(answered.status == 200 && answered.json["accepted"] == false, "\(answered.text)")
        let cancelled = try await appointment(practice, booked.id)
        #expect(cancelled["status"]?.text == "cancelled" && cancelled["cancel_reason_code"]?.text == "repair_declined")
        #expect(cancelled["cancelled_late"] == false)
        let changes = try await clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)/changes")
        #expect(changes.json["items"]?.items.last?["step"]?.text == "cancel")
        #expect(try await practice.question(question)?["status"]?.text == "declined")
        let provider = question["to"]?["provider_id"] ?? .null
        #expect(try await practice.book(patient: 2, day, "10:00", [("provider_id", provider)]).status == 201)
        await clinic.close()
    }

    @Test("the time to answer begins when the patient is told: also where that takes longer than they have")
    func told() async throws {
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        for (name, minutes) in [("notice_delay_minutes", 60), ("repair_answer_minutes", 5)] {
            let path = clinic.path(clinic.north, "settings/scheduling.\(name)")
            #expect(try await clinic.send("owner", "PUT", path, body: ["value": .integer(minutes)]).status == 200)
        }
        var day = Practice.day(530)
        try await eventually("both settings are known") {
            day = day.adding(days: 1)
            let before = now(practice)
            let (question, _) = try await practice.asked(day, "Told \(day)")
            let until = try #require(Instant(question["answer_by"]?.text ?? ""))
            return (3900...4000).contains(until.seconds(since: before))
        }
        await clinic.close()
    }

    @Test("who does not answer in time has not accepted: the job closes the question at its hour, the move stands")
    func lapsed() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(521), "Lapsing")
        let id = try #require(RepairQuestionID(question["id"]?.text ?? ""))
        let until = try #require(Instant(question["answer_by"]?.text ?? ""))
        let jobs = try await practice.clinic.services.tenancy.queueRead(
            practice.clinic.north.database,
            """
            select run_at from queue.job where kind = 'scheduling.lapse_repair_question' and parameters->>'question' = \(id.description)
            """
        ).decode((Instant).self)
        #expect(jobs == [until])
        await #expect(throws: JobDecision.self) { try await practice.work { try await LapseRepairQuestion(question: id).lapse($0) } }
        let token = try await practice.token(question)
        for _ in 1...2 { try await practice.work(Waves.later(1444)) { try await LapseRepairQuestion(question: id).lapse($0) } }
        let known = try await practice.question(question, status: "lapsed")
        #expect(known != nil && known?["accepted"] == .null && known?["answered_at"] == .null)
        #expect(try await practice.told("repair.lapsed", question).count == 1)
        #expect(try await practice.answer(token, false).code == "answer_expired")
        #expect(try await practice.link(question).code == "answer_expired")
        #expect(try await appointment(practice, booked.id)["status"]?.text == "booked")
    }

    @Test("at its hour, not before, a worker closes a question that nobody answered; the move stands, and it is told once")
    func hour() async throws {
        let clock = TestClock()
        let practice = try await Practice(TestClinic.open(ambient: clock.ambient))
        let clinic = practice.clinic
        let (question, booked) = try await practice.asked(Practice.day(5), "Hour")
        let token = try await practice.token(question)
        let id = try #require(RepairQuestionID(question["id"]?.text ?? ""))
        try clinic.startWorker(ambient: clock.ambient)
        func jobs(_ kind: String, _ id: String) async throws -> [String] {
            try await clinic.services.tenancy.queueRead(
                clinic.north.database,
                "select state from queue.job where kind = \(kind) and coalesce(parameters->>'question', parameters->>'entry') = \(id)"
            ).decode((String).self)
        }
        func isOpen() async throws -> Bool {
            try await practice.count("select count(*) from {location}.repair_question where id = \(id) and status = 'open'") == 1
        }
        clock.advance(seconds: 86_400 - 120)
        // Something else is due now: when it is done the worker has looked.
        let nobody: WaitlistEntryID = clinic.services.ambient.id()
        try await practice.work(clock.ambient) { _ = $0.start(EndOffers(entry: nobody)) }
        try await eventually("the worker has looked") { try await jobs(EndOffers.kind, nobody.description) == ["done"] }
        #expect(try await isOpen())
        #expect(try await jobs(LapseRepairQuestion.kind, id.description) == ["ready"])

        // The notice that tells is due three minutes after the repair, and the day to answer begins then.
        clock.advance(seconds: 180 + 180)
        try await eventually("the question is closed") { try await !isOpen() }
        try await eventually("its job is done") { try await jobs(LapseRepairQuestion.kind, id.description) == ["done"] }
        let written: Statement = """
            select count(*) from {location}.repair_question join {location}.appointment on appointment.id = repair_question.appointment_id
            where repair_question.id = \(id) and repair_question.status = 'lapsed' and answered_at is null
                and appointment.id = \(AppointmentID(booked.id)) and appointment.status = 'booked'
            """
        #expect(try await practice.count(written) == 1)
        #expect(try await practice.told("repair.lapsed", question).count == 1)
        #expect(try await practice.answer(token, false).code == "answer_expired")
        await clinic.close()
    }

    @Test("when the time is over an answer is refused, also before the job has come")
    func over() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(522), "Over")
        let token = try await practice.token(question)
        let id = try #require(RepairQuestionID(question["id"]?.text ?? ""))
        let past = now(practice).adding(seconds: -1)
        try await practice.clinic.services.tenancy.transaction(practice.clinic.north) { tx in
            tx.enqueue("update {location}.repair_question set answer_by = \(past) where id = \(id)")
        }
        #expect(try await practice.answer(token, false).code == "answer_expired")
        #expect(try await appointment(practice, booked.id)["status"]?.text == "booked")
    }

    @Test("a question about what is not so any more is withdrawn, whoever changed the appointment; the next repair asks anew")
    func withdrawn() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(523)
        let (question, booked) = try await practice.asked(day, "Changing")
        let token = try await practice.token(question)
        let moved = try await practice.clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(booked.id)",
            body: ["day": .string(day.description), "time": "16:00"],
            headers: ["If-Match": "\"2\""]
        )
        #expect(moved.status == 200, "\(moved.text)")
        #expect(try await practice.question(question, status: "withdrawn") != nil)
        #expect(try await practice.question(question, status: "open") == nil)
        #expect(try await practice.answer(token, false).code == "answer_withdrawn")
        #expect(try await practice.link(question).code == "answer_withdrawn")
        #expect(try await appointment(practice, booked.id)["status"]?.text == "booked")
        let again = try await practice.repair([("moves", [practice.move(moved, to: practice.colleague)]), ("patients", "asked")])
        let next = try #require(again.json["questions"]?.items.first, "\(again.text)")
        #expect(try await practice.question(next, status: "open") != nil)
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        #expect(try await practice.question(next)?["status"]?.text == "withdrawn")
        let id = try #require(RepairQuestionID(next["id"]?.text ?? ""))
        try await practice.work(Waves.later(1444)) { try await LapseRepairQuestion(question: id).lapse($0) }
        #expect(try await practice.told("repair.lapsed", next).isEmpty)
        let written: Statement = "select count(*) from {location}.repair_question where id = \(id) and status = 'withdrawn'"
        #expect(try await practice.count(written) == 1)
    }

    @Test("of a link only a hash is kept; a newer one replaces it, and only who may cancel makes one", .shows("AZ-2"))
    func links() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let (question, _) = try await practice.asked(Practice.day(524), "Linked")
        let path = clinic.path(clinic.north, "repair-questions/\(question["id"]?.text ?? "")/link")
        let booker = try await clinic.key("appointments.book", "appointments.move", "appointments.read")
        #expect(try await clinic.http.send("POST", path, token: booker, body: [:]).code == "permission_denied")
        let (old, new) = (try await practice.token(question), try await practice.token(question))
        #expect(old != new)
        #expect(try await practice.answer(old, true).status == 404)
        let feed = try await clinic.send(
            "front_desk",
            "POST",
            clinic.path(clinic.north, "calendar-feeds"),
            body: ["patient_id": .string(practice.patients[0])]
        )
        let other = feed.json["path"]?.text?.split(separator: "/").last.map(String.init) ?? ""
        let elsewhere = PlacedToken(.repair, at: clinic.elsewhere.id, .system).text
        let nowhere = PlacedToken(.repair, at: LocationID(UUID(high: 0, low: 1)), .system).text
        for wrong in [other, elsewhere, nowhere, "pc_r_", new + "A", String(new.dropLast())] {
            let answer = try await practice.answer(wrong, true)
            #expect(answer.status == 404 && answer.code == "not_found", "\(wrong): \(answer.text)")
        }
        // Whoever is signed in besides, and wherever: the link answers.
        let body: JSON = ["token": .string(new), "accepted": true]
        let rival = try await clinic.send("rival", "POST", "/v1/repair-answers", body: body)
        #expect(rival.status == 200, "\(rival.text)")
        let id = try #require(RepairQuestionID(question["id"]?.text ?? ""))
        let entries: Statement = """
            select count(*) from {location}.audit_entry
            where object_id = \(id) and (action = 'repair.answer' and actor_kind = 'system' or action in ('repair.ask', 'repair.link'))
            """
        #expect(try await practice.count(entries) == 4)
        let patient = try #require(PatientID(practice.patients[0]))
        let exported = try await clinic.services.tenancy.read(clinic.north, RepairSection().export(patient))
        #expect(exported.count > 0)
        #expect(!String(describing: try exported.map { try $0.value(0, as: String.self) }).contains("token_hash"))
    }

    @Test("of many answers with one link at the same moment exactly one is recorded, and the appointment is as it says")
    func race() async throws {
        let practice = try await Ruled.shared.value
        for round in 0..<4 {
            let (question, booked) = try await practice.asked(Practice.day(530 + round), "Racing \(round)")
            let token = try await practice.token(question)
            let answers = try await atOnce(12) { number in try await practice.answer(token, number.isMultiple(of: 2)) }
            #expect(answers.count { $0.status == 200 } == 1 && answers.count { $0.code == "answer_used" } == 11)
            let accepted = answers.first { $0.status == 200 }?.json["accepted"] == true
            #expect(try await practice.question(question)?["accepted"] == .bool(accepted))
            #expect(try await appointment(practice, booked.id)["status"]?.text == (accepted ? "booked" : "cancelled"))
        }
    }

    @Test("another room is no question, and who is told is not asked")
    func nobody() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(526)
        let provider = try await practice.newProvider("Rooms")
        let inRoom = try await practice.booked(
            day,
            "10:00",
            [("provider_id", .string(provider)), ("resource_ids", [.string(practice.room)])]
        )
        let leaving = try await practice.repair([("moves", [practice.move(inRoom, to: provider)]), ("patients", "asked")])
        #expect(leaving.status == 201 && leaving.json["questions"]?.items.isEmpty == true, "\(leaving.text)")
        let told = try await practice.booked(patient: 1, day, "12:00", [("provider_id", .string(provider))])
        let moved = try await practice.repair([("moves", [practice.move(told, to: practice.colleague)]), ("patients", "told")])
        #expect(moved.status == 201 && moved.json["questions"]?.items.isEmpty == true, "\(moved.text)")
    }
}
