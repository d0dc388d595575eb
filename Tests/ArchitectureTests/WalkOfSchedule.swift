import Assembly
import Tenancy
import TestSupport
import Testing
import Values

extension RouteWalk {
    /// Hours, closures and blocks of days far away, so that they are in nobody's way; and what is asked about times.
    func schedule() async throws {
        let far = day(1500)
        let new: [(String, String, JSON, JSON)] = [
            (
                "weekly-hours", "hours",
                ["resource_id": id("provider"), "weekday": 1, "from": "09:00", "until": "17:00", "from_day": .string(far)],
                ["until": "16:00"]
            ),
            (
                "dated-hours", "dated_hours",
                [
                    "resource_id": id("provider"), "from_day": .string(far), "through_day": .string(far), "reason": "Course",
                    "hours": [["from": "09:00", "until": "12:00"]],
                ],
                ["reason": "Congress"]
            ),
            (
                "blocks", "block",
                [
                    "resource_id": id("resource"), "starts_at": .string(far + "T10:00:00Z"), "ends_at": .string(far + "T11:00:00Z"),
                    "reason_code": "cleaning", "reason_text": "Every year",
                ],
                ["reason_text": "Every other year"]
            ),
        ]
        for (path, name, body, change) in new {
            try await ask("POST /locations/{location}/\(path)", body, made: name)
            try await ask("GET /locations/{location}/\(path)")
            let one = try await ask("GET /locations/{location}/\(path)/{\(name)}")
            let changed = try await ask("PATCH /locations/{location}/\(path)/{\(name)}", change, version: one.etag)
            try await ask("DELETE /locations/{location}/\(path)/{\(name)}", version: changed.etag)
        }
        try await ask(
            "POST /locations/{location}/explanations",
            [
                "type_id": id("type"), "provider_id": id("provider"), "resource_ids": [id("resource")], "patient_id": id("patient"),
                "day": .string(day(7)), "time": "10:00", "minutes": 30,
            ]
        )
        try await ask(
            "POST /locations/{location}/openings",
            [
                "type_id": id("type"), "provider_ids": [id("provider")], "patient_id": id("patient"), "from_day": .string(day(1)),
                "through_day": .string(day(7)), "weekdays": [1, 2, 3], "from_time": "08:00", "until_time": "18:00", "minutes": 30,
                "step": 30,
                "order": "earliest", "online": false, "limit": 5,
                "prefer": ["provider_ids": [id("provider")], "weekdays": [2], "from_time": "08:00", "until_time": "12:00"],
                "then": [["type_id": id("type"), "provider_ids": [id("provider")], "minutes": 30, "within_minutes": 60]],
            ]
        )
        try await ask(
            "POST /organizations/{organization}/openings",
            [
                "types": [["location_id": id("location"), "type_id": id("type")]], "from_day": .string(day(1)),
                "through_day": .string(day(7)),
                "weekdays": [1, 2, 3], "from_time": "08:00", "until_time": "18:00", "minutes": 30, "step": 30, "order": "earliest",
                "online": false, "limit": 5,
            ]
        )
        try await holds()
    }

    private func holds() async throws {
        func hold(_ time: String) async throws {
            try await ask(
                "POST /locations/{location}/holds",
                [
                    "type_id": id("type"), "provider_id": id("provider"), "resource_ids": [id("resource")], "patient_id": id("patient"),
                    "day": .string(day(40)), "time": .string(time), "minutes": 30,
                ],
                made: "hold"
            )
        }
        try await hold("10:00")
        try await ask("DELETE /locations/{location}/holds/{hold}")
        try await hold("11:00")
        try await ask("POST /locations/{location}/holds/{hold}/confirmation", ["patient_id": id("patient"), "note": "By phone"])
        ids["day"] = day(40)
        try await ask("GET /locations/{location}/day-boards/{day}")
        try await ask("GET /locations/{location}/events")
    }
}
