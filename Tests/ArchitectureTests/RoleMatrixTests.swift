import Access
import Assembly
import TestSupport
import Testing
import Values
import Web

@Suite("Roles × routes")
struct RoleMatrixTests {
    /// Roles that hold for the whole organization in the test clinic.
    static let roles = BuiltInRole.allCases.filter { $0 != .platformOperator }

    @Test("a role gets through exactly where its permissions say", .shows("AZ-1", "AZ-2"), arguments: roles)
    func matrix(role: BuiltInRole) async throws {
        let clinic = try await Clinic.shared.value
        for route in clinic.gateway.server.routes where route.scope != .account {
            guard let permission = route.authority.permission else { continue }
            let answer = try await clinic.send(
                role.rawValue,
                route.method.rawValue,
                ForeignTests.path(route, clinic, location: clinic.north) { _ in nil },
                body: [:]
            )
            let isRefused = answer.status == 403 && answer.code == "permission_denied"
            let mayDo = role.permissions.contains(permission)
            #expect(
                isRefused == !mayDo,
                "\(role.rawValue): \(route.method.rawValue) \(route.path) needs \(permission.rawValue) and answered \(answer.status) \(answer.code ?? "")"
            )
            #expect(answer.status != 401 && answer.status < 500, "\(route.method.rawValue) \(route.path) answered \(answer.status)")
        }
    }

    @Test("without a token every route but the public ones answers 401", .shows("AZ-1"))
    func strangers() async throws {
        let clinic = try await Clinic.shared.value
        for route in clinic.gateway.server.routes where route.authority != .everybody {
            let answer = try await clinic.http.send(
                route.method.rawValue,
                ForeignTests.path(route, clinic, location: clinic.north) { _ in nil },
                body: [:]
            )
            #expect(answer.status == 401, "\(route.method.rawValue) \(route.path) answered \(answer.status)")
        }
    }

    @Test("whoever makes a token that opens more than one's own session or one small thing has just proved who they are", .shows("AU-12"))
    func tokens() async throws {
        let clinic = try await Clinic.shared.value
        let document = try await clinic.http.send("GET", "/v1/openapi.json").json
        var open: Set<String> = []
        for route in clinic.gateway.server.routes where !route.needsStepUp {
            let operation = document["paths"]?[route.path.description]?[route.method.rawValue.lowercased()]
            for answer in members(operation?["responses"]) where answer.key.hasPrefix("2") {
                let schema = answer.value["content"]?["application/json"]?["schema"]
                let name = schema?["$ref"]?.text?.split(separator: "/").last.map(String.init) ?? ""
                let properties = members(document["components"]?["schemas"]?[name]?["properties"])
                if properties.contains(where: { $0.key == "token" }) { open.insert("\(route.method.rawValue) \(route.path)") }
            }
        }
        #expect(
            open == [
                // Begins or renews a session, after a proof of its own.
                "POST /v1/sessions", "POST /v1/sessions/current/step-up", "POST /v1/invitations/acceptance",
                // A time to claim: no more than the caller may.
                "POST /v1/locations/{location}/waitlist-offers/{offer}/link",
                // An appointment to accept or to give up, for who may cancel.
                "POST /v1/locations/{location}/repair-questions/{question}/link",
            ]
        )
    }

    private func members(_ json: JSON?) -> [(key: String, value: JSON)] {
        if case .object(let members)? = json { members } else { [] }
    }

    @Test("roles, grants, keys, invitations, second factors and broken glass need a fresh proof, and nothing else does")
    func stepUp() async throws {
        let clinic = try await Clinic.shared.value
        let routes = clinic.gateway.server.routes.filter(\.needsStepUp).map { "\($0.method.rawValue) \($0.path)" }
        #expect(
            Set(routes) == [
                "POST /v1/account/second-factor/enrolment", "POST /v1/locations/{location}/break-glass",
                "POST /v1/organizations/{organization}/api-keys", "POST /v1/organizations/{organization}/roles",
                "PATCH /v1/organizations/{organization}/roles/{role}", "POST /v1/organizations/{organization}/roles/{role}/removal",
                "POST /v1/organizations/{organization}/staff", "POST /v1/organizations/{organization}/staff/{staff}/grants",
                "POST /v1/organizations/{organization}/staff/{staff}/grants/{grant}/revocation",
                "POST /v1/organizations/{organization}/staff/{staff}/invitation",
                "POST /v1/organizations/{organization}/staff/{staff}/resumption",
            ]
        )
    }
}
