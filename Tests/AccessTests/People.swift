import Postgres
import Tenancy
import Testing
import Values

@testable import Access

/// Somebody who has joined, with what they need to sign in.
struct Person: Sendable {
    let email: String
    let password: String
    let secret: [UInt8]
    let staff: StaffID
    let organization: OrganizationID
    var token: String

    func code(_ practice: Practice) -> String { TOTP.code(secret: secret, at: practice.clock.now) }
}

extension Practice {
    var reason: Reason { Reason(known: "test", "Because a test says so.") }

    func origin(_ source: String = "192.0.2.1") -> Access.Origin {
        Access.Origin(requestID: ambient.id(AuditEntryID.self).uuid, source: source, userAgent: "test")
    }

    func resealAccounts(_ access: Access) async throws -> Resealed {
        try await access.reseal(SealedColumn.all[0], in: .accounts, by: commandLine()) {}
    }

    func commandLine() -> Caller { .commandLine(user: "test", requestID: origin().requestID) }

    func caller(_ access: Access, _ token: String, activity: Access.Activity = .user) async throws -> Caller {
        try await access.caller(token: token, requestID: origin().requestID, source: "192.0.2.1", userAgent: "test", activity: activity)
    }

    func staffing<Value: Sendable>(
        in organization: OrganizationID? = nil,
        by caller: Caller,
        version: Int? = nil,
        _ body: (Staffing) async throws -> Value
    ) async throws -> Value {
        let id = organization ?? self.organization
        let acting = try caller.acting(in: id)
        return try await tenancy.organization(id) { tx in
            try await body(
                Staffing(tx, organization: id, by: acting, now: ambient.now(), ambient: ambient, expectedVersion: version)
            )
        }
    }

    /// Invites and joins, with an account of one's own.
    func join(
        _ access: Access,
        _ grants: [NewGrant],
        in organization: OrganizationID? = nil,
        email: String? = nil,
        by caller: Caller? = nil,
        source: String = "192.0.2.1"
    ) async throws -> Person {
        let email = email ?? "p\(UInt64.random(in: 0...UInt64.max))@example.org"
        let invitation = try await staffing(in: organization, by: caller ?? commandLine()) {
            try await $0.invite(email: email, name: "Pat Example", grants: grants)
        }
        let opened = try await access.openInvitation(token: invitation.token, from: origin(source))
        let enrolment = try #require(opened.enrolment)
        let secret = try #require(Base32.decode(enrolment.secret))
        let password = "tangerine lampshade \(UInt64.random(in: 0...UInt64.max))"
        let signedIn = try await access.acceptInvitation(
            token: invitation.token,
            password: password,
            code: TOTP.code(secret: secret, at: clock.now),
            from: origin(source)
        )
        // The next code is a fresh one.
        clock.advance(seconds: 31)
        return Person(
            email: email,
            password: password,
            secret: secret,
            staff: invitation.staff,
            organization: organization ?? self.organization,
            token: signedIn.token
        )
    }

    /// The acts an organization's trail holds for one object or actor, the oldest first.
    func acts(of staff: StaffID, in organization: OrganizationID? = nil) async throws -> [String] {
        let rows = try await tenancy.organizationRead(
            organization ?? self.organization,
            "select action from control.audit_entry where actor_id = \(staff) or object_id = \(staff) order by at, id"
        )
        return try rows.map { try $0.value(0) }
    }
}

/// The code of the problem that is thrown; nil when nothing is.
func problem(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let problem as Problem {
        return problem.code
    }
}
