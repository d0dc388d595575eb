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
}
