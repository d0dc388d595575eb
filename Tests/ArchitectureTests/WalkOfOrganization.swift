import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

extension RouteWalk {
    func organization() async throws {
        let organization = try await ask("GET /organizations/{organization}")
        try await ask("PATCH /organizations/{organization}", ["name": "Harbor Clinics"], version: organization.etag)
        try await ask("GET /organizations/{organization}/locations")
        try await ask("GET /locations/{location}")
        try await ask("GET /permissions")
        let entity = try await ask(
            "POST /organizations/{organization}/billing-entities",
            [
                "name": "Harbor Clinics LLC", "npi": "1234567893", "tax_id": "123456789", "taxonomy": "261QP2300X",
                "address": ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"],
                "contact": ["name": "Grace Hill", "phone": "+15185550123"],
                "clearing": ["submitter_id": "HARBOR1", "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
            ],
            made: "entity"
        )
        try await ask("GET /organizations/{organization}/billing-entities")
        try await ask("GET /organizations/{organization}/billing-entities/{entity}")
        try await ask(
            "PATCH /organizations/{organization}/billing-entities/{entity}",
            ["name": "Harbor Clinics Inc"],
            version: entity.etag.isEmpty ? "\"1\"" : entity.etag
        )
        try await ask("PUT /organizations/{organization}/billing-entities/{entity}/locations/{location}", [:])
        for place in ["organizations/{organization}", "locations/{location}"] {
            ids["setting"] = "scheduling.late_cancellation_hours"
            try await ask("GET /\(place)/settings")
            try await ask("PUT /\(place)/settings/{setting}", ["value": 10])
            try await ask("DELETE /\(place)/settings/{setting}")
            try await ask("GET /\(place)/audit-entries")
        }
        let expiry = clinic.services.ambient.now().adding(seconds: 86_400).description
        let key = try await ask(
            "POST /organizations/{organization}/api-keys",
            ["name": "Recall export", "scopes": ["locations.read"], "expires_at": .string(expiry)]
        )
        ids["key"] = key.json["key"]?["id"]?.text
        try await ask("GET /organizations/{organization}/api-keys")
        try await ask("GET /organizations/{organization}/api-keys/{key}")
        try await ask("DELETE /organizations/{organization}/api-keys/{key}")
    }

    /// A pack of appointment types at the clinic's own locations, one in each database.
    func packs() async throws {
        let entry: JSON = [
            "code": "vaccination",
            "template": [
                "name": "Vaccination", "minutes": 15, "buffer_before": 0, "buffer_after": 5, "needs": ["provider"], "fee_code": "90471",
                "lead_minutes": 60, "horizon_days": 60, "online": true, "patients": "any", "colour": "#00AA00", "deposit": 1000,
                "preparation": "Bring your card.", "forms": ["consent"], "double_booking": "forbid", "lanes": 1, "seats": 1,
            ],
            "overridable": ["minutes"],
        ]
        try await ask(
            "POST /organizations/{organization}/appointment-type-packs",
            ["name": "Vaccinations", "currency": "USD", "entries": [entry]],
            made: "pack"
        )
        try await ask("GET /organizations/{organization}/appointment-type-packs")
        let pack = try await ask("GET /organizations/{organization}/appointment-type-packs/{pack}")
        try await ask(
            "PATCH /organizations/{organization}/appointment-type-packs/{pack}",
            ["name": "Vaccination", "currency": "USD", "entries": [entry]],
            version: pack.etag
        )
        try await ask(
            "POST /organizations/{organization}/appointment-type-packs/{pack}/applications",
            ["location_ids": [id("location"), .string(clinic.south.id.description)], "adopt": true],
            made: "application"
        )
        try await eventually("the pack is applied", within: .seconds(60)) {
            try await ask("GET /organizations/{organization}/appointment-type-packs/{pack}/applications/{application}")
                .json["locations"]?.items.allSatisfy { $0["state"] == "applied" } == true
        }
        let drift = try await ask("GET /organizations/{organization}/appointment-type-packs/{pack}/drift")
        #expect(drift.json["items"]?.items.count == 2)
        let own = ids["type"]
        let types = try await clinic.send("owner", "GET", clinic.path(clinic.north, "appointment-types"))
        let type = types.json["items"]?.items.first { $0["name"] == "Vaccination" }
        ids["type"] = type?["id"]?.text
        try await ask(
            "DELETE /locations/{location}/appointment-types/{type}/inheritance",
            version: "\"\(type?["version"]?.integer ?? 0)\""
        )
        ids["type"] = own
        let changed = try await clinic.send(
            "owner",
            "GET",
            "/v1/organizations/\(clinic.organization)/appointment-type-packs/\(ids["pack"] ?? "")"
        )
        try await ask("DELETE /organizations/{organization}/appointment-type-packs/{pack}", version: changed.etag)
    }

    func staff() async throws {
        let role = try await ask(
            "POST /organizations/{organization}/roles",
            ["name": "Recall desk", "permissions": ["patients.read", "appointments.read"]],
            made: "role"
        )
        try await ask("GET /organizations/{organization}/roles")
        try await ask("GET /organizations/{organization}/roles/{role}")
        try await ask("PATCH /organizations/{organization}/roles/{role}", ["name": "Recall", "reason": reason], version: role.etag)
        let invited = try await ask(
            "POST /organizations/{organization}/staff",
            ["email": "ada@clinic.example", "name": "Ada", "grants": [["built_in_role": "front_desk"]]]
        )
        ids["staff"] = invited.json["staff_id"]?.text
        try await ask("GET /organizations/{organization}/staff")
        let member = try await ask("GET /organizations/{organization}/staff/{staff}")
        try await ask("PATCH /organizations/{organization}/staff/{staff}", ["name": "Ada Park"], version: member.etag)
        try await ask("GET /organizations/{organization}/staff/{staff}/grants")
        try await ask(
            "POST /organizations/{organization}/staff/{staff}/grants",
            ["grant": ["role_id": id("role")], "reason": reason],
            made: "grant"
        )
        try await ask("POST /organizations/{organization}/staff/{staff}/grants/{grant}/revocation", ["reason": reason])
        try await ask("POST /organizations/{organization}/roles/{role}/removal", ["reason": reason])
        let again = try await ask("POST /organizations/{organization}/staff/{staff}/invitation", [:])
        let token: JSON = .string(again.json["token"]?.text ?? "")
        let opened = try await ask("POST /invitations/opening", ["token": token], token: "")
        let secret = try #require(Base32.decode(opened.json["enrolment"]?["secret"]?.text ?? ""))
        let code = TOTP.code(secret: secret, at: clinic.services.ambient.now())
        try await ask(
            "POST /invitations/acceptance",
            ["token": token, "password": "seventeen green kettles", "code": .string(code)],
            token: ""
        )
        try await ask("GET /organizations/{organization}/staff/{staff}/sessions")
        try await ask("POST /organizations/{organization}/staff/{staff}/sessions/ending", ["reason": reason])
        try await ask("POST /organizations/{organization}/staff/{staff}/unlocking", ["reason": reason])
        try await ask("POST /organizations/{organization}/staff/{staff}/suspension", ["reason": reason])
        try await ask("POST /organizations/{organization}/staff/{staff}/resumption", ["reason": reason])
    }

    /// A code may be used once: each act that needs one is another person's, who has used the current one to sign in.
    func accounts() async throws {
        func nextCode(_ name: String) throws -> String {
            try clinic.person(name).code(at: clinic.services.ambient.now().adding(seconds: 30))
        }
        try await ask("GET /account")
        let biller = try clinic.person("biller")
        _ = try await clinic.token("biller")
        try await ask(
            "POST /account/password",
            [
                "current_password": .string(biller.password), "new_password": "nineteen blue saucers",
                "code": .string(try nextCode("biller")),
            ],
            by: "biller"
        )
        let proof = try await ask("POST /account/second-factor/enrolment", [:], by: "location_manager")
        let secret = try #require(Base32.decode(proof.json["secret"]?.text ?? ""))
        let code = TOTP.code(secret: secret, at: clinic.services.ambient.now())
        try await ask(
            "POST /account/second-factor",
            ["proof": .string(proof.json["proof"]?.text ?? ""), "code": .string(code)],
            by: "location_manager"
        )
        let provider = try clinic.person("provider")
        let old = try await clinic.token("provider")
        let session = try await ask(
            "POST /sessions",
            ["email": .string(provider.email), "password": .string(provider.password), "code": .string(try nextCode("provider"))],
            token: ""
        )
        let token = session.json["token"]?.text ?? ""
        let sessions = try await ask("GET /sessions", token: token).json["items"]?.items ?? []
        ids["session"] = sessions.first { if case .bool(false)? = $0["current"] { true } else { false } }?["id"]?.text
        try await ask("DELETE /sessions/{session}", token: token)
        #expect(try await clinic.http.send("GET", "/v1/account", token: old).status == 401)
        try await ask("DELETE /sessions/others", token: token)
        try await ask("DELETE /sessions/current", token: token)
        _ = try await clinic.token("front_desk")
        try await ask("POST /sessions/current/step-up", ["code": .string(try nextCode("front_desk"))], by: "front_desk")
    }

    func jobs() async throws {
        let rows = try await clinic.services.tenancy.read(clinic.north, "select id from queue.job limit 1")
        ids["job"] = try rows.first?.value(0, as: ID<JSON>.self).description
        try await ask("GET /locations/{location}/jobs/{job}")
        // The location's job is none of the organization's, and nobody paid it: looked for, and not found.
        try await ask("GET /organizations/{organization}/jobs/{job}", expecting: 404)
        try await ask("GET /organizations/{organization}/remittances")
        try await ask("GET /locations/{location}/remittance-claims")
        ids["remittance"] = ids["job"]
        try await ask("GET /organizations/{organization}/remittances/{remittance}", expecting: 404)
        try await ask("GET /organizations/{organization}/reports/daily", query: "?from=\(day(-1))&through=\(day(2))")
        ids["day"] = day(0)
        try await ask("GET /locations/{location}/reports/days/{day}", query: "?figure=charges")
        try await ask("DELETE /organizations/{organization}/billing-entities/{entity}/locations/{location}")
    }
}
