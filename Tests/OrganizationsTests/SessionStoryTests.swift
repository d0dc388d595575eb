import Access
import Assembly
import Tenancy
import TestSupport
import Testing
import Values
import Web

/// A second gateway on the same databases, to which Redis is away.
private struct LonelyGateway {
    let process: GatewayProcess
    let http: TestHTTP
    private let running: Task<Void, any Error>

    init(_ clinic: TestClinic) async throws {
        var settings = clinic.settings
        settings.servers.redisPort = 1
        let process = try GatewayProcess(settings, ambient: clinic.services.ambient, logger: clinic.services.logger)
        running = Task { try await process.server.run() }
        try await eventually("the second gateway listens") { process.server.port != nil }
        self.process = process
        http = TestHTTP(port: process.server.port ?? 0)
    }

    func close() async {
        running.cancel()
        _ = try? await running.value  // how it ended does not matter
        await process.services.close()
    }
}

@Suite("Sessions, listed and ended", .serialized)
struct SessionStoryTests {
    private func signIn(_ clinic: TestClinic, _ name: String) async throws -> String {
        let person = try clinic.person(name)
        let answer = try await clinic.http.send(
            "POST",
            "/v1/sessions",
            body: [
                "email": .string(person.email), "password": .string(person.password),
                "code": .string(person.code(at: clinic.services.ambient.now())),
            ],
            headers: ["User-Agent": "Desk tablet"]
        )
        return try #require(answer.json["token"]?.text, "\(answer.text)")
    }

    private func isOpen(_ http: TestHTTP, _ token: String) async throws -> Bool {
        try await http.send("GET", "/v1/account", token: token).status == 200
    }

    /// Within a second, and what a request takes.
    private func expectEnded(_ http: TestHTTP, _ token: String) async throws {
        let sinceEnd = Stopwatch()
        while try await isOpen(http, token) {
            try #require(sinceEnd.elapsed < .milliseconds(1500), "it is still accepted")
        }
    }

    @Test(
        "a person sees their sessions and ends one, or all others; other gateways know within a second, without Redis too",
        .shows("AZ-6", "AU-8")
    )
    func own() async throws {
        let clock = TestClock()
        let clinic = try await TestClinic.open(ambient: clock.ambient)
        let lonely = try await LonelyGateway(clinic)
        let first = try await clinic.token("biller")
        clock.advance(seconds: 60)
        let second = try await signIn(clinic, "biller")
        clock.advance(seconds: 60)
        let third = try await signIn(clinic, "biller")
        for token in [first, second, third] { #expect(try await isOpen(lonely.http, token)) }
        let sessions = try await clinic.http.send("GET", "/v1/sessions", token: first).json["items"]?.items ?? []
        #expect(sessions.count >= 3)
        for session in sessions.prefix(2) {
            for member in ["id", "created_at", "last_used_at", "expires_at", "source", "user_agent"] {
                #expect(session[member]?.text?.isEmpty == false, "\(member)")
            }
        }
        #expect(sessions.count { $0["current"] == .bool(true) } == 1)
        let newest = try #require(sessions.first?["id"]?.text)
        #expect(sessions.first?["user_agent"]?.text == "Desk tablet")
        #expect(try await clinic.http.send("DELETE", "/v1/sessions/\(newest)", token: first).status == 204)
        #expect(try await !isOpen(clinic.http, third), "here at once")
        try await expectEnded(lonely.http, third)
        #expect(try await isOpen(lonely.http, second))
        #expect(try await clinic.http.send("DELETE", "/v1/sessions/others", token: first).status == 204)
        try await expectEnded(lonely.http, second)
        #expect(try await isOpen(lonely.http, first))
        let actions = try await clinic.list("auditor", clinic.ours("audit-entries?limit=100"), "action")
        #expect(Set(actions).isSuperset(of: ["sign_in.succeeded", "session.ended", "sessions.ended"]))
        await lonely.close()
        await clinic.close()
    }

    @Test("an owner sees and ends the sessions of a staff member; others may not; it is in the trail with its reason", .shows("AU-8"))
    func ofStaff() async throws {
        let clinic = try await TestClinic.open()
        let lonely = try await LonelyGateway(clinic)
        let token = try await clinic.token("front_desk")
        #expect(try await isOpen(lonely.http, token))
        let members = try await clinic.send("owner", "GET", clinic.ours("staff")).json["items"]?.items ?? []
        let desk = try #require(members.first { $0["name"]?.text == "front_desk" }?["id"]?.text)
        let path = clinic.ours("staff/\(desk)/sessions")
        #expect(try await clinic.list("owner", path, "source").isEmpty == false)
        let reason: JSON = ["reason": clinic.reason]
        for other in ["biller", "provider"] {
            try await clinic.expect(403, other, "GET", path)
            try await clinic.expect(403, other, "POST", path + "/ending", reason)
        }
        try await clinic.expect(404, "rival", "POST", path + "/ending", reason)
        try await clinic.expect(422, "owner", "POST", path + "/ending", [:])
        let ended = try await clinic.expect(200, "owner", "POST", path + "/ending", reason)
        #expect(ended.json["ended"]?.integer ?? 0 >= 1)
        try await expectEnded(lonely.http, token)
        try await expectEnded(clinic.http, token)
        let entries = try await clinic.send("auditor", "GET", clinic.ours("audit-entries?action=staff.sessions_ended"))
        #expect(entries.json["items"]?.items.first?["reason_code"]?.text == "test")
        await lonely.close()
        await clinic.close()
    }
}
