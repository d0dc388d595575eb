import Assembly
import Tenancy
import TestSupport
import Testing
import Values

extension RouteWalk {
    func resources() async throws {
        let new: [(String, String, JSON, JSON)] = [
            (
                "providers", "provider", ["given_name": "Grace", "family_name": "Okafor", "npi": "1234567893", "taxonomy": "207Q00000X"],
                ["lanes": 1]
            ),
            ("resources", "resource", ["kind": "room", "name": "Room 1"], ["lanes": 2]),
            ("appointment-types", "type", ["name": "Check-up", "minutes": 15, "fee_code": "99213"], ["buffer_after": 0]),
            ("payers", "payer", ["name": "Acme Health", "code": "ACME1"], ["name": "Acme Health Plan"]),
        ]
        for (path, name, body, change) in new {
            try await ask("POST /locations/{location}/\(path)", body, made: name)
            try await ask("GET /locations/{location}/\(path)")
            let one = try await ask("GET /locations/{location}/\(path)/{\(name)}")
            try await ask("PATCH /locations/{location}/\(path)/{\(name)}", change, version: one.etag)
        }
        let fees: JSON = [
            "name": "Standard", "from": "2020-01-01",
            "fees": [
                ["code": "99213", "description": "Office visit", "amount": 12_000],
                ["code": "87880", "description": "Strep test", "amount": 4500],
            ],
        ]
        try await ask("POST /locations/{location}/fee-schedules", fees, made: "schedule")
        try await ask("GET /locations/{location}/fee-schedules")
        let schedule = try await ask("GET /locations/{location}/fee-schedules/{schedule}")
        try await ask("PUT /locations/{location}/fee-schedules/{schedule}", fees, version: schedule.etag)
    }

    func patients() async throws {
        let person: JSON = [
            "given_name": "Ada", "family_name": "Lovelace", "birth_date": "1990-04-01", "sex": "female",
            "address": ["street": "5 Lake Road", "city": "Albany", "region": "NY", "postal_code": "122071234", "country": "US"],
        ]
        try await ask("POST /locations/{location}/patients", ["person": person], made: "patient")
        try await ask("GET /locations/{location}/patients")
        try await ask("POST /locations/{location}/patients/search", ["text": "lovelace"])
        let patient = try await ask("GET /locations/{location}/patients/{patient}")
        try await ask("PATCH /locations/{location}/patients/{patient}", ["note": "Prefers mornings"], version: patient.etag)
        try await ask(
            "POST /locations/{location}/patients/{patient}/relationships",
            ["person": ["given_name": "Anne", "family_name": "Byron"], "kind": "emergency_contact"]
        )
        try await ask("GET /locations/{location}/patients/{patient}/relationships")
        try await ask(
            "POST /locations/{location}/patients/{patient}/coverages",
            ["payer_id": id("payer"), "member_id": "W123456789", "from_day": "2026-01-01"],
            made: "coverage"
        )
        try await ask("GET /locations/{location}/patients/{patient}/coverages")
        try await ask(
            "PATCH /locations/{location}/patients/{patient}/coverages/{coverage}",
            ["group_number": "G1"],
            version: "\"1\""
        )
    }

    /// An owner needs no emergency to see a chart: asked, and refused. BreakGlassTests tells the story.
    func emergencies() async throws {
        try await ask(
            "POST /locations/{location}/break-glass",
            ["patient_id": id("patient"), "reason_code": "emergency", "reason_text": "Because the test says so"],
            expecting: 409
        )
        ids["break_glass"] = ids["patient"]
        try await ask("DELETE /locations/{location}/break-glass/{break_glass}", expecting: 404)
        try await ask("GET /organizations/{organization}/break-glass", by: "auditor")
        try await ask("POST /organizations/{organization}/break-glass/{break_glass}/review", ["note": "Checked"], expecting: 404)
    }

    func appointments() async throws {
        let soon = Instant(seconds: clinic.services.ambient.now().microseconds / 60_000_000 * 60).adding(minutes: 1)
        func book(_ minutes: Int) async throws -> TestAnswer {
            try await ask(
                "POST /locations/{location}/appointments",
                [
                    "patient_id": id("patient"), "type_id": id("type"), "provider_id": id("provider"),
                    "resource_ids": [id("resource")], "starts_at": .string(soon.adding(minutes: minutes).description),
                ],
                made: "appointment"
            )
        }
        _ = try await book(60)
        try await ask("POST /locations/{location}/appointments/{appointment}/cancellation", ["reason_code": "patient_ill"])
        _ = try await book(120)
        try await ask("POST /locations/{location}/appointments/{appointment}/undo", [:], expecting: 409)
        try await ask("GET /locations/{location}/appointments/{appointment}/changes")
        // Two hours before nobody has failed to come.
        try await ask("POST /locations/{location}/appointments/{appointment}/no-show", [:], expecting: 409)
        let booked = try await book(0)
        try await ask("GET /locations/{location}/appointments", query: "?day=\(day(0))")
        let one = try await ask("GET /locations/{location}/appointments/{appointment}")
        try await ask(
            "PATCH /locations/{location}/appointments/{appointment}",
            ["note": "Brings the old charts"],
            version: one.etag
        )
        for step in ["confirmation", "arrival", "rooming", "session", "check-out"] {
            try await ask("POST /locations/{location}/appointments/{appointment}/\(step)", [:])
        }
        try await ask(
            "POST /locations/{location}/appointments/{appointment}/completion",
            [
                "diagnoses": ["J02.9"],
                "procedures": [["code": "99213", "diagnosis_pointers": [1]], ["code": "87880", "diagnosis_pointers": [1]]],
            ],
            made: "encounter"
        )
        ids["visited"] = booked.json["day"]?.text
        try await ask("GET /locations/{location}/encounters", query: "?day=\(ids["visited"] ?? "")")
        try await ask("GET /locations/{location}/encounters/{encounter}")
    }

    func money() async throws {
        try await eventually("the visit is charged", within: .seconds(60)) {
            try await ask("GET /locations/{location}/charges", query: "?encounter_id=\(ids["encounter"] ?? "")")
                .json["items"]?.items.count == 2
        }
        try await ask(
            "POST /locations/{location}/payments",
            ["patient_id": id("patient"), "method": "card", "amount": 2500, "currency": "USD"]
        )
        try await ask("GET /locations/{location}/patients/{patient}/balance")
        try await ask("GET /locations/{location}/patients/{patient}/ledger")
        try await ask(
            "POST /locations/{location}/billing-runs",
            ["from_day": id("visited"), "through_day": id("visited")],
            made: "billing_run"
        )
        try await ask("GET /locations/{location}/billing-runs")
        try await ask("GET /locations/{location}/billing-runs/{billing_run}")
        try await eventually("the claim is filed", within: .seconds(60)) {
            let claims = try await ask("GET /locations/{location}/claims").json["items"]?.items ?? []
            ids["claim"] = claims.first?["id"]?.text
            return claims.first?["state"] == "filed"
        }
        try await ask("GET /locations/{location}/claims/{claim}")
        try await ask("GET /locations/{location}/remittance-claims", query: "?state=held")
        // The run was not held, so there is nothing to release.
        try await ask(
            "POST /locations/{location}/billing-runs/{billing_run}/release",
            ["reason_code": "checked", "reason_text": "Because the test says so"],
            expecting: 409
        )
        let invoices = try await ask("GET /locations/{location}/invoices").json["items"]?.items ?? []
        ids["invoice"] = invoices.first?["id"]?.text ?? ids["claim"]
        try await ask("GET /locations/{location}/invoices/{invoice}", expecting: invoices.isEmpty ? 404 : 200)
    }
}
