import TestSupport
import Testing
import Values

@Suite("At the same moment")
struct SameMomentTests {
    @Test("of eight moves of one version of an appointment exactly one wins", .shows("MC-8"))
    func moves() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(51)
        let booked = try await practice.booked(day, "09:00")
        let answers = try await atOnce(8) { number in
            try await practice.clinic.send(
                "front_desk",
                "PATCH",
                "\(practice.path)/\(booked.id)",
                body: ["day": .string(day.description), "time": .string("1\(number):00")],
                headers: ["If-Match": booked.etag]
            )
        }
        #expect(answers.count { $0.status == 200 } == 1, "\(answers.map(\.text))")
        #expect(answers.count { $0.status == 412 } == 7)
    }

    @Test("an appointment that is cancelled eight times at once is cancelled once")
    func cancellations() async throws {
        let practice = try await Practice.shared.value
        let booked = try await practice.booked(Practice.day(52), "09:00")
        let answers = try await atOnce(8) { _ in
            try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"])
        }
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.status == 409 && $0.code == "wrong_status" } == 7)
    }

    @Test("a change and a cancellation of one version at once: one of them wins", .shows("MC-8"))
    func mixed() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(53)
        let booked = try await practice.booked(day, "09:00")
        let answers = try await atOnce(8) { number in
            let place = "\(practice.path)/\(booked.id)"
            let isMove = number.isMultiple(of: 2)
            return try await practice.clinic.send(
                "front_desk",
                isMove ? "PATCH" : "POST",
                isMove ? place : place + "/cancellation",
                body: isMove ? ["note": .string("Note \(number)")] : ["reason_code": "patient_ill"],
                headers: ["If-Match": booked.etag]
            )
        }
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.status == 412 } == 7, "\(answers.map(\.text))")
    }
}
