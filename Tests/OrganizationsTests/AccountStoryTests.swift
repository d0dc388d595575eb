import Assembly
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Accounts and sessions", .serialized)
struct AccountStoryTests {
    @Test("somebody signs in, sees themselves and their sessions, and signs out", .shows("AU-8"))
    func signingInAndOut() async throws {
        let clinic = try await TestClinic.open()
        let token = try await clinic.token("biller")
        let account = try await clinic.expect(200, "biller", "GET", "/v1/account").json
        #expect(account["memberships"]?.items.first?["organization_name"]?.text == "Harbor Clinics")
        let sessions = try await clinic.expect(200, "biller", "GET", "/v1/sessions").json["items"]?.items ?? []
        #expect(sessions.count { $0["current"].map { if case .bool(true) = $0 { true } else { false } } ?? false } == 1)
        try await clinic.expect(204, "biller", "DELETE", "/v1/sessions/current")
        #expect(try await clinic.http.send("GET", "/v1/account", token: token).status == 401)
        await clinic.close()
    }

    @Test("wrong passwords and unknown addresses get one answer, and a wrong body names its members")
    func refusals() async throws {
        let clinic = try await TestClinic.open()
        let wrong = try await clinic.http.send(
            "POST",
            "/v1/sessions",
            body: ["email": "biller@clinic.example", "password": "not this one", "code": "000000"]
        )
        let unknown = try await clinic.http.send(
            "POST",
            "/v1/sessions",
            body: ["email": "nobody@clinic.example", "password": "not this one", "code": "000000"]
        )
        #expect(wrong.status == 401)
        #expect(unknown.status == 401)
        #expect(wrong.code == "sign_in_refused")
        #expect(unknown.code == "sign_in_refused")
        let malformed = try await clinic.http.send("POST", "/v1/sessions", body: ["email": "x", "code": "12", "more": true])
        #expect(malformed.status == 422)
        #expect(Set(malformed.json["errors"]?.items.compactMap { $0["pointer"]?.text } ?? []) == ["/email", "/password", "/code", "/more"])
        await clinic.close()
    }

    @Test("nobody else's session can be seen or ended", .shows("TI-3"))
    func foreignSessions() async throws {
        let clinic = try await TestClinic.open()
        let mine = try await clinic.list("owner", "/v1/sessions", "id")
        try await clinic.expect(404, "rival", "DELETE", "/v1/sessions/\(try #require(mine.first))")
        #expect(try await clinic.list("rival", "/v1/sessions", "id").contains { mine.contains($0) } == false)
        await clinic.close()
    }
}
