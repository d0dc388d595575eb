import Assembly
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Series that change")
struct SeriesEditTests {
    private func patch(_ practice: Practice, _ series: String, _ version: Int, _ body: JSON) async throws -> TestAnswer {
        try await practice.clinic.send(
            "front_desk",
            "PATCH",
            practice.clinic.path(practice.clinic.north, "series/\(series)"),
            body: body,
            headers: ["If-Match": "\"\(version)\""]
        )
    }

    private func times(_ practice: Practice, _ series: String) async throws -> [String] {
        try await practice.appointments(of: series).compactMap { $0["time"]?.text }
    }

    @Test("this one, this and the following, or all are moved on the wall clock; what they have themselves is no obstacle")
    func moved() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Moves"), try await practice.newPatient("Moves"))
        let series = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=WEEKLY;COUNT=5", Practice.day(200), "09:00")
        )
        #expect(series.status == 201, "\(series.text)")
        let one = try await patch(practice, series.id, 1, ["scope": "this", "ordinal": 2, "time": "13:00"])
        #expect(one.status == 200 && one.etag == "\"2\"", "\(one.text)")
        #expect(try await times(practice, series.id) == ["09:00", "13:00", "09:00", "09:00", "09:00"])
        #expect(try await patch(practice, series.id, 1, ["scope": "all", "time": "10:00"]).status == 412)
        let rest = try await patch(practice, series.id, 2, ["scope": "following", "ordinal": 4, "time": "09:15"])
        #expect(rest.json["changed_ids"]?.items.count == 2, "\(rest.text)")
        // Each by a week: every one goes where another is, or was.
        let all = try await patch(practice, series.id, 3, ["scope": "all", "days": 7, "time": "09:10"])
        #expect(all.status == 200 && all.json["changed_ids"]?.items.count == 5, "\(all.text)")
        #expect(try await times(practice, series.id) == Array(repeating: "09:10", count: 5))
        #expect(all.json["series"]?["time"]?.text == "09:10")
        let history = try await practice.clinic.send(
            "front_desk",
            "GET",
            "\(practice.path)/\(series.json["occurrences"]?.items[1]["appointment_id"]?.text ?? "")/changes"
        )
        #expect(history.json["items"]?.items.compactMap { $0["step"]?.text } == ["book", "move", "move"], "\(history.text)")
        #expect(try await patch(practice, series.id, 4, ["scope": "all"]).code == "nothing_to_change")
        #expect(
            try await patch(practice, series.id, 4, ["scope": "this", "time": "10:00"]).json["errors"]?.items.first?["code"]?.text
                == "required"
        )
    }

    @Test("a series is moved neither into the past nor further than anything may be booked")
    func bounds() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Bounds"), try await practice.newPatient("Bounds"))
        let clinic = practice.clinic
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        func move(_ first: Day, _ days: Int) async throws -> TestAnswer {
            let series = try await practice.bookSeries(practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=2", first, "09:00"))
            #expect(series.status == 201, "\(series.text)")
            return try await patch(practice, series.id, 1, ["scope": "all", "days": .integer(days)])
        }
        let early = try await move(today.adding(days: 5), -31)
        #expect(early.status == 422 && early.json["errors"]?.items.first?["code"]?.text == "too_early", "\(early.text)")
        let late = try await move(today.adding(days: 5 * 366 - 2), 31)
        #expect(late.status == 422 && late.json["errors"]?.items.first?["code"]?.text == "too_late", "\(late.text)")
        #expect(try await move(today.adding(days: 10), -1).status == 200)
    }

    @Test("one that cannot be moved stops all, or stays where it is and in the way of the others")
    func stays() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Stays"), try await practice.newPatient("Stays"))
        let first = Practice.day(250)
        let series = try await practice.bookSeries(practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=3", first, "09:00"))
        _ = try await practice.booked(patient: 1, first.adding(days: 3), "09:00", [("provider_id", .string(provider))])
        // By a day: the third has no place, so it stays, so the second has none, so the first has none.
        let refused = try await patch(practice, series.id, 1, ["scope": "all", "days": 1])
        #expect(refused.code == "series_not_bookable" && refused.json["refused"]?.integer == 1, "\(refused.text)")
        let chained = try await patch(practice, series.id, 1, ["scope": "all", "days": 1, "on_conflict": "skip"])
        #expect(chained.code == "series_not_bookable", "\(chained.text)")
        _ = try await practice.booked(patient: 1, first.adding(days: 2), "11:00", [("provider_id", .string(provider))])
        let later = try await patch(practice, series.id, 1, ["scope": "all", "time": "11:00", "on_conflict": "skip"])
        #expect(later.json["left"]?.items.compactMap { $0["ordinal"]?.integer } == [3], "\(later.text)")
        #expect(try await times(practice, series.id) == ["11:00", "11:00", "09:00"])
        #expect(try await practice.appointments(of: series.id).count == 3)
    }

    @Test(
        "of a year of days each is in the way of the one before: one that cannot move keeps those back as far as a gap, and nobody waits long"
    )
    func chain() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Chain"), try await practice.newPatient("Chain"))
        let first = Practice.day(600)
        let gap: JSON = .array([.string(first.adding(days: 100).description)])
        let series = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=366", first, "09:00", [("exceptions", gap)])
        )
        #expect(series.status == 201, "\(series.text)")
        _ = try await practice.block(provider, first.adding(days: 366), "08:00", "12:00")
        let watch = Stopwatch()
        async let patched = patch(practice, series.id, 1, ["scope": "all", "days": 1, "on_conflict": "skip"])
        let booked = try await practice.book(patient: 1, first.adding(days: 300), "15:00", [("provider_id", .string(provider))])
        let waited = watch.elapsed
        let moved = try await patched
        print("series: moved after \(watch.elapsed), booked beside it after \(waited)")
        #expect(booked.status == 201, "\(booked.text)")
        #expect(moved.status == 200, "\(moved.status) \(moved.text.prefix(500))")
        #expect(moved.json["changed_ids"]?.items.count == 100)
        #expect(moved.json["left"]?.items.compactMap { $0["ordinal"]?.integer } == Array(101...365))
        // As generous as a debug build needs.
        #expect(watch.elapsed < .seconds(8) && waited < .seconds(8))
    }

    @Test("cancelling this and the following frees their time and leaves those before; what is over is not cancelled twice")
    func cancelled() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Ends"), try await practice.newPatient("Ends"))
        let first = Practice.day(300)
        let series = try await practice.bookSeries(practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=4", first, "09:00"))
        func cancel(_ body: JSON) async throws -> TestAnswer {
            try await practice.clinic.send(
                "front_desk",
                "POST",
                practice.clinic.path(practice.clinic.north, "series/\(series.id)/cancellation"),
                body: body
            )
        }
        let answer = try await cancel(["scope": "following", "ordinal": 3, "reason_code": "patient_moved"])
        #expect(answer.status == 200 && answer.json["changed_ids"]?.items.count == 2, "\(answer.text)")
        let states = try await practice.appointments(of: series.id).compactMap { $0["status"]?.text }
        #expect(states == ["booked", "booked", "cancelled", "cancelled"])
        #expect(try await practice.book(patient: 1, first.adding(days: 2), "09:00", [("provider_id", .string(provider))]).status == 201)
        #expect(try await cancel(["scope": "this", "ordinal": 4, "reason_code": "patient_moved"]).code == "series_over")
        #expect(
            try await cancel(["scope": "all", "ordinal": 4, "reason_code": "x"]).json["errors"]?.items.first?["code"]?.text == "unwanted"
        )
    }
}
