import Assembly
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// A practice whose suites set hours, closures and blocks: each test has providers and days of its own.
enum Ruled {
    static let shared = Task { try await Practice(TestClinic.open()) }
}

extension Practice {
    func make(_ path: String, _ body: JSON, by name: String = "location_manager") async throws -> TestAnswer {
        let answer = try await clinic.send(name, "POST", clinic.path(clinic.north, path), body: body)
        try #require(answer.status == 201, "\(path) answered \(answer.status) \(answer.text)")
        return answer
    }

    /// A provider of the test's own.
    func newProvider(_ name: String) async throws -> String {
        try await make("providers", ["given_name": "Dr", "family_name": .string(name)]).id
    }

    func newType(_ name: String, _ more: [(key: String, value: JSON)] = []) async throws -> String {
        try await make(
            "appointment-types",
            .object(
                [("name", .string(name)), ("minutes", 30)].filter { member in !more.contains { $0.key == member.0 } }.map {
                    (key: $0.0, value: $0.1)
                } + more
            )
        ).id
    }

    /// Working hours on the day's weekday.
    @discardableResult
    func works(_ resource: String, _ day: Day, _ from: String, _ until: String) async throws -> TestAnswer {
        try await make(
            "weekly-hours",
            [
                "resource_id": .string(resource), "weekday": .integer(day.weekday), "from": .string(from), "until": .string(until),
                "from_day": .string(day.description), "through_day": .string(day.description),
            ]
        )
    }

    func block(_ resource: String, _ day: Day, _ from: String, _ until: String) async throws -> TestAnswer {
        try await make(
            "blocks",
            [
                "resource_id": .string(resource), "starts_at": .string(moment(day, from)), "ends_at": .string(moment(day, until)),
                "reason_code": "team_meeting",
            ],
            by: "front_desk"
        )
    }

    func moment(_ day: Day, _ time: String) -> String { clinic.north.rules.first(day, TimeOfDay(time) ?? .midnight).description }

    func explain(_ day: Day, _ time: String, _ more: [(key: String, value: JSON)] = [], by name: String = "front_desk") async throws
        -> TestAnswer
    {
        let known: [(key: String, value: JSON)] = [
            ("type_id", .string(visit)), ("provider_id", .string(provider)), ("day", .string(day.description)), ("time", .string(time)),
        ]
        let answer = try await clinic.send(
            name,
            "POST",
            clinic.path(clinic.north, "explanations"),
            body: .object(known.filter { member in !more.contains { $0.key == member.key } } + more)
        )
        #expect(answer.status == 200, "\(answer.text)")
        return answer
    }

    func openings(_ body: JSON, by name: String = "front_desk") async throws -> TestAnswer {
        try await clinic.send(name, "POST", clinic.path(clinic.north, "openings"), body: body)
    }
}

extension TestAnswer {
    /// The rules that an explanation or a refusal names.
    var rules: [String] { json["obstacles"]?.items.compactMap { $0["rule"]?.text } ?? [] }
}
