import Access
import Assembly
import Tenancy
import TestSupport
import Testing
import Values

/// Dr. Reyes works at north only. Ada's chart is at south.
struct Emergency {
    let clinic: TestClinic
    let clock: TestClock
    let ada: String
    let other: String
    let secret: [UInt8]
    var token: String

    private static let password = "seventeen green kettles"

    init(_ change: (inout Settings) -> Void = { _ in }) async throws {
        let clock = TestClock()
        let clinic = try await TestClinic.open(ambient: clock.ambient, change)
        self.clock = clock
        self.clinic = clinic
        let register = { (name: String) in
            let body: JSON = ["person": ["given_name": .string(name), "family_name": "Park", "birth_date": "1990-04-01"]]
            let made = try await clinic.send("front_desk", "POST", clinic.path(clinic.south, "patients"), body: body)
            try #require(made.status == 201, "\(made.text)")
            return made.id
        }
        ada = try await register("Ada")
        other = try await register("Bo")
        let invited = try await clinic.send(
            "owner",
            "POST",
            "/v1/organizations/\(clinic.organization)/staff",
            body: [
                "email": "reyes@clinic.example", "name": "Dr. Reyes",
                "grants": [["built_in_role": "provider", "location_id": .string(clinic.north.id.description)]],
            ]
        )
        let invitation = try #require(invited.json["token"]?.text)
        let opened = try await clinic.http.send("POST", "/v1/invitations/opening", body: ["token": .string(invitation)])
        secret = try #require(Base32.decode(opened.json["enrolment"]?["secret"]?.text ?? ""))
        let accepted = try await clinic.http.send(
            "POST",
            "/v1/invitations/acceptance",
            body: [
                "token": .string(invitation), "password": .string(Emergency.password),
                "code": .string(TOTP.code(secret: secret, at: clock.now)),
            ]
        )
        token = try #require(accepted.json["token"]?.text)
    }

    mutating func signInAgain() async throws {
        let answer = try await clinic.http.send(
            "POST",
            "/v1/sessions",
            body: [
                "email": "reyes@clinic.example", "password": .string(Emergency.password),
                "code": .string(TOTP.code(secret: secret, at: clock.now)),
            ]
        )
        token = try #require(answer.json["token"]?.text, "\(answer.text)")
    }

    /// Dr. Reyes at south.
    func send(_ method: String, _ rest: String, _ body: JSON? = nil, headers: [String: String] = [:]) async throws -> TestAnswer {
        try await clinic.http.send(method, clinic.path(clinic.south, rest), token: token, body: body, headers: headers)
    }

    func seesAda() async throws -> Bool { try await send("GET", "patients/\(ada)").status == 200 }

    func breakGlass(_ patient: String? = nil, minutes: Int? = nil) async throws -> TestAnswer {
        var members: [(key: String, value: JSON)] = [
            ("patient_id", .string(patient ?? ada)), ("reason_code", "emergency"), ("reason_text", "Unconscious after a fall."),
        ]
        if let minutes { members.append((key: "minutes", value: .integer(minutes))) }
        return try await send("POST", "break-glass", .object(members))
    }

    /// Seconds that what was answered lasts.
    func length(_ answer: TestAnswer) throws -> Int64 {
        let start = try #require(answer.json["started_at"]?.text.flatMap { Instant($0) }, "\(answer.text)")
        return try #require(answer.json["expires_at"]?.text.flatMap { Instant($0) }).seconds(since: start)
    }

    func ours(_ rest: String) -> String { "/v1/organizations/\(clinic.organization)/\(rest)" }

    func reviews(_ query: String = "") async throws -> [JSON] {
        let answer = try await clinic.send("auditor", "GET", ours("break-glass" + query))
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["items"]?.items ?? []
    }

    /// The owner grants something to Dr. Reyes, or denies it; the grant's id.
    @discardableResult
    func grant(_ grant: JSON) async throws -> String {
        let answer = try await clinic.send("owner", "POST", try await member("grants"), body: ["grant": grant, "reason": Emergency.reason])
        #expect(answer.status == 201, "\(answer.text)")
        return answer.id
    }

    /// The owner does something to Dr. Reyes that only needs a reason: `suspension`.
    func act(_ rest: String) async throws {
        let answer = try await clinic.send("owner", "POST", try await member(rest), body: ["reason": Emergency.reason])
        #expect(answer.status == 200, "\(answer.text)")
    }

    private func member(_ rest: String) async throws -> String {
        let staff = try await clinic.send("owner", "GET", ours("staff")).json["items"]?.items.first { $0["name"]?.text == "Dr. Reyes" }
        return ours("staff/\(staff?["id"]?.text ?? "")/\(rest)")
    }

    private static let reason: JSON = ["code": "test", "text": "For this test."]
}
