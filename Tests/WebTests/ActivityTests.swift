import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Web

/// Who keeps a session alive (AU-10).
@Suite("activity", .things, .serialized)
struct ActivityTests {
    private var http: TestHTTP { get throws { try Things.current.http } }
    private var clinic: TestClinic { get throws { try Things.current.clinic } }

    /// The session of this suite's token.
    private func session(_ clinic: TestClinic, _ person: String) async throws -> SessionID {
        let items = try await clinic.send(person, "GET", "/v1/sessions").json["items"]?.items ?? []
        let current = items.first { if case .bool(true)? = $0["current"] { true } else { false } }
        return try #require(SessionID(current?["id"]?.text ?? ""))
    }

    /// As if it had last been used so many seconds ago.
    private func age(_ session: SessionID, _ seconds: Int64, _ clinic: TestClinic) async throws -> Instant {
        let then = clinic.services.ambient.now().adding(seconds: -seconds)
        _ = try await clinic.services.tenancy.signInRead("update control.session set last_used_at = \(then) where id = \(session)")
        return then
    }

    private func lastUsed(_ session: SessionID, _ clinic: TestClinic) async throws -> Instant {
        let rows = try await clinic.services.tenancy.signInRead("select last_used_at from control.session where id = \(session)")
        return try #require(try rows.first?.value(0, as: Instant.self))
    }

    /// Asks until what the gateway remembers of the session (for a second) must have been read again.
    private func ask(_ path: String, _ token: String, _ headers: [String: String] = [:]) async throws {
        let (http, start) = (try http, ContinuousClock.now)
        try await eventually("the session was looked up again") { () async throws in
            #expect(try await http.send("GET", path, token: token, headers: headers).status == 200)
            return ContinuousClock.now - start > .milliseconds(1200)
        }
    }

    @Test("what a page asks by itself does not put off the end of a session; what its reader asks does", .shows("AU-10"))
    func activity() async throws {
        let clinic = try clinic
        let token = try await clinic.token("owner")
        let session = try await session(clinic, "owner")
        let old = try await age(session, 600, clinic)
        try await ask("/v1/progress", token)
        #expect(try await lastUsed(session, clinic) == old, "a polled route")
        try await ask("/v1/looked-at", token, ["X-Activity": "background"])
        #expect(try await lastUsed(session, clinic) == old, "a request that says so")
        try await ask("/v1/looked-at", token, ["X-Activity": "user"])
        #expect(try await lastUsed(session, clinic) > old, "a request of a person")
    }

    @Test("an idle page that polls is logged off", .shows("AU-10"))
    func idle() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("biller")
        let session = try await session(clinic, "biller")
        _ = try await age(session, 899, clinic)
        try await eventually("it is logged off") { try await http.send("GET", "/v1/progress", token: token).status == 401 }
        #expect(try await http.send("GET", "/v1/looked-at", token: token).status == 401)
    }
}
