import Assembly
import Tenancy
import TestSupport
import Testing
import Values

extension RouteWalk {
    /// Series, links to calendars, imports and the export: on days of their own.
    func series() async throws {
        let body: [(key: String, value: JSON)] = [
            ("patient_id", id("patient")), ("type_id", id("type")), ("provider_id", id("provider")), ("resource_ids", [id("resource")]),
            ("rule", "FREQ=WEEKLY;COUNT=3"), ("start_day", .string(day(300))), ("time", "10:00"), ("minutes", 30),
            ("exceptions", [.string(day(307))]), ("extra_days", [.string(day(308))]),
        ]
        try await ask("POST /locations/{location}/series-previews", .object(body))
        let booked = try await ask(
            "POST /locations/{location}/series",
            .object(body + [("note", "Every week"), ("on_conflict", "skip")]),
            made: "series"
        )
        #expect(booked.json["occurrences"]?.items.count == 3)
        try await ask("GET /locations/{location}/series", query: "?patient_id=\(ids["patient"] ?? "")")
        try await ask("GET /locations/{location}/series/{series}/appointments")
        let one = try await ask("GET /locations/{location}/series/{series}")
        try await ask(
            "PATCH /locations/{location}/series/{series}",
            [
                "scope": "following", "ordinal": 2, "days": 1, "time": "11:00", "minutes": 45, "provider_id": id("provider"),
                "resource_ids": [id("resource")], "on_conflict": "all_or_nothing",
            ],
            version: one.etag
        )
        try await ask(
            "POST /locations/{location}/series/{series}/cancellation",
            ["scope": "following", "ordinal": 3, "reason_code": "patient_moved", "reason_text": "To another town"]
        )
        try await feeds()
        try await imports()
    }

    private func feeds() async throws {
        let made = try await ask("POST /locations/{location}/calendar-feeds", ["provider_id": id("provider")], made: "feed")
        ids["token"] = made.json["path"]?.text?.split(separator: "/").last.map(String.init)
        try await ask("GET /locations/{location}/calendar-feeds")
        try await ask("GET /calendar-feeds/{token}", token: "")
        try await ask("DELETE /locations/{location}/calendar-feeds/{feed}")
    }

    private func imports() async throws {
        let table = "system,external_id,patient,type,provider,day,time\r\nold,1,nobody,none,none,\(day(310)),10:00\r\n"
        let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
        for path in ["appointment-import-previews", "appointment-imports"] {
            try await ask("POST /locations/{location}/" + path, file: ("text/csv", table))
            try await ask("POST /locations/{location}/providers/{provider}/" + path, file: ("text/calendar", calendar))
        }
        try await ask("GET /locations/{location}/appointment-exports", query: "?from_day=\(day(300))&through_day=\(day(330))")
    }
}
