import Access
import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Series that shift to other days")
struct SeriesShiftTests {
    private let shift: (String, JSON) = ("on_conflict", "shift")

    private func away(_ practice: Practice, _ provider: String, _ first: Day, _ last: Day) async throws {
        _ = try await practice.make(
            "dated-hours",
            [
                "resource_id": .string(provider), "from_day": .string(first.description), "through_day": .string(last.description),
                "reason": "Holiday", "hours": [],
            ]
        )
    }

    private func places(_ items: [JSON]) -> [String] { items.map { "\($0["day"]?.text ?? "") \($0["time"]?.text ?? "")" } }

    @Test("a day off shifts to the neighbouring day at the same time on the clocks, as the table said, and a fortnight off is not shifted")
    func shifted() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Away"), try await practice.newPatient("Away"))
        let first = Practice.day(1000)
        let second = first.adding(days: 7)
        try await away(practice, provider, second, second)
        // The day before has that time taken, so it keeps the time worse than the day after.
        _ = try await practice.booked(patient: 1, second.adding(days: -1), "09:00", [("provider_id", .string(provider))])
        let body = practice.seriesBody(patient, provider, "FREQ=WEEKLY;COUNT=3", first, "09:00", [shift])
        let looked = try await practice.preview(practice.seriesBody(patient, provider, "FREQ=WEEKLY;COUNT=3", first, "09:00"))
        #expect(looked.ordinals("closed") == [2], "\(looked.text)")
        let third = second.adding(days: 1)
        #expect(looked.json["occurrences"]?.items[1]["proposed"]?["starts_at"]?.text == practice.moment(third, "09:00"))
        let booked = try await practice.bookSeries(body)
        #expect(booked.status == 201, "\(booked.text)")
        #expect(booked.json["occurrences"]?.items.compactMap { $0["outcome"]?.text } == ["booked", "shifted", "booked"])
        #expect(
            places(try await practice.appointments(of: booked.id)) == [first, third, first.adding(days: 14)].map { "\($0) 09:00" }
        )
        #expect(try await practice.book(patient: 1, third, "09:15", [("provider_id", .string(provider))]).code == "slot_taken")

        let later = first.adding(days: 40)
        try await away(practice, provider, later.adding(days: -7), later.adding(days: 7))
        let full = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=MONTHLY;COUNT=1", later, "09:00", [shift])
        )
        #expect(full.code == "series_not_bookable" && full.ordinals("closed") == [1], "\(full.text)")
        #expect(full.json["occurrences"]?.items.first?["proposed"] == .null)
    }

    @Test("what others have on the days around is not taken from them, nor is a day that the series leaves out")
    func taken() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Around"), try await practice.newPatient("Around"))
        let first = Practice.day(1060)
        try await away(practice, provider, first, first)
        for day in [first.adding(days: -1), first.adding(days: 2)] { _ = try await practice.block(provider, day, "00:00", "23:59") }
        let excepted: (String, JSON) = ("exceptions", [.string(first.adding(days: 1).description)])
        let extra: (String, JSON) = ("extra_days", [.string(first.adding(days: 20).description)])
        _ = try await practice.booked(patient: 1, first.adding(days: -2), "10:00", [("provider_id", .string(provider))])
        let booked = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=2", first, "10:00", [shift, excepted, extra])
        )
        #expect(booked.status == 201, "\(booked.text)")
        // Half an hour earlier is as near as half an hour later, and earlier.
        #expect(
            places(try await practice.appointments(of: booked.id))
                == ["\(first.adding(days: -2)) 09:30", "\(first.adding(days: 20)) 10:00"]
        )
    }

    @Test("one of a series that is moved to a day off goes to the day beside it, but never past another one of the series")
    func moved() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Beside"), try await practice.newPatient("Beside"))
        let first = Practice.day(1100)
        let series = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=WEEKLY;COUNT=3", first, "09:00")
        )
        #expect(series.status == 201, "\(series.text)")
        func move(_ version: Int, _ days: Int) async throws -> TestAnswer {
            try await practice.clinic.send(
                "front_desk",
                "PATCH",
                practice.clinic.path(practice.clinic.north, "series/\(series.id)"),
                body: ["scope": "this", "ordinal": 2, "days": .integer(days), "time": "11:00", "on_conflict": "shift"],
                headers: ["If-Match": "\"\(version)\""]
            )
        }
        try await away(practice, provider, first.adding(days: 10), first.adding(days: 10))
        let one = try await move(1, 3)
        #expect(one.status == 200, "\(one.text)")
        #expect(places(try await practice.appointments(of: series.id))[1] == "\(first.adding(days: 9)) 11:00")
        // From there by four days to the day before the last one: what is left of that week is off.
        try await away(practice, provider, first.adding(days: 11), first.adding(days: 13))
        try await away(practice, provider, first.adding(days: 7), first.adding(days: 9))
        let last = try await move(2, 4)
        #expect(last.status == 409 && last.code == "series_not_bookable", "\(last.text)")
        #expect(places(try await practice.appointments(of: series.id))[1] == "\(first.adding(days: 9)) 11:00")
    }

    @Test("forty weeks that are all off cost as many flights as two: one more for each look than a series that is free")
    func flights() async throws {
        let practice = try await Serial.shared.value
        let clinic = practice.clinic
        let (provider, patient) = (try await practice.newProvider("Mondays"), try await practice.newPatient("Mondays"))
        for (count, day) in [(2, 1000), (40, 1050)] {
            let first = Practice.day(day)
            for week in 0..<count { try await away(practice, provider, first.adding(days: 7 * week), first.adding(days: 7 * week)) }
            var body = SeriesBody()
            body.patient = try #require(PatientID(patient))
            body.type = try #require(AppointmentTypeID(practice.visit))
            body.provider = try #require(ProviderID(provider))
            body.rule = "FREQ=WEEKLY;COUNT=\(count)"
            body.startDay = first
            body.time = try #require(TimeOfDay("14:00"))
            body.choice = .shift
            let booking = BookSeries(body: body, tenancy: clinic.services.tenancy)
            let counter = FlightCounter()
            let caller = Caller.system("tests", requestID: clinic.services.ambient.id(EventID.self).uuid)
            let series = try await FlightCounter.$current.withValue(counter) {
                try await clinic.services.tenancy.work(clinic.north, by: caller, ambient: clinic.services.ambient, wake: nil, booking.run)
            }
            #expect(counter.count == 6)
            #expect(series.entries.count == count && series.entries.allSatisfy { $0.outcome == .shifted })
        }
    }
}
