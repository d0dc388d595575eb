import Assembly
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Series that change their provider and rooms")
struct SeriesCastTests {
    private func patch(_ practice: Practice, _ series: String, _ version: Int, _ body: [(key: String, value: JSON)]) async throws
        -> TestAnswer
    {
        try await practice.clinic.send(
            "front_desk",
            "PATCH",
            practice.clinic.path(practice.clinic.north, "series/\(series)"),
            body: .object(body),
            headers: ["If-Match": "\"\(version)\""]
        )
    }

    private func providers(_ practice: Practice, _ series: String) async throws -> [String] {
        try await practice.appointments(of: series).compactMap { $0["provider_id"]?.text }
    }

    @Test("this and the following go to another provider at their times, all get a room: what they had is free, what they have is not")
    func changed() async throws {
        let practice = try await Serial.shared.value
        let (old, new) = (try await practice.newProvider("Leaving"), try await practice.newProvider("Coming"))
        let patient = try await practice.newPatient("Handed Over")
        let room = try await practice.make("resources", ["kind": "room", "name": "Room of a series"]).id
        let first = Practice.day(1010)
        let series = try await practice.bookSeries(practice.seriesBody(patient, old, "FREQ=WEEKLY;COUNT=4", first, "09:00"))
        #expect(series.status == 201, "\(series.text)")
        let rest = try await patch(
            practice,
            series.id,
            1,
            [("scope", "following"), ("ordinal", 3), ("provider_id", .string(new))]
        )
        #expect(rest.status == 200 && rest.json["changed_ids"]?.items.count == 2, "\(rest.text)")
        // As a whole it is still what was asked for.
        #expect(rest.json["series"]?["provider_id"]?.text == old)
        #expect(try await providers(practice, series.id) == [old, old, new, new])
        let third = first.adding(days: 14)
        #expect(try await practice.book(patient: 1, third, "09:00", [("provider_id", .string(new))]).code == "slot_taken")
        #expect(try await practice.book(patient: 1, third, "09:00", [("provider_id", .string(old))]).status == 201)

        let all = try await patch(
            practice,
            series.id,
            2,
            [("scope", "all"), ("provider_id", .string(new)), ("resource_ids", [.string(room)]), ("time", "10:00")]
        )
        #expect(all.status == 200 && all.json["changed_ids"]?.items.count == 4, "\(all.text)")
        #expect(all.json["series"]?["provider_id"]?.text == new && all.json["series"]?["resource_ids"] == [.string(room)])
        let appointments = try await practice.appointments(of: series.id)
        #expect(appointments.allSatisfy { $0["provider_id"]?.text == new && $0["time"]?.text == "10:00" }, "\(appointments)")
        #expect(appointments.allSatisfy { $0["resources"]?.items.first?["id"]?.text == room })
        let blocked = try await practice.book(
            patient: 1,
            first,
            "10:15",
            [("provider_id", .string(old)), ("resource_ids", [.string(room)])]
        )
        #expect(blocked.code == "slot_taken")
        let history = try await practice.clinic.send(
            "front_desk",
            "GET",
            "\(practice.path)/\(series.json["occurrences"]?.items[3]["appointment_id"]?.text ?? "")/changes"
        )
        #expect(history.json["items"]?.items.map { $0["previous"]?["provider_id"]?.text } == [nil, old, nil], "\(history.text)")
    }

    @Test("one whose new provider is busy stays with the old one, and a provider who may not or is nobody here takes none")
    func refused() async throws {
        let practice = try await Serial.shared.value
        let (old, new) = (try await practice.newProvider("Staying"), try await practice.newProvider("Busy"))
        let patient = try await practice.newPatient("Refused")
        let first = Practice.day(1020)
        let type = try await practice.newType("By one alone", [("performers", [.string(old)])])
        let series = try await practice.bookSeries(practice.seriesBody(patient, old, "FREQ=DAILY;COUNT=3", first, "09:00"))
        #expect(series.status == 201, "\(series.text)")
        _ = try await practice.booked(patient: 1, first.adding(days: 1), "09:15", [("provider_id", .string(new))])
        let body: [(key: String, value: JSON)] = [("scope", "all"), ("provider_id", .string(new))]
        let refused = try await patch(practice, series.id, 1, body)
        #expect(refused.code == "series_not_bookable" && refused.ordinals("conflict") == [2], "\(refused.text)")
        let left = try await patch(practice, series.id, 1, body + [("on_conflict", "skip")])
        #expect(left.json["left"]?.items.compactMap { $0["ordinal"]?.integer } == [2], "\(left.text)")
        #expect(try await providers(practice, series.id) == [new, old, new])

        let nobody = try await patch(practice, series.id, 2, [("scope", "all"), ("provider_id", .string(practice.patients[0]))])
        #expect(nobody.status == 422 && nobody.json["errors"]?.items.first?["pointer"]?.text == "/provider_id", "\(nobody.text)")
        var special = practice.seriesBody(patient, old, "FREQ=DAILY;COUNT=2", first.adding(days: 5), "09:00")
        if case .object(let members) = special {
            special = .object(members.map { $0.key == "type_id" ? (key: $0.key, value: .string(type)) : $0 })
        }
        let alone = try await practice.bookSeries(special)
        #expect(alone.status == 201, "\(alone.text)")
        let forbidden = try await patch(practice, alone.id, 1, body)
        #expect(forbidden.code == "series_not_bookable" && forbidden.ordinals("refused") == [1, 2], "\(forbidden.text)")
        #expect(try await providers(practice, alone.id) == [old, old])
    }
}
