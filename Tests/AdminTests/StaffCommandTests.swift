import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("polyclinic: staff", .serialized)
struct StaffCommandTests {
    @Test("somebody is invited, anew, granted more, suspended and resumed")
    func members() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let organization = clinic.organization.description
        let invited = try await ada.rows(
            "staff",
            "invite",
            organization,
            "--email",
            "bo@clinic.example",
            "--name",
            "Bo",
            "--role",
            "biller"
        )
        let id = try #require(invited.texts("staff").first)
        let again = try await ada.rows("staff", "reinvite", organization, id)
        #expect(again.texts("token") != invited.texts("token") && again.texts("staff") == [id])
        #expect(try await ada.rows("staff", "list", organization).first("id", id)?["state"]?.text == "invited")
        let grant = try await ada.rows(
            "staff",
            "grant",
            organization,
            id,
            "--role",
            "front_desk",
            "--location",
            clinic.north.id.description,
            "--reason",
            "Helps out"
        )
        #expect(grant.texts("location") == [clinic.north.id.description])
        #expect(try await ada.rows("staff", "suspend", organization, id, "--reason", "On leave").texts("state") == ["suspended"])
        #expect(
            try await ada.refused("staff", "suspend", organization, id, "--reason", "On leave").complaints.contains("already_suspended")
        )
        #expect(try await ada.rows("staff", "resume", organization, id, "--reason", "Back").texts("state") == ["invited"])
        // Nobody else's, and nobody who has not joined.
        #expect(
            try await ada.refused("staff", "suspend", clinic.rival.description, id, "--reason", "Wrong place").complaints.contains(
                "not_found"
            )
        )
        #expect(try await ada.refused("staff", "reset", organization, id, "--reason", "Lost phone").complaints.contains("not_joined"))
        #expect(try await ada.refused("staff", "unlock", organization, id, "--reason", "Mistyped").complaints.contains("not_joined"))
        #expect(
            try await ada.refused("staff", "invite", organization, "--email", "x", "--name", "X", "--role", "biller").complaints.contains(
                "/email"
            )
        )
        let trail = try await ada.rows("audit", "search", "--organization", organization)
        #expect(
            Set(trail.texts("action")).isSuperset(of: ["staff.invited", "staff.invitation_renewed", "staff.granted", "staff.suspended"])
        )
        #expect(trail.texts("who").contains { $0.hasPrefix("platform_operator") })
        await clinic.close()
    }

    @Test("an organization that is not there has no empty list of staff")
    func nowhere() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let answer = try await ada.refused("staff", "list", clinic.north.id.description)
        #expect(answer.status == 1 && answer.complaints.contains("organization_unknown") && answer.output.isEmpty)
        await clinic.close()
    }

    @Test("who was suspended and is resumed signs in anew: the old session is over, also when a suspension was killed", .shows("AU-8"))
    func suspension() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let organization = clinic.organization.description
        let id = try await staff("front_desk", of: clinic, ada)
        let first = try await clinic.token("front_desk")
        #expect(try await clinic.http.send("GET", "/v1/account", token: first).status == 200)
        try await ada.done("staff", "suspend", organization, id, "--reason", "On leave")
        try await ada.done("staff", "resume", organization, id, "--reason", "Back")
        try await eventually("the old token is dead") { try await clinic.http.send("GET", "/v1/account", token: first).status == 401 }

        let other = try await staff("biller", of: clinic, ada)
        let second = try await clinic.token("biller")
        // As if it had been killed after the suspension was committed.
        let killed = try #require(StaffID(other))
        _ = try await clinic.services.tenancy.signInRead("update control.staff set state = 'suspended' where id = \(killed)")
        try await ada.done("staff", "resume", organization, other, "--reason", "Back")
        try await eventually("the old token is dead") { try await clinic.http.send("GET", "/v1/account", token: second).status == 401 }
        let trail = try await ada.rows("audit", "search", "--organization", organization, "--action", "staff.sessions_ended")
        #expect(trail.texts("reason") == ["suspension", "suspension"])
        await clinic.close()
    }

    @Test("who mistyped too often waits, and need not after unlock")
    func unlock() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let organization = clinic.organization.description
        let id = try await staff("biller", of: clinic, ada)
        let person = try clinic.person("biller")
        _ = try await clinic.token("biller")
        var status = 0
        for _ in 0..<20 where status != 429 {
            status = try await clinic.http.send("POST", "/v1/sessions", body: body(person, code: "000000")).status
        }
        #expect(status == 429)
        let unlocked = try await ada.run(["staff", "unlock", organization, id, "--reason", "Called from the desk"])
        #expect(unlocked.status == 0, "\(unlocked.complaints)")
        let left = try await clinic.services.tenancy.signInRead(
            "select count(*) from control.guess_counter where kind in ('account', 'known') and failures > 0"
        )
        #expect(try left.first?.value(0, as: Int.self) == 0)
        // Judged again: wrong, but no longer too early.
        #expect(try await clinic.http.send("POST", "/v1/sessions", body: body(person, code: "000000")).status == 401)
        #expect(try await ada.rows("audit", "search", "--organization", organization).texts("action").contains("staff.unlocked"))
        await clinic.close()
    }

    @Test("who lost the authenticator chooses both anew with a token, and the lost one is worth nothing")
    func reset() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let id = try await staff("provider", of: clinic, ada)
        let person = try clinic.person("provider")
        let token = try #require(
            try await ada.rows("staff", "reset", clinic.organization.description, id, "--reason", "Phone stolen, known by voice").texts(
                "token"
            ).first
        )
        let access = clinic.services.access
        let origin = Access.Origin(requestID: clinic.services.ambient.id(EventTag.self).uuid, source: nil, userAgent: nil)
        let enrolment = try #require(try await access.openInvitation(token: token, from: origin).enrolment)
        let secret = try #require(Base32.decode(enrolment.secret))
        let now = clinic.services.ambient.now()
        _ = try await access.acceptInvitation(
            token: token,
            password: "an altogether new lampshade",
            code: TOTP.code(secret: secret, at: now),
            from: origin
        )
        #expect(try await clinic.http.send("POST", "/v1/sessions", body: body(person, code: person.code(at: now))).status == 401)
        #expect(try await problem { _ = try await access.openInvitation(token: token, from: origin) } == "not_found")
        await clinic.close()
    }

    private func staff(_ name: String, of clinic: TestClinic, _ ada: Operator) async throws -> String {
        try #require(try await ada.rows("staff", "list", clinic.organization.description).first("name", name)?["id"]?.text)
    }

    private func body(_ person: TestPerson, code: String) -> JSON {
        ["email": .string(person.email), "password": .string(person.password), "code": .string(code)]
    }
}

enum EventEntity {}
typealias EventTag = ID<EventEntity>

/// The code of the problem that is thrown; nil when nothing is.
func problem(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let problem as Problem {
        return problem.code
    }
}
