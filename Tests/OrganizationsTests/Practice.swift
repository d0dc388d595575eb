import Access
import Assembly
import Tenancy
import TestSupport
import Testing
import Values

/// What the stories of this suite do again and again.
extension TestClinic {
    func ours(_ rest: String) -> String { "/v1/organizations/\(organization)/\(rest)" }

    /// Sends and expects the status.
    @discardableResult
    func expect(
        _ status: Int,
        _ person: String,
        _ method: String,
        _ path: String,
        _ body: JSON? = nil,
        headers: [String: String] = [:],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> TestAnswer {
        let answer = try await send(person, method, path, body: body, headers: headers)
        #expect(answer.status == status, "\(method) \(path): \(answer.text)", sourceLocation: place)
        return answer
    }

    /// The codes of the items of a list, by one of their members.
    func list(_ person: String, _ path: String, _ member: String) async throws -> [String] {
        try await send(person, "GET", path).json["items"]?.items.compactMap { $0[member]?.text } ?? []
    }

    /// Joins with an invitation's token; the new member's own token.
    func join(_ invitation: String) async throws -> (token: String, email: String) {
        let opened = try await http.send("POST", "/v1/invitations/opening", body: ["token": .string(invitation)])
        let secret = try #require(Base32.decode(opened.json["enrolment"]?["secret"]?.text ?? ""))
        let accepted = try await http.send(
            "POST",
            "/v1/invitations/acceptance",
            body: [
                "token": .string(invitation), "password": "seventeen green kettles",
                "code": .string(TOTP.code(secret: secret, at: services.ambient.now())),
            ]
        )
        #expect(accepted.status == 201, "\(accepted.text)")
        return (try #require(accepted.json["token"]?.text), opened.json["email"]?.text ?? "")
    }

    var reason: JSON { ["code": "test", "text": "Because the test says so."] }
}
