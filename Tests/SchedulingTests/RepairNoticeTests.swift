import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("What a repair tells")
struct RepairNoticeTests {
    @Test("events of questions are exactly these: members are only ever added")
    func golden() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(540)
        let (question, booked) = try await practice.asked(day, "Golden")
        #expect(try await practice.answer(try await practice.token(question), true).status == 200)
        let (other, _) = try await practice.asked(patient: 1, day, "Golden Lapse")
        let id = try #require(RepairQuestionID(other["id"]?.text ?? ""))
        try await practice.work(Waves.later(1444)) { try await LapseRepairQuestion(question: id).lapse($0) }
        func fixture(_ question: JSON, _ more: String = "") -> String {
            """
            {"day": "\(day)",\(more) "patient": "\(question["patient_id"]?.text ?? "")", "question": "\(question["id"]?.text ?? "")", \
            "appointment": "\(question["appointment_id"]?.text ?? "")"}
            """
        }
        func parsed(_ texts: [String]) throws -> [JSON] { try texts.map { try JSON.parse(Array($0.utf8)) } }
        #expect(question["appointment_id"]?.text == booked.id)
        let asked = fixture(question, " \"answer_by\": \"\(question["answer_by"]?.text ?? "")\",")
        #expect(try await parsed(practice.told("repair.asked", question)) == parsed([asked]))
        #expect(
            try await parsed(practice.told("repair.answered", question))
                == parsed([fixture(question, " \"answer\": \"accepted\", \"how\": \"link\",")])
        )
        #expect(try await parsed(practice.told("repair.lapsed", other)) == parsed([fixture(other)]))
    }

    @Test("a patient whom a repair moves gets one notice of it, as of any move; with the question when they are asked")
    func notices() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let path = clinic.path(clinic.north, "settings/scheduling.notice_delay_minutes")
        #expect(try await clinic.send("owner", "PUT", path, body: ["value": 0]).status == 200)
        func news(of appointment: String) async throws -> [String] {
            try await clinic.services.tenancy.queueRead(
                clinic.north.database,
                """
                select (members->>'news') || coalesce(' ' || (members->>'previous_starts_at'), '') || coalesce(' ' || (members->>'question'), '')
                from queue.event where name = 'appointment.notice_due' and members->>'appointment' = \(appointment) order by created_at, id
                """
            ).decode((String).self)
        }
        let day = Practice.day(3)
        var booked: [TestAnswer] = []
        for patient in 0..<2 { booked.append(try await practice.booked(patient: patient, day, patient == 0 ? "10:00" : "11:00")) }
        for one in booked { try await eventually("the booking is told") { try await news(of: one.id) == ["booked"] } }
        let proposal = try await practice.proposal(day, [practice.outage(practice.provider, day, "10:00", "10:30")])
        let told = try await practice.repair([("moves", practice.moves(proposal)), ("blocks", proposal["blocks"] ?? .null)])
        #expect(told.status == 201, "\(told.text)")
        let asked = try await practice.repair([("moves", [practice.move(booked[1], to: practice.colleague)]), ("patients", "asked")])
        let question = try #require(asked.json["questions"]?.items.first?["id"]?.text, "\(asked.text)")
        let before = booked.map { $0.json["starts_at"]?.text ?? "" }
        try await eventually("the move is told") { try await news(of: booked[0].id) == ["booked", "moved \(before[0])"] }
        try await eventually("the move is told and asked") {
            try await news(of: booked[1].id) == ["booked", "moved \(before[1]) \(question)"]
        }
        await clinic.close()
    }

    @Test("the stream tells of questions and answers, never whose", .shows("WB-4"))
    func streamed() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let token = try await clinic.token("front_desk")
        var question: JSON?
        let all = try await clinic.http.follow(clinic.path(clinic.north, "events"), token: token) { events in
            if !events.isEmpty, question == nil {
                let asked = try await practice.asked(Practice.day(4), "Streamed").question
                question = asked
                #expect(try await practice.answer(try await practice.token(asked), false).status == 200)
            }
            return events.contains { $0.name == "repair.answered" }
        }
        let told = all.filter { $0.name.hasPrefix("repair.") }
        #expect(Set(told.map(\.name)) == ["repair.asked", "repair.answered"])
        #expect(told.allSatisfy { $0.data["question"] == question?["id"] && $0.data["patient"] == nil })
        #expect(told.first { $0.name == "repair.answered" }?.data["answer"]?.text == "declined")
        await clinic.close()
    }
}
