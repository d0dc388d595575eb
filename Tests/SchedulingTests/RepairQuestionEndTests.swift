import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("How a repair's question ends without its link")
struct RepairQuestionEndTests {
    private func change(_ practice: Practice, _ id: String, _ version: Int, _ body: JSON) async throws {
        let answer = try await practice.clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(id)",
            body: body,
            headers: ["If-Match": "\"\(version)\""]
        )
        try #require(answer.status == 200, "\(answer.text)")
    }

    private func status(_ practice: Practice, _ id: String) async throws -> String? {
        try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(id)").json["status"]?.text
    }

    @Test("what was moved away and back, or cancelled and restored, is not what was asked: the old link stays dead")
    func back() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(534)
        let (moved, first) = try await practice.asked(day, "Back")
        let (cancelled, second) = try await practice.asked(patient: 1, day, "Restored")
        let tokens = [try await practice.token(moved), try await practice.token(cancelled)]
        try await change(practice, first.id, 2, ["day": .string(day.description), "time": "16:00"])
        try await change(practice, first.id, 3, ["day": .string(day.description), "time": "10:00"])
        for step in ["cancellation", "undo"] {
            let body: JSON = step == "undo" ? [:] : ["reason_code": "patient_ill"]
            #expect(try await practice.step(second.id, step, body).status == 200)
        }
        for (question, token) in zip([moved, cancelled], tokens) {
            #expect(try await practice.question(question)?["status"]?.text == "withdrawn")
            #expect(try await practice.question(question, status: "open") == nil)
            #expect(try await practice.answer(token, false).code == "answer_withdrawn")
            #expect(try await practice.link(question).code == "answer_withdrawn")
        }
        #expect(try await status(practice, first.id) == "booked")
        #expect(try await status(practice, second.id) == "booked")
    }

    @Test("a note and another room leave the question open: the patient is expected as they were asked")
    func note() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(535), "Noted")
        try await change(practice, booked.id, 2, ["note": "Brings the form"])
        try await change(practice, booked.id, 3, ["resource_ids": [.string(practice.room)]])
        #expect(try await practice.question(question, status: "open") != nil)
        #expect(try await practice.answer(try await practice.token(question), true).status == 200)
    }

    @Test("whom staff confirm has accepted, by phone: told and recorded as theirs, and the link cancels nothing behind their back")
    func confirmed() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(536), "Confirmed")
        let token = try await practice.token(question)
        #expect(try await practice.step(booked.id, "confirmation").status == 200)
        let known = try await practice.question(question, status: "accepted")
        #expect(known?["accepted"] == true && known?["answered_at"]?.text != nil)
        #expect(try await practice.question(question, status: "open") == nil)
        #expect(try await practice.answer(token, false).code == "answer_used")
        #expect(try await status(practice, booked.id) == "confirmed")
        let told = try await practice.told("repair.answered", question).map { try JSON.parse(Array($0.utf8)) }
        #expect(told.map { $0["how"]?.text } == ["confirmation"] && told.first?["answer"]?.text == "accepted")
        let id = try #require(RepairQuestionID(question["id"]?.text ?? ""))
        let entries: Statement = """
            select count(*) from {location}.audit_entry where object_id = \(id) and action = 'repair.answer' and actor_kind = 'staff'
            """
        #expect(try await practice.count(entries) == 1)
    }

    @Test("whoever had confirmed before the repair accepts when staff confirm once more; without a question that is refused as before")
    func confirmedBefore() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(561), "Confirmed Before", confirmed: true)
        let token = try await practice.token(question)
        #expect(try await status(practice, booked.id) == "confirmed")
        #expect(try await practice.step(booked.id, "confirmation").status == 200)
        #expect(try await practice.question(question, status: "accepted") != nil)
        #expect(try await practice.answer(token, false).code == "answer_used")
        #expect(try await practice.step(booked.id, "confirmation").code == "wrong_status")
    }

    @Test("a question that an older program left open about another time is answered by nobody")
    func stale() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(562), "Stale")
        let token = try await practice.token(question)
        let id = try #require(RepairQuestionID(question["id"]?.text ?? ""))
        _ = try await practice.clinic.services.tenancy.transaction(practice.clinic.north) { tx in
            try await tx.query(
                "update {location}.repair_question set span = tstzrange(lower(span) - interval '1 hour', upper(span)) where id = \(id)"
            )
        }
        #expect(try await practice.answer(token, false).code == "answer_withdrawn")
        #expect(try await practice.step(booked.id, "confirmation").status == 200)
        #expect(try await practice.question(question, status: "open") != nil)
        #expect(try await status(practice, booked.id) == "confirmed")
    }

    @Test("who accepted a repair knows of it: what they were told before would be news to them")
    func again() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(563)
        let (question, booked) = try await practice.asked(day, "Again")
        #expect(try await practice.answer(try await practice.token(question), true).status == 200)
        let id = try #require(AppointmentID(booked.id))
        let known = try await practice.clinic.services.tenancy.read(practice.clinic.north, NoticeStore.known(id)).map(NoticeStore.told)
        let visit = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(booked.id)").json
        #expect(known.map(\.startsAt.description) == [visit["starts_at"]?.text])
        #expect(known.map(\.provider.description) == [visit["provider_id"]?.text])
    }

    @Test("a confirmation that is taken back accepted nothing: the question is open again, and its link works")
    func slip() async throws {
        let practice = try await Ruled.shared.value
        let (question, booked) = try await practice.asked(Practice.day(539), "Slip")
        let token = try await practice.token(question)
        for step in ["confirmation", "undo"] { #expect(try await practice.step(booked.id, step).status == 200) }
        let known = try await practice.question(question, status: "open")
        #expect(known != nil && known?["answered_at"] == .null)
        #expect(try await practice.told("repair.asked", question).count == 2)
        #expect(try await practice.answer(token, false).status == 200)
        #expect(try await status(practice, booked.id) == "cancelled")
    }

    @Test("of a confirmation by staff and a patient who declines at the same moment one is first, and the other hears so")
    func race() async throws {
        let practice = try await Ruled.shared.value
        for round in 0..<4 {
            let (question, booked) = try await practice.asked(Practice.day(541 + round), "Confirmed Race \(round)")
            let token = try await practice.token(question)
            let answers = try await atOnce(2) { number in
                number == 0 ? try await practice.step(booked.id, "confirmation") : try await practice.answer(token, false)
            }
            #expect(answers.count { $0.status == 200 } == 1, "\(answers.map(\.text))")
            let declined = answers.contains { $0.status == 200 && $0.json["accepted"] == false }
            #expect(answers.contains { $0.code == (declined ? "wrong_status" : "answer_used") })
            #expect(try await status(practice, booked.id) == (declined ? "cancelled" : "confirmed"))
            #expect(try await practice.question(question)?["status"]?.text == (declined ? "declined" : "accepted"))
        }
    }

    /// As the job that waits until an appointment was left alone.
    private func settle(_ practice: Practice, _ booked: TestAnswer) async throws {
        let id = try #require(AppointmentID(booked.id))
        try await practice.work(Waves.later(1)) { try await SettleNotice(appointment: id).settle($0, after: 0) }
    }

    private func news(_ practice: Practice, of booked: TestAnswer) async throws -> [String] {
        try await practice.clinic.services.tenancy.queueRead(
            practice.clinic.north.database,
            """
            select members->>'news' || coalesce(' ' || (members->>'question'), '') from queue.event
            where name = 'appointment.notice_due' and members->>'appointment' = \(booked.id) order by created_at, id
            """
        ).decode((String).self)
    }

    /// Repairs it again: to whom it was booked with.
    private func returned(_ practice: Practice, _ booked: TestAnswer) async throws -> TestAnswer {
        let move: JSON = [
            "appointment_id": .string(booked.id), "version": 2, "starts_at": booked.json["starts_at"] ?? .null,
            "provider_id": booked.json["provider_id"] ?? .null, "resource_ids": [],
        ]
        let answer = try await practice.repair([("moves", [move]), ("patients", "asked")])
        try #require(answer.status == 201, "\(answer.text)")
        return answer
    }

    @Test("who is back where they were told to come is asked nothing: no notice would name it")
    func known() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(537)
        let booked = try await practice.booked(day, "10:00", [("provider_id", .string(try await practice.newProvider("Known")))])
        try await settle(practice, booked)
        let away = try await practice.repair([
            ("moves", [practice.move(booked, to: try await practice.newProvider("Known Other"))]), ("patients", "asked"),
        ])
        let question = try #require(away.json["questions"]?.items.first, "\(away.text)")
        let token = try await practice.token(question)
        #expect(try await returned(practice, booked).json["questions"]?.items.isEmpty == true)
        try await settle(practice, booked)
        #expect(try await news(practice, of: booked) == ["booked"])
        #expect(try await practice.question(question)?["status"]?.text == "withdrawn")
        #expect(try await practice.answer(token, false).code == "answer_withdrawn")
    }

    @Test("who was told of the first repair is asked whether they come back")
    func told() async throws {
        let practice = try await Ruled.shared.value
        let (first, booked) = try await practice.asked(Practice.day(538), "Told Twice")
        try await settle(practice, booked)
        let second = try #require(try await returned(practice, booked).json["questions"]?.items.first)
        try await settle(practice, booked)
        let ids = [first, second].map { $0["id"]?.text ?? "" }
        #expect(try await news(practice, of: booked) == ["booked \(ids[0])", "moved \(ids[1])"])
        #expect(try await practice.question(first)?["status"]?.text == "withdrawn")
        #expect(try await practice.question(second)?["status"]?.text == "open")
    }
}
