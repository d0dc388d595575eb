import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

extension Practice {
    /// What is out, as a proposal is asked for it; nil is everything.
    func outage(_ resource: String?, _ day: Day, _ from: String, _ until: String, _ more: [(key: String, value: JSON)] = []) -> JSON {
        .object(
            [
                ("resource_id", resource.map(JSON.string) ?? .null), ("starts_at", .string(moment(day, from))),
                ("ends_at", .string(moment(day, until))),
            ] + more
        )
    }

    /// The same as a block.
    func absence(_ resource: String?, _ day: Day, _ from: String, _ until: String, reason: String = "absence") -> JSON {
        outage(resource, day, from, until, [("reason_code", .string(reason))])
    }

    func proposal(_ day: Day, _ outages: [JSON]) async throws -> JSON {
        let answer = try await clinic.send(
            "front_desk",
            "POST",
            clinic.path(clinic.north, "repair-proposals"),
            body: ["day": .string(day.description), "outages": .array(outages)]
        )
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    /// What a proposal would move, as a repair takes it.
    func moves(_ proposal: JSON) -> JSON {
        .array(
            (proposal["items"]?.items ?? []).compactMap { item in
                guard let to = item["to"], item["verdict"]?.text == "moved" else { return nil }
                return [
                    "appointment_id": item["appointment_id"] ?? .null, "version": item["version"] ?? .null,
                    "starts_at": to["starts_at"] ?? .null, "provider_id": to["provider_id"] ?? .null,
                    "resource_ids": to["resource_ids"] ?? .null,
                ]
            }
        )
    }

    /// One move of somebody who is booked.
    func move(_ booked: TestAnswer, to provider: String, at start: String? = nil) -> JSON {
        [
            "appointment_id": .string(booked.id), "version": booked.json["version"] ?? .null,
            "starts_at": start.map(JSON.string) ?? booked.json["starts_at"] ?? .null, "provider_id": .string(provider),
            "resource_ids": [],
        ]
    }

    func repair(_ body: [(key: String, value: JSON)], token: String? = nil) async throws -> TestAnswer {
        let bearer: String = if let token { token } else { try await clinic.token("front_desk") }
        return try await clinic.http.send("POST", clinic.path(clinic.north, "repairs"), token: bearer, body: .object(body))
    }

    /// What the database tells in one number, such as of queue and trail.
    func count(_ statement: Statement) async throws -> Int {
        try await clinic.services.tenancy.read(clinic.north, statement).first?.value(0, as: Int.self) ?? 0
    }
}

/// What patients are asked when a repair moves them.
extension Practice {
    /// Books at ten with a provider of its own, and repairs that with the colleague at the same time: what the patient is asked.
    func asked(patient: Int = 0, _ day: Day, _ name: String, confirmed: Bool = false) async throws -> (question: JSON, booked: TestAnswer) {
        var booked = try await booked(patient: patient, day, "10:00", [("provider_id", .string(try await newProvider(name)))])
        if confirmed { booked = try await step(booked.id, "confirmation") }
        let colleague = try await newProvider(name + " Other")
        let applied = try await repair([("moves", [move(booked, to: colleague)]), ("patients", "asked")])
        try #require(applied.status == 201, "\(applied.text)")
        return (try #require(applied.json["questions"]?.items.first), booked)
    }

    func link(_ question: JSON) async throws -> TestAnswer {
        let path = clinic.path(clinic.north, "repair-questions/\(question["id"]?.text ?? "")/link")
        return try await clinic.send("front_desk", "POST", path, body: [:])
    }

    func token(_ question: JSON) async throws -> String {
        let made = try await link(question)
        return try #require(made.json["token"]?.text, "\(made.text)")
    }

    /// As the patient does it: with nothing but the link.
    func answer(_ token: String, _ accepted: Bool) async throws -> TestAnswer {
        try await clinic.http.send("POST", "/v1/repair-answers", body: ["token": .string(token), "accepted": .bool(accepted)])
    }

    /// As staff see it.
    func question(_ asked: JSON, status: String? = nil) async throws -> JSON? {
        let appointment = asked["appointment_id"]?.text ?? ""
        let path = clinic.path(clinic.north, "repair-questions?appointment_id=\(appointment)" + (status.map { "&status=\($0)" } ?? ""))
        let answer = try await clinic.send("front_desk", "GET", path)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["items"]?.items.first { $0["id"] == asked["id"] }
    }

    /// The members of the events of a name about a question.
    func told(_ name: String, _ question: JSON) async throws -> [String] {
        try await clinic.services.tenancy.queueRead(
            clinic.north.database,
            """
            select members::text from queue.event where name = \(name) and members->>'question' = \(question["id"]?.text ?? "")
            order by created_at, id
            """
        ).decode((String).self)
    }
}
