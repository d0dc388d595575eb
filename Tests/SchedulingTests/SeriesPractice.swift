import Assembly
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// A practice whose suites book series over years: each test has a provider and a patient of its own.
enum Serial {
    static let shared = Task { try await Practice(TestClinic.open()) }
}

extension Practice {
    func newPatient(_ name: String) async throws -> String {
        try await make(
            "patients",
            ["person": ["given_name": .string(name), "family_name": "Serial", "birth_date": "1980-01-01"]],
            by: "front_desk"
        ).id
    }

    func seriesBody(_ patient: String, _ provider: String, _ rule: String, _ day: Day, _ time: String, _ more: [(String, JSON)] = [])
        -> JSON
    {
        .object(
            [
                (key: "patient_id", value: .string(patient)), (key: "type_id", value: .string(visit)),
                (key: "provider_id", value: .string(provider)), (key: "rule", value: .string(rule)),
                (key: "start_day", value: .string(day.description)), (key: "time", value: .string(time)),
            ] + more.map { (key: $0.0, value: $0.1) }
        )
    }

    func preview(_ body: JSON) async throws -> TestAnswer {
        try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "series-previews"), body: body)
    }

    func bookSeries(_ body: JSON) async throws -> TestAnswer {
        try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "series"), body: body)
    }

    /// All appointments of a series, by their starts.
    func appointments(of series: String) async throws -> [JSON] {
        var items: [JSON] = []
        var cursor = ""
        repeat {
            let answer = try await clinic.send(
                "front_desk",
                "GET",
                clinic.path(clinic.north, "series/\(series)/appointments?limit=200") + cursor
            )
            try #require(answer.status == 200, "\(answer.text)")
            items += answer.json["items"]?.items ?? []
            cursor = answer.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return items
    }

    /// The first day from a day on whose clocks do something to this time.
    func oddDay(from day: Day, _ time: String, _ isOdd: (WallClockReading) -> Bool) throws -> Day {
        let time = try #require(TimeOfDay(time))
        return try #require((0..<400).lazy.map { day.adding(days: $0) }.first { isOdd(clinic.north.rules.read($0, time)) })
    }
}

extension TestAnswer {
    /// The ordinals of a table's rows in a state.
    func ordinals(_ state: String) -> [Int] {
        json["occurrences"]?.items.filter { $0["state"]?.text == state }.compactMap { $0["ordinal"]?.integer } ?? []
    }
}
