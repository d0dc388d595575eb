import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Suspensions and sessions", .serialized)
struct SuspensionStoryTests {
    private func staff(_ name: String, _ clinic: TestClinic) async throws -> StaffID {
        let members = try await clinic.send("owner", "GET", clinic.ours("staff")).json["items"]?.items ?? []
        return try #require(members.first { $0["name"]?.text == name }?["id"]?.text.flatMap { StaffID($0) })
    }

    private func status(_ token: String, _ clinic: TestClinic) async throws -> Int {
        try await clinic.http.send("GET", "/v1/account", token: token).status
    }

    @Test("a suspension ends the member's sessions for good: after the resumption they sign in anew", .shows("AU-8"))
    func suspended() async throws {
        let clock = TestClock()
        let clinic = try await TestClinic.open(ambient: clock.ambient)
        let token = try await clinic.token("biller")
        let path = clinic.ours("staff/\(try await staff("biller", clinic))")
        #expect(try await status(token, clinic) == 200)
        try await clinic.expect(200, "owner", "POST", path + "/suspension", ["reason": clinic.reason])
        #expect(try await status(token, clinic) == 401, "here at once")
        try await clinic.expect(200, "owner", "POST", path + "/resumption", ["reason": clinic.reason])
        #expect(try await status(token, clinic) == 401)
        clock.advance(seconds: 31)
        let person = try clinic.person("biller")
        let again = try await clinic.http.send(
            "POST",
            "/v1/sessions",
            body: [
                "email": .string(person.email), "password": .string(person.password), "code": .string(person.code(at: clock.now)),
            ]
        )
        let fresh = try #require(again.json["token"]?.text, "\(again.text)")
        #expect(try await clinic.http.send("GET", clinic.ours("locations"), token: fresh).status == 200)
        let entries = try await clinic.send("auditor", "GET", clinic.ours("audit-entries?action=staff.sessions_ended"))
        #expect(entries.json["items"]?.items.compactMap { $0["reason_code"]?.text } == ["suspension"])
        await clinic.close()
    }

    @Test("sessions that were left when a suspension was cut off end with its repetition, or before the resumption", .shows("AU-8"))
    func cutOff() async throws {
        let clinic = try await TestClinic.open()
        let token = try await clinic.token("biller")
        let id = try await staff("biller", clinic)
        let path = clinic.ours("staff/\(id)")
        let suspend = { () async throws -> Void in
            let once = ["Idempotency-Key": "suspend-once"]
            try await clinic.expect(200, "owner", "POST", path + "/suspension", ["reason": clinic.reason], headers: once)
        }
        // As if the process had died between the two.
        let revive = { () async throws -> Void in
            _ = try await clinic.services.tenancy.signInRead(
                """
                update control.session set ended_at = null, ended_why = null
                where account_id = (select account_id from control.staff where id = \(id))
                """
            )
            #expect(try await status(token, clinic) == 200)
        }
        try await suspend()
        try await revive()
        try await suspend()
        #expect(try await status(token, clinic) == 401, "the repetition")
        try await revive()
        try await clinic.expect(200, "owner", "POST", path + "/resumption", ["reason": clinic.reason])
        #expect(try await status(token, clinic) == 401, "the resumption")
        await clinic.close()
    }
}
