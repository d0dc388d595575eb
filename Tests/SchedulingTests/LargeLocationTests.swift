import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// Nothing that is read at once is cut without a word: what is beyond a limit is refused by name.
@Suite("Locations larger than most")
struct LargeLocationTests {
    private func run(_ practice: Practice, _ statement: Statement) async throws {
        _ = try await practice.clinic.services.tenancy.transaction(practice.clinic.north) { tx in try await tx.query(statement) }
    }

    /// Providers whose ids and names come before all others'.
    private func hire(_ practice: Practice, _ numbers: ClosedRange<Int>) async throws {
        let (nobody, first, last) = (UUID(high: 0, low: 1), Int32(numbers.lowerBound), Int32(numbers.upperBound))
        try await run(
            practice,
            """
            insert into {location}.resource (id, kind, name, created_at, created_by, updated_at, updated_by)
            select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'provider', 'AAA ' || lpad(n::text, 6, '0'), now(), \(nobody),
                now(), \(nobody)
            from generate_series(\(first), \(last)) n
            """
        )
    }

    /// Types whose names come before all others'.
    private func addTypes(_ practice: Practice, _ count: Int) async throws {
        let nobody = UUID(high: 0, low: 1)
        try await run(
            practice,
            """
            insert into {location}.appointment_type (id, name, minutes, created_at, created_by, updated_at, updated_by)
            select gen_random_uuid(), 'AAA ' || lpad(n::text, 6, '0'), 30, now(), \(nobody), now(), \(nobody)
            from generate_series(1, \(Int32(clamping: count))) n
            """
        )
    }

    /// Visits on a day from nine on, whose time nobody has looked after.
    private func crowd(_ practice: Practice, _ day: Day, _ count: Int) async throws {
        let starts = practice.clinic.north.rules.first(day, try #require(TimeOfDay("09:00")))
        let ids = [practice.patients[0], practice.visit, practice.provider].compactMap { UUID($0) }
        try await run(
            practice,
            """
            insert into {location}.appointment (id, patient_id, type_id, provider_id, starts_at, ends_at, time_zone, wall_day, wall_time, status,
                created_at, created_by, updated_at, updated_by)
            select gen_random_uuid(), \(ids[0]), \(ids[1]), \(ids[2]), \(starts), \(starts.adding(minutes: 30)), 'America/New_York', \(day),
                '09:00', 'booked', now(), \(ids[0]), now(), \(ids[0])
            from generate_series(1, \(Int32(clamping: count)))
            """
        )
    }

    private func board(_ practice: Practice, _ day: Day) async throws -> TestAnswer {
        try await practice.clinic.send("front_desk", "GET", practice.clinic.path(practice.clinic.north, "day-boards/\(day)"))
    }

    private func propose(_ practice: Practice, _ day: Day) async throws -> TestAnswer {
        try await practice.clinic.send(
            "front_desk",
            "POST",
            practice.clinic.path(practice.clinic.north, "repair-proposals"),
            body: ["day": .string(day.description), "outages": [practice.outage(practice.provider, day, "10:00", "10:30")]]
        )
    }

    private func openings(_ practice: Practice, _ day: Day) async throws -> TestAnswer {
        try await practice.openings([
            "type_id": .string(practice.visit), "provider_ids": [.string(practice.provider)], "from_day": .string(day.description),
            "limit": 1,
        ])
    }

    private func imported(_ practice: Practice, _ day: Day, _ time: String) async throws -> TestAnswer {
        let clinic = practice.clinic
        let patient = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "patients/\(practice.patients[1])"))
        let chart = try #require(patient.json["chart_number"]?.text)
        let file = """
            system,external_id,patient,type,provider,resources,day,time,minutes,note
            old,\(day) \(time),\(chart),Check-up,Grace Okafor,Room 1,\(day),\(time),,
            """
        return try await clinic.http.send(
            "POST",
            clinic.path(clinic.north, "appointment-imports"),
            token: clinic.token("location_manager"),
            bytes: Array(file.utf8),
            headers: ["Content-Type": "text/csv"]
        )
    }

    @Test("hundreds of providers and more than a thousand types: boards, openings, repairs and imports know each of them")
    func everything() async throws {
        let practice = try await Practice(TestClinic.open())
        try await hire(practice, 1...600)
        try await addTypes(practice, 1_001)
        let day = Practice.day(1)
        let booked = try await practice.booked(day, "10:00")
        let proposal = try await propose(practice, day)
        #expect(proposal.json["affected"]?.integer == 1 && proposal.json["moved"]?.integer == 1, "\(proposal.text)")
        let shown = try await board(practice, day)
        #expect(shown.json["resources"]?.items.contains { $0["id"]?.text == practice.provider } == true)
        let found = try await openings(practice, day)
        #expect(found.json["items"]?.items.first?["provider_id"]?.text == practice.provider, "\(found.text)")
        let report = try await imported(practice, day, "12:00")
        #expect(report.json["booked"]?.integer == 1, "\(report.text)")
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        await practice.clinic.close()
    }

    @Test("more providers than can be looked at together are refused by name, none is left out; a file names those it needs")
    func refused() async throws {
        let practice = try await Practice(TestClinic.open())
        try await hire(practice, 1...2_000)
        let day = Practice.day(1)
        _ = try await practice.booked(day, "10:00")
        for answer in [try await propose(practice, day), try await board(practice, day), try await openings(practice, day)] {
            #expect(answer.status == 422 && answer.code == "too_many_resources", "\(answer.text.prefix(500))")
        }
        let report = try await imported(practice, day, "12:00")
        #expect(report.json["booked"]?.integer == 1, "\(report.text)")
        await practice.clinic.close()
    }

    @Test("a day with more visits than a board holds is refused, as a repair of it is")
    func crowded() async throws {
        let practice = try await Practice(TestClinic.open())
        let day = Practice.day(1)
        try await crowd(practice, day, 2_000)
        for answer in [try await board(practice, day), try await propose(practice, day)] {
            #expect(answer.status == 422 && answer.code == "too_much_booked", "\(answer.text.prefix(500))")
        }
        await practice.clinic.close()
    }

    @Test("rates of no-shows count every visit, however many types there are")
    func rates() async throws {
        let practice = try await Practice(TestClinic.open())
        try await addTypes(practice, 1_001)
        let (patient, provider) = (try #require(UUID(practice.patients[0])), try #require(UUID(practice.provider)))
        try await run(
            practice,
            """
            insert into {location}.appointment (id, patient_id, type_id, provider_id, starts_at, ends_at, time_zone, wall_day, wall_time, status,
                created_at, created_by, updated_at, updated_by)
            select gen_random_uuid(), \(patient), type.id, \(provider), now() - interval '2 days', now() - interval '1 day', 'America/New_York',
                (now() - interval '2 days')::date, '09:00', 'completed', now() - make_interval(days => 2 + lead), \(patient), now(), \(patient)
            from {location}.appointment_type type, generate_series(1, 20) lead where type.name like 'AAA %'
            """
        )
        let rates = try await practice.clinic.send("front_desk", "GET", practice.clinic.path(practice.clinic.north, "no-show-rates"))
        #expect(rates.json["appointments"]?.integer == 20_020, "\(rates.text.prefix(500))")
        let leads = rates.json["groups"]?.items.filter { $0["factor"]?.text == "lead" }.compactMap { $0["value"]?.text }
        #expect(leads == ["1-2", "3-7", "8-30"])
        await practice.clinic.close()
    }

    @Test("a location with more allotments than can be looked at together is told so, not that its time is another's")
    func allotments() async throws {
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let day = Practice.day(1)
        let laser = try await practice.make("resources", ["kind": "device", "name": "Laser", "shared": true]).id
        let resource = try #require(ResourceID(laser))
        let from = clinic.north.rules.first(day, try #require(TimeOfDay("00:30")))
        _ = try await clinic.services.tenancy.organization(clinic.organization) { tx in
            try await tx.query(
                """
                insert into control.allotment (id, organization_id, resource, span, location_id, created_at, created_by)
                select gen_random_uuid(), \(clinic.organization), \(resource),
                    tstzrange(\(from) + make_interval(secs => n), \(from) + make_interval(secs => n + 1)), \(clinic.north.id), now(), \(resource)
                from generate_series(0, 19999) n
                """
            )
        }
        let booked = try await practice.book(day, "04:00", [("resource_ids", [.string(laser)])])
        #expect(booked.status == 422 && booked.code == "too_many_allotments", "\(booked.text)")
        await clinic.close()
    }

    @Test("whoever has many appointments ahead still has the later one that they would give up")
    func later() async throws {
        let practice = try await Practice.shared.value
        let patient = try #require(PatientID(practice.patients[2]))
        let (other, provider) = (try #require(UUID(practice.visit)), try #require(UUID(practice.provider)))
        let last = try #require(
            AppointmentTypeID(try await practice.make("appointment-types", ["name": "Last of many", "minutes": 30]).id)
        )
        try await run(
            practice,
            """
            insert into {location}.appointment (id, patient_id, type_id, provider_id, starts_at, ends_at, time_zone, wall_day, wall_time, status,
                created_at, created_by, updated_at, updated_by)
            select gen_random_uuid(), \(patient), case when n = 60 then \(last) else \(other) end, \(provider),
                now() + make_interval(days => 2000 + n), now() + make_interval(days => 2000 + n, mins => 30), 'America/New_York',
                (now() + make_interval(days => 2000 + n))::date, '09:00', 'booked', now(), \(patient), now(), \(patient)
            from generate_series(1, 60) n
            """
        )
        let now = practice.clinic.services.ambient.now()
        let rows = try await practice.clinic.services.tenancy.read(practice.clinic.north, WaitlistStore.patrons([patient], after: now))
        let types = try #require(rows.first).value(3, as: [AppointmentTypeID].self)
        #expect(types.contains(last) && types.count == Set(types).count)
    }

    @Test("freed time reaches whom it suits behind thousands who wait more urgently for what this provider does not do")
    func waiting() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let theirs = try await practice.make(
            "appointment-types",
            ["name": "A colleague's", "minutes": 30, "performers": [.string(practice.colleague)]]
        ).id
        let (patient, type) = (try #require(UUID(practice.patients[0])), try #require(UUID(theirs)))
        try await run(
            practice,
            """
            insert into {location}.waitlist_entry (id, patient_id, type_ids, windows, urgency, release_later, status, created_at, created_by,
                updated_at, updated_by)
            select gen_random_uuid(), \(patient), array[\(type)], '[]', 1, false, 'waiting', now() - interval '1 year', \(patient), now(), \(patient)
            from generate_series(1, 4100)
            """
        )
        let body: JSON = ["patient_id": .string(practice.patients[1]), "type_ids": [.string(practice.visit)]]
        let entry = try await practice.make("waitlist-entries", body, by: "front_desk")
        #expect(entry.status == 201, "\(entry.text)")
        let booked = try await practice.booked(patient: 2, Practice.day(1), "10:00")
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        var slot: JSON?
        try await eventually("the time was offered, or to nobody") {
            let slots = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "freed-slots"))
            slot = slots.json["items"]?.items.first { $0["appointment_id"]?.text == booked.id }
            guard let id = slot?["id"]?.text else { return false }
            let offers = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-offers?slot_id=\(id)"))
            return offers.json["items"]?.items.map { $0["entry_id"]?.text } == [entry.id] || slot?["status"]?.text == "lapsed"
        }
        #expect(slot?["status"]?.text == "offered")
        await clinic.close()
    }

    @Test("what an appointment frees is noticed however often it was changed before")
    func changed() async throws {
        let practice = try await Ruled.shared.value
        let booked = try await practice.booked(
            Practice.day(548),
            "10:00",
            [("provider_id", .string(try await practice.newProvider("Often")))]
        )
        let id = try #require(AppointmentID(booked.id))
        try await run(
            practice,
            """
            insert into {location}.appointment_change (id, appointment_id, at, actor_id, step, from_status, to_status)
            select gen_random_uuid(), \(id), now(), \(id), 'move', 'booked', 'booked' from generate_series(1, 501)
            """
        )
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        try await practice.work { try await NoticeFreedTime(appointment: id).notice($0) }
        #expect(try await practice.count("select count(*) from {location}.freed_slot where appointment_id = \(id)") == 1)
    }
}
