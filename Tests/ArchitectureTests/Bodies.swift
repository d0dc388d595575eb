import TestSupport
import Values
import Web

/// A well-formed body for each route that needs one to get as far as looking for what its path names.
enum Bodies {
    static func of(_ route: Route) -> JSON? {
        if route.method == .get || route.method == .delete { return nil }
        let path = route.path.description
        for (end, body) in known where path.hasSuffix(end) { return body }
        return [:]
    }

    private static let person: JSON = ["given_name": "Ada", "family_name": "Park"]
    private static let reason: JSON = ["reason_code": "test_reason", "reason_text": "Because the test says so"]

    private static let known: [(String, JSON)] = [
        ("/appointments/{appointment}/cancellation", ["reason_code": "patient_ill"]),
        ("/appointments/{appointment}/completion", ["diagnoses": ["J029"]]),
        ("/appointments/{appointment}", ["note": "x"]),
        ("/series/{series}/cancellation", ["scope": "all", "reason_code": "patient_moved"]),
        ("/series/{series}", ["scope": "all", "days": 1]),
        ("/patients/{patient}/relationships", ["person": person, "kind": "guarantor"]),
        ("/patients/{patient}", ["note": "x"]),
        ("/providers/{provider}", ["lanes": 1]),
        ("/resources/{resource}", ["lanes": 1]),
        ("/appointment-types/{type}", ["minutes": 30]),
        ("/appointment-type-packs/{pack}/applications", ["location_ids": ["01900000-0000-7000-8000-000000000000"]]),
        (
            "/fee-schedules/{schedule}",
            ["name": "x", "from": "2026-01-01", "fees": [["code": "99213", "description": "Visit", "amount": 100]]]
        ),
        ("/weekly-hours/{hours}", ["weekday": 1]),
        ("/dated-hours/{dated_hours}", ["reason": "x"]),
        ("/blocks/{block}", ["reason_code": "x"]),
        ("/payers/{payer}", ["name": "x"]),
        ("/coverages/{coverage}", ["group_number": "G1"]),
        ("/billing-runs/{billing_run}/release", reason),
        (
            "/patients/{patient}/coverages",
            ["payer_id": "01900000-0000-7000-8000-000000000000", "member_id": "W123456", "from_day": "2026-01-01"]
        ),
    ]
}
