import Access
import Assembly
import Tenancy
import TestSupport
import Testing
import Values
import Web

@Suite("Step-up")
struct StepUpTests {
    /// A path of the route with ids of nothing.
    private func path(_ route: Route, _ clinic: TestClinic) -> String {
        route.path.names.reduce(route.path.description) { path, name in
            let id =
                switch name {
                case "organization": clinic.organization.description
                case "location": clinic.north.id.description
                default: clinic.services.ambient.id(EventID.self).description
                }
            return path.replacing("{\(name)}", with: id)
        }
    }

    @Test("eleven minutes after the last proof every such route asks for another; a step-up opens them under a new token", .shows("AU-12"))
    func needed() async throws {
        let clock = TestClock()
        let clinic = try await TestClinic.open(ambient: clock.ambient) { $0.security.stepUpMinutes = 10 }
        let old = try await clinic.token("owner")
        let routes = clinic.gateway.server.routes.filter(\.needsStepUp)
        let codes = { (token: String) in
            var codes: Set<String> = []
            for route in routes {
                let answer = try await clinic.http.send(route.method.rawValue, path(route, clinic), token: token, body: [:])
                codes.insert(answer.code ?? "none")
            }
            return codes
        }
        #expect(try await !codes(old).contains("step_up_required"), "signing in was a proof")
        clock.advance(seconds: 11 * 60)
        #expect(try await codes(old) == ["step_up_required"])
        let asked = try await clinic.http.send("POST", clinic.ours("api-keys"), token: old, body: [:])
        #expect(asked.status == 403 && asked.json["step_up"]?.text == "/v1/sessions/current/step-up")
        #expect(try await clinic.http.send("GET", "/v1/account", token: old).status == 200, "other routes go on")

        let owner = try clinic.person("owner")
        let stepUp = { (body: JSON, token: String) in
            try await clinic.http.send("POST", "/v1/sessions/current/step-up", token: token, body: body)
        }
        #expect(try await stepUp([:], old).status == 422)
        #expect(try await stepUp(["password": "not this one"], old).code == "sign_in_refused")
        let next = try await stepUp(["password": .string(owner.password)], old)
        let token = try #require(next.json["token"]?.text, "\(next.text)")
        #expect(token != old)
        #expect(try await clinic.http.send("GET", "/v1/account", token: old).status == 401, "the old token is dead")
        #expect(try await !codes(token).contains("step_up_required"))
        clock.advance(seconds: 11 * 60)
        #expect(try await codes(token) == ["step_up_required"])
        let again = try await stepUp(["code": .string(owner.code(at: clock.now))], token)
        let fresh = try #require(again.json["token"]?.text, "\(again.text)")
        #expect(try await !codes(fresh).contains("step_up_required"))
        await clinic.close()
    }

    @Test("an API key, which can prove nothing, cannot use such routes", .shows("AU-12"))
    func keys() async throws {
        let clinic = try await TestClinic.open()
        let scopes: JSON = ["roles.manage", "keys.manage", "staff.manage", "staff.read", "patients.break_glass"]
        let until = clinic.services.ambient.now().adding(seconds: 86_400).description
        let body: JSON = ["name": "Roles", "scopes": scopes, "expires_at": .string(until)]
        let made = try await clinic.expect(201, "owner", "POST", clinic.ours("api-keys"), body)
        let token = try #require(made.json["token"]?.text)
        #expect(try await clinic.http.send("GET", clinic.ours("roles"), token: token).status == 200)
        for route in clinic.gateway.server.routes where route.needsStepUp && route.scope != .account {
            let answer = try await clinic.http.send(route.method.rawValue, path(route, clinic), token: token, body: [:])
            #expect(answer.status == 403 && answer.code == "person_required", "\(route.method.rawValue) \(route.path): \(answer.text)")
        }
        await clinic.close()
    }

    @Test("the document says which routes need it")
    func document() async throws {
        let clinic = try await TestClinic.open()
        let document = try await clinic.http.send("GET", "/v1/openapi.json").json
        for route in clinic.gateway.server.routes {
            let operation = document["paths"]?[route.path.description]?[route.method.rawValue.lowercased()]
            #expect(operation != nil)
            #expect((operation?["x-step-up"] == .bool(true)) == route.needsStepUp, "\(route.path)")
        }
        await clinic.close()
    }
}
