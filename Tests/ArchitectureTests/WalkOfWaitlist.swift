import Assembly
import Tenancy
import TestSupport
import Testing
import Values

extension RouteWalk {
    /// A day that is repaired, freed time that somebody takes, and what no-shows tell.
    func waitlist() async throws {
        try await repairs()
        let waiting = try await entries()
        let path = clinic.path(clinic.north, "appointments")
        let booked = try await clinic.send("owner", "POST", path, body: visit(60))
        #expect(booked.status == 201, "\(booked.text)")
        try await clinic.send("owner", "POST", "\(path)/\(booked.id)/cancellation", body: ["reason_code": "patient_ill"])
        // Also the repair freed time, and it may have been offered to the entry that was removed.
        let query = "?status=open&entry_id=\(waiting)"
        let offers = clinic.path(clinic.north, "waitlist-offers") + query
        try await eventually("the freed time is offered") { [clinic] in
            let answer = try await clinic.send("owner", "GET", offers)
            return answer.json["items"]?.items.isEmpty == false
        }
        let offered = try await ask("GET /locations/{location}/waitlist-offers", query: query)
        ids["offer"] = offered.json["items"]?.items.first?["id"]?.text ?? ""
        let link = try await ask("POST /locations/{location}/waitlist-offers/{offer}/link", [:])
        let claimed = try await ask(
            "POST /locations/{location}/waitlist-claims",
            ["token": link.json["token"] ?? .null, "release_later": true]
        )
        try await ask("GET /locations/{location}/freed-slots")
        ids["appointment"] = claimed.json["appointment"]?["id"]?.text ?? ""
        try await ask("GET /locations/{location}/appointments/{appointment}/no-show-risk")
        try await ask("GET /locations/{location}/no-show-rates")
        try await ask(
            "POST /locations/{location}/double-booking-simulations",
            [
                "from_day": .string(day(-30)), "through_day": .string(day(0)),
                "policies": [["threshold": 30000, "most_per_day": 2]],
            ]
        )
    }

    private func visit(_ offset: Int) -> JSON {
        [
            "patient_id": id("patient"), "type_id": id("type"), "provider_id": id("provider"), "day": .string(day(offset)),
            "time": "10:00",
        ]
    }

    private func repairs() async throws {
        let path = clinic.path(clinic.north, "appointments")
        let booked = try await clinic.send("owner", "POST", path, body: visit(61))
        #expect(booked.status == 201, "\(booked.text)")
        let proposal = try await ask(
            "POST /locations/{location}/repair-proposals",
            [
                "day": .string(day(61)),
                "outages": [
                    [
                        "resource_id": id("provider"), "starts_at": .string(day(61) + "T00:00:00Z"),
                        "ends_at": .string(day(61) + "T23:00:00Z"), "reason_code": "ill", "reason_text": "Back tomorrow",
                    ]
                ],
                "step": 15, "others_at_most": 1, "keep_providers": false,
            ]
        )
        #expect(proposal.json["blocks"]?.items.first?["reason_code"]?.text == "ill")
        let start = Instant(booked.json["starts_at"]?.text ?? "")?.adding(minutes: 60)
        let repaired = try await ask(
            "POST /locations/{location}/repairs",
            [
                "moves": [
                    [
                        "appointment_id": .string(booked.id), "version": 1, "starts_at": .string(start?.description ?? ""),
                        "provider_id": id("provider"), "resource_ids": [],
                    ]
                ],
                "blocks": [
                    [
                        "resource_id": id("provider"), "starts_at": booked.json["starts_at"] ?? .null,
                        "ends_at": booked.json["ends_at"] ?? .null, "reason_code": "ill", "reason_text": "Back tomorrow",
                    ]
                ],
                "leave_booked": false, "patients": "asked",
            ]
        )
        ids["question"] = repaired.json["questions"]?.items.first?["id"]?.text ?? ""
        try await ask("GET /locations/{location}/repair-questions", query: "?status=open")
        let link = try await ask("POST /locations/{location}/repair-questions/{question}/link", [:])
        try await ask("POST /repair-answers", ["token": link.json["token"] ?? .null, "accepted": true], token: "")
    }

    /// An appointment of the same person at south.
    private func elsewhere() async throws -> JSON {
        func made(_ path: String, _ body: JSON) async throws -> JSON {
            let answer = try await clinic.send("owner", "POST", clinic.path(clinic.south, path), body: body)
            #expect(answer.status == 201, "\(path) answered \(answer.status) \(answer.text)")
            return .string(answer.id)
        }
        let person: JSON = ["given_name": "Ada", "family_name": "Lovelace", "birth_date": "1990-04-01"]
        let appointment = try await made(
            "appointments",
            [
                "patient_id": try await made("patients", ["person": person]),
                "type_id": try await made("appointment-types", ["name": "Visit at south", "minutes": 30]),
                "provider_id": try await made("providers", ["given_name": "Hugo", "family_name": "Lind"]), "day": .string(day(90)),
                "time": "10:00",
            ]
        )
        return ["location_id": .string(clinic.south.id.description), "appointment_id": appointment]
    }

    /// The id of the one that is left.
    private func entries() async throws -> String {
        let body: JSON = [
            "patient_id": id("patient"), "type_ids": [id("type")], "provider_ids": [id("provider")],
            "windows": [["weekdays": [1, 2, 3, 4, 5, 6, 7], "from_time": "08:00", "until_time": "18:00"]], "urgency": 2,
            "release_later": true, "note": "Mornings are best",
        ]
        try await ask("POST /locations/{location}/waitlist-entries", body, made: "entry")
        try await ask("GET /locations/{location}/waitlist-entries")
        let one = try await ask("GET /locations/{location}/waitlist-entries/{entry}")
        let changed = try await ask(
            "PATCH /locations/{location}/waitlist-entries/{entry}",
            ["urgency": 1, "release_elsewhere": try await elsewhere()],
            version: one.etag
        )
        try await ask("DELETE /locations/{location}/waitlist-entries/{entry}", version: changed.etag)
        return try await clinic.send("owner", "POST", clinic.path(clinic.north, "waitlist-entries"), body: body).id
    }
}
