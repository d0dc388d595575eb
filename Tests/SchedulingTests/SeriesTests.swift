import Access
import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Series")
struct SeriesTests {
    @Test("a weekly series of two years with planted conflicts reports exactly those, and skip books all the others at the same wall clock")
    func planted() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Weekly"), try await practice.newPatient("Weekly"))
        let first = Practice.day(0)
        let body = practice.seriesBody(patient, provider, "FREQ=WEEKLY;COUNT=104", first, "09:00")
        let free = try await practice.preview(body)
        #expect(free.status == 200, "\(free.text)")
        #expect(free.json["free"]?.integer == 104)

        // Three that somebody has, one only by minutes at its end, one whose provider is blocked.
        let planted = [3, 40, 104]
        for ordinal in planted {
            let day = first.adding(days: 7 * (ordinal - 1))
            _ = try await practice.booked(day, ordinal == 40 ? "09:25" : "09:00", [("provider_id", .string(provider))])
        }
        _ = try await practice.block(provider, first.adding(days: 7 * 59), "08:00", "12:00")
        let looked = try await practice.preview(body)
        #expect(looked.ordinals("conflict") == planted)
        #expect(looked.ordinals("closed") == [60])
        #expect(looked.ordinals("free").count == 100)
        let third = looked.json["occurrences"]?.items[2]
        #expect(third?["obstacles"]?.items.first?["rule"]?.text == "occupied")
        let nearest = practice.clinic.north.rules.first(first.adding(days: 14), try #require(TimeOfDay("08:30")))
        #expect(third?["proposed"]?["starts_at"]?.text == nearest.description)

        let refused = try await practice.bookSeries(body)
        #expect(refused.status == 409 && refused.code == "series_not_bookable", "\(refused.text)")
        #expect(refused.json["refused"]?.integer == 4 && refused.ordinals("conflict") == planted)

        let booked = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=WEEKLY;COUNT=104", first, "09:00", [("on_conflict", "skip"), ("note", "Physio")])
        )
        #expect(booked.status == 201, "\(booked.text)")
        let entries = booked.json["occurrences"]?.items ?? []
        #expect(entries.filter { $0["outcome"]?.text == "skipped" }.compactMap { $0["ordinal"]?.integer } == [3, 40, 60, 104])
        let appointments = try await practice.appointments(of: booked.id)
        #expect(appointments.count == 100)
        #expect(appointments.allSatisfy { $0["time"]?.text == "09:00" && $0["minutes"]?.integer == 30 && $0["note"]?.text == "Physio" })
        // Daylight saving lies between: the instants' distance is not always a week.
        #expect(Set(appointments.compactMap { $0["starts_at"]?.text?.dropFirst(10) }).count == 2)
        // Nothing of it can be booked over.
        #expect(try await practice.book(patient: 1, first, "09:15", [("provider_id", .string(provider))]).code == "slot_taken")
        let again = try await practice.clinic.send("front_desk", "GET", practice.clinic.path(practice.clinic.north, "series/\(booked.id)"))
        #expect(again.json["occurrences"]?.items.count == 104 && again.etag == "\"1\"")
        let list = try await practice.clinic.send(
            "front_desk",
            "GET",
            practice.clinic.path(practice.clinic.north, "series?patient_id=\(patient)")
        )
        #expect(list.json["items"]?.items.count == 1)
    }

    @Test("shift moves what is taken to the nearest opening of its day; without one, and with no day between the others, nothing is booked")
    func shifted() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Shift"), try await practice.newPatient("Shift"))
        let first = Practice.day(10)
        _ = try await practice.booked(patient: 1, first.adding(days: 1), "10:00", [("provider_id", .string(provider))])
        let body = practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=3", first, "10:00", [("on_conflict", "shift")])
        let booked = try await practice.bookSeries(body)
        #expect(booked.status == 201, "\(booked.text)")
        #expect(booked.json["occurrences"]?.items.compactMap { $0["outcome"]?.text } == ["booked", "shifted", "booked"])
        #expect(try await practice.appointments(of: booked.id).compactMap { $0["time"]?.text } == ["10:00", "09:30", "10:00"])
        _ = try await practice.block(provider, first.adding(days: 31), "00:00", "23:59")
        let full = try await practice.bookSeries(
            practice.seriesBody(patient, provider, "FREQ=DAILY;COUNT=3", first.adding(days: 30), "10:00", [("on_conflict", "shift")])
        )
        #expect(full.code == "series_not_bookable" && full.ordinals("closed") == [2], "\(full.text)")
        #expect(try await practice.book(first.adding(days: 30), "10:00", [("provider_id", .string(provider))]).status == 201)
    }

    @Test("what the clocks skip or show twice is said, refused by all or nothing, and shifted to the moment nearest")
    func clocks() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Clock"), try await practice.newPatient("Clock"))
        let spring = try practice.oddDay(from: Practice.day(20), "02:30") { if case .skipped = $0 { true } else { false } }
        let autumn = try practice.oddDay(from: Practice.day(20), "01:30") { if case .repeated = $0 { true } else { false } }
        for (day, time, clock) in [(spring, "02:30", "skipped"), (autumn, "01:30", "repeated")] {
            let rule = "FREQ=DAILY;COUNT=3"
            let body = practice.seriesBody(patient, provider, rule, day.adding(days: -1), time)
            let looked = try await practice.preview(body)
            #expect(looked.json["occurrences"]?.items.compactMap { $0["clock"]?.text } == ["plain", clock, "plain"], "\(looked.text)")
            #expect(looked.ordinals("clock") == [2])
            #expect(try await practice.bookSeries(body).code == "series_not_bookable")
            let booked = try await practice.bookSeries(
                practice.seriesBody(patient, provider, rule, day.adding(days: -1), time, [("on_conflict", "shift")])
            )
            #expect(booked.json["occurrences"]?.items[1]["outcome"]?.text == "shifted", "\(booked.text)")
            let times = try await practice.appointments(of: booked.id).compactMap { $0["time"]?.text }
            #expect(times == [time, clock == "skipped" ? "03:00" : time, time])
        }
    }

    @Test("a rule that never ends, repeats within a day, is too long or begins elsewhere has a code of its own, and nothing is booked")
    func refused() async throws {
        let practice = try await Serial.shared.value
        let (provider, patient) = (try await practice.newProvider("Bad"), try await practice.newPatient("Bad"))
        let day = Practice.day(30)
        let other = day.weekday == 1 ? "TU" : "MO"
        for (rule, code) in [
            ("FREQ=WEEKLY", "rule_unending"), ("FREQ=SECONDLY;COUNT=5", "frequency_unsupported"),
            ("FREQ=DAILY;COUNT=367", "too_many_occurrences"), ("FREQ=WEEKLY;COUNT=4;BYDAY=" + other, "start_not_occurrence"),
            ("FREQ=", "rule_malformed"),
        ] {
            for answer in [
                try await practice.preview(practice.seriesBody(patient, provider, rule, day, "09:00")),
                try await practice.bookSeries(practice.seriesBody(patient, provider, rule, day, "09:00")),
            ] {
                #expect(answer.status == 422 && answer.code == code, "\(rule) answered \(answer.status) \(answer.text)")
            }
        }
        let late = practice.seriesBody(patient, provider, "FREQ=YEARLY;COUNT=6", day, "09:00")
        #expect(try await practice.preview(late).json["errors"]?.items.first?["code"]?.text == "too_late")
        let unknown = practice.seriesBody(practice.provider, provider, "FREQ=DAILY;COUNT=2", day, "09:00")
        #expect(try await practice.bookSeries(unknown).json["errors"]?.items.first?["pointer"]?.text == "/patient_id")
    }

    @Test("two years of weeks cost as many flights as two weeks")
    func flights() async throws {
        let practice = try await Serial.shared.value
        let clinic = practice.clinic
        let (provider, patient) = (try await practice.newProvider("Flights"), try await practice.newPatient("Flights"))
        for (count, day) in [(2, 50), (104, 51)] {
            var body = SeriesBody()
            body.patient = try #require(PatientID(patient))
            body.type = try #require(AppointmentTypeID(practice.visit))
            body.provider = try #require(ProviderID(provider))
            body.rule = "FREQ=WEEKLY;COUNT=\(count)"
            body.startDay = Practice.day(day)
            body.time = try #require(TimeOfDay("14:00"))
            let booking = BookSeries(body: body, tenancy: clinic.services.tenancy)
            let counter = FlightCounter()
            let caller = Caller.system("tests", requestID: clinic.services.ambient.id(EventID.self).uuid)
            let series = try await FlightCounter.$current.withValue(counter) {
                try await clinic.services.tenancy.work(clinic.north, by: caller, ambient: clinic.services.ambient, wake: nil, booking.run)
            }
            #expect(counter.count == 4)
            #expect(series.entries.count == count)
        }
    }
}
