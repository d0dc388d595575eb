import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Notices to patients")
struct NoticeTests {
    @Test("there is news when it lasted: not of what was never told and is cancelled, nor of what is as it was told")
    func news() throws {
        func told(_ stands: Bool, _ hour: Int, _ provider: Int = 1) throws -> ToldAppointment {
            let starts = try #require(Instant("2027-03-01T0\(hour):00:00Z"))
            return ToldAppointment(stands: stands, startsAt: starts, provider: ProviderID(UUID(high: 0, low: UInt64(provider))))
        }
        #expect(try told(true, 9).news(after: nil) == .booked)
        #expect(try told(false, 9).news(after: nil) == nil)
        #expect(try told(true, 9).news(after: told(true, 9)) == nil)
        #expect(try told(true, 8).news(after: told(true, 9)) == .moved)
        #expect(try told(true, 9, 2).news(after: told(true, 9)) == .moved)
        #expect(try told(false, 9).news(after: told(true, 9)) == .cancelled)
        #expect(try told(false, 8).news(after: told(false, 9)) == nil)
        #expect(try told(true, 9).news(after: told(false, 9)) == .booked)
    }

    @Test("what is undone before its notice leaves sends nothing; what lasts is told once, with what the patient knew before")
    func story() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        /// Settings are known everywhere after a second.
        func delay(_ minutes: Int) async throws {
            let path = clinic.path(clinic.north, "settings/scheduling.notice_delay_minutes")
            #expect(try await clinic.send("owner", "PUT", path, body: ["value": .integer(minutes)]).status == 200)
            try await Task.sleep(for: .milliseconds(1100))
        }
        func news(of appointment: String) async throws -> [String] {
            try await clinic.services.tenancy.queueRead(
                clinic.north.database,
                """
                select members->>'news' || coalesce(' ' || (members->>'previous_starts_at'), '') from queue.event
                where name = 'appointment.notice_due' and members->>'appointment' = \(appointment) order by created_at, id
                """
            ).decode((String).self)
        }
        func move(_ appointment: String, _ version: Int, _ time: String) async throws -> TestAnswer {
            let body: JSON = ["day": .string(Practice.day(1).description), "time": .string(time)]
            return try await clinic.send(
                "front_desk",
                "PATCH",
                "\(practice.path)/\(appointment)",
                body: body,
                headers: ["If-Match": "\"\(version)\""]
            )
        }
        let day = Practice.day(1)
        let restless = try await practice.booked(day, "09:00")
        #expect(try await move(restless.id, 1, "10:00").status == 200)
        #expect(try await move(restless.id, 2, "09:00").status == 200)
        let fleeting = try await practice.booked(patient: 1, day, "11:00")
        #expect(try await practice.step(fleeting.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        try await delay(0)
        // The next change finds all of it settled.
        let moved = try await move(restless.id, 3, "12:00")
        #expect(moved.status == 200, "\(moved.text)")
        try await eventually("it is told once, as it is now") { try await news(of: restless.id) == ["booked"] }
        try await delay(60)
        #expect(try await move(restless.id, 4, "13:00").status == 200)
        #expect(try await move(restless.id, 5, "12:00").status == 200)
        try await delay(0)
        #expect(try await practice.step(restless.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        let known = try #require(moved.json["starts_at"]?.text)
        try await eventually("the end is told") { try await news(of: restless.id) == ["booked", "cancelled \(known)"] }
        #expect(try await news(of: fleeting.id).isEmpty)
        await clinic.close()
    }

    @Test("what was imported was agreed elsewhere: only later changes are told")
    func imported() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let path = clinic.path(clinic.north, "settings/scheduling.notice_delay_minutes")
        #expect(try await clinic.send("owner", "PUT", path, body: ["value": 0]).status == 200)
        let patient = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "patients/\(practice.patients[0])"))
        let chart = try #require(patient.json["chart_number"]?.text)
        let file = """
            system,external_id,patient,type,provider,resources,day,time,minutes,note
            old,1,\(chart),Check-up,Grace Okafor,,\(Practice.day(2)),09:00,,
            """
        let answer = try await clinic.http.send(
            "POST",
            clinic.path(clinic.north, "appointment-imports"),
            token: clinic.token("location_manager"),
            bytes: Array(file.utf8),
            headers: ["Content-Type": "text/csv"]
        )
        let id = try #require(answer.json["lines"]?.items.first?["appointment_id"]?.text, "\(answer.text)")
        #expect(try await practice.step(id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        var news: [String] = []
        try await eventually("the end is told") {
            news = try await clinic.services.tenancy.queueRead(
                clinic.north.database,
                "select members->>'news' from queue.event where name = 'appointment.notice_due' and members->>'appointment' = \(id)"
            ).decode((String).self)
            return !news.isEmpty
        }
        #expect(news == ["cancelled"])
        await clinic.close()
    }
}
