import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Waves of the waitlist")
struct WaitlistWaveTests {
    @Test("whom the first wave left is told in the second with reasons, the hold goes on, and a late claim of the first hears no")
    func second() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Second")
        let day = Practice.day(410)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let calm = try await practice.waits(practice.patients[0], provider)
        let urgent = try await practice.waits(practice.patients[1], provider, [("urgency", 1)])
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1, size: 1)
        let first = try await practice.offers(slot)
        #expect(first.compactMap { $0["entry_id"]?.text } == [urgent])
        let late = try await practice.links(first)
        // The wave ends.
        try await practice.wave(slot, 2, size: 1, Waves.later(Waves.minutes))
        let second = try await practice.offers(slot, wave: 2)
        #expect(second.compactMap { $0["entry_id"]?.text } == [calm])
        #expect(second.first?["reasons"]?.items.compactMap(\.text).contains("urgent:60") == true)
        let hold = try await practice.board(day)["holds"]?.items.first
        #expect(hold?["expires_at"]?.text == Waves.end(of: second.first) && hold?["expires_at"]?.text != Waves.end(of: first.first))
        #expect(try await practice.claim(late[0]).code == "claim_expired")
        #expect(try await practice.book(patient: 2, day, "10:00", theirs).code == "slot_taken")
        // A job that comes twice asks nobody twice.
        try await practice.wave(slot, 2, size: 1, Waves.later(Waves.minutes))
        #expect(try await practice.offers(slot, wave: 2).count == 1)
        let claimed = try await practice.claim(try await practice.links(second)[0])
        #expect(claimed.json["appointment"]?["patient_id"]?.text == practice.patients[0], "\(claimed.text)")
        #expect(try await practice.claim(late[0]).code == "claim_expired")
        try await practice.wave(slot, 3, size: 1, Waves.later(2 * Waves.minutes))
        #expect(try await practice.ledger(slot)?["status"]?.text == "taken")
        #expect(try await practice.ledger(slot)?["waves"]?.integer == 2)
    }

    @Test("after the last wave the hold falls away, and anybody books the time")
    func last() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Last")
        let day = Practice.day(411)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        _ = try await practice.waits(practice.patients[0], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1)
        #expect(try await practice.book(patient: 1, day, "10:00", theirs).code == "slot_taken")
        // One clock a moment behind: its wave ends all the same.
        try await practice.wave(slot, 2, Waves.later(Waves.minutes - 1))
        #expect(try await practice.ledger(slot)?["status"]?.text == "lapsed")
        #expect(try await practice.offers(slot).first?["status"]?.text == "expired")
        #expect(try await practice.board(day)["holds"]?.items.isEmpty == true)
        #expect(try await practice.book(patient: 1, day, "10:00", theirs).status == 201)
    }

    @Test(
        "between two waves nobody slips in: the time is held until the job of the wave's end has come, for the next or for nobody",
        .shows("MC-1")
    )
    func between() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Between")
        let day = Practice.day(413)
        _ = try await practice.waits(practice.patients[0], provider)
        _ = try await practice.waits(practice.patients[1], provider)
        let slot = try await practice.freed(provider, day).slot
        func book(_ minutes: Int) async throws -> String {
            var body = BookAppointmentBody()
            body.patient = try #require(PatientID(practice.patients[2]))
            body.type = try #require(AppointmentTypeID(practice.visit))
            body.provider = try #require(ProviderID(provider))
            body.start.day = day
            body.start.time = TimeOfDay("10:00")
            let booking = BookAppointment(body: body, tenancy: practice.clinic.services.tenancy)
            do {
                _ = try await practice.work(Waves.later(minutes)) { work in try await booking.run(work) }
                return "booked"
            } catch let problem as Problem {
                return problem.code
            }
        }
        for wave in 1...2 {
            try await practice.wave(slot, wave, size: 1, Waves.later((wave - 1) * Waves.minutes))
            #expect(try await practice.offers(slot, wave: wave).count == 1)
            // The wave has ended, and its job has not come yet.
            #expect(try await book(wave * Waves.minutes) == "slot_taken")
        }
        // Nobody waits any more: it is free with the job, not with the end of the hold.
        try await practice.wave(slot, 3, size: 1, Waves.later(2 * Waves.minutes))
        #expect(try await book(2 * Waves.minutes) == "booked")
    }

    @Test("when no worker comes at the wave's end, the time is free two minutes later")
    func nobodyComes() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Nobody comes")
        let day = Practice.day(414)
        _ = try await practice.waits(practice.patients[0], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1, Waves.later(-Waves.minutes - OfferWave.graceMinutes))
        #expect(try await practice.book(patient: 2, day, "10:00", [("provider_id", .string(provider))]).status == 201)
        try await practice.wave(slot, 2)
        #expect(try await practice.ledger(slot)?["status"]?.text == "lapsed")
    }

    @Test("a job for the wave's end stands ready, and a worker that comes to it asks the next")
    func worker() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let setting = clinic.path(clinic.north, "settings/scheduling.waitlist_wave_size")
        let set = try await clinic.send("owner", "PUT", setting, body: ["value": 1])
        #expect(set.status == 200, "\(set.text)")
        let provider = try await practice.newProvider("Worker")
        let entries = [try await practice.waits(practice.patients[0], provider), try await practice.waits(practice.patients[1], provider)]
        let booked = try await practice.booked(patient: 2, Practice.day(412), "10:00", [("provider_id", .string(provider))])
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        func asked(_ status: String) async throws -> [String] {
            try await practice.list("waitlist-offers?status=\(status)", "entry_id")
        }
        try await eventually("the first is asked") { try await asked("open") == [entries[0]] }
        let past = clinic.services.ambient.now().adding(seconds: -1)
        let rows = try await clinic.services.tenancy.read(
            clinic.north,
            """
            select job.parameters::text from queue.job join {location}.waitlist_offer on waitlist_offer.expires_at = job.run_at
            where job.kind = \(OfferWave.kind) and job.state = 'ready'
            """
        )
        let slots = try await practice.list("freed-slots", "id")
        let slot = try #require(slots.first.flatMap { FreedSlotID($0) })
        #expect(try rows.map { try $0.value(0, as: String.self) } == [#"{"slot": "\#(slot)", "wave": "2"}"#])
        try await practice.work { work in
            work.enqueue("update {location}.waitlist_offer set expires_at = \(past)")
            work.enqueue("update {location}.occupancy set expires_at = \(past) where expires_at is not null")
            work.start(OfferWave(slot: slot, wave: 2))
        }
        try await eventually("the second is asked") { try await asked("open") == [entries[1]] }
        #expect(try await asked("expired") == [entries[0]])
        await clinic.close()
    }

    @Test("two claims, a booking and the wave's end at the same moment: exactly one appointment", .shows("MC-1"))
    func race() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Moment")
        let clinic = practice.clinic
        for round in 0..<8 {
            let day = Practice.day(420 + round)
            _ = try await practice.waits(practice.patients[0], provider)
            _ = try await practice.waits(practice.patients[1], provider)
            let slot = try await practice.freed(provider, day).slot
            try await practice.wave(slot, 1)
            let tokens = try await practice.links(practice.offers(slot))
            try #require(tokens.count == 2)
            // For these the wave and its hold have ended, for the claims they have not.
            let end = Waves.later(Waves.minutes + OfferWave.graceMinutes)
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for token in tokens {
                    group.addTask { try await practice.claim(token).code ?? "claimed" }
                }
                group.addTask {
                    var body = BookAppointmentBody()
                    body.patient = try #require(PatientID(practice.patients[2]))
                    body.type = try #require(AppointmentTypeID(practice.visit))
                    body.provider = try #require(ProviderID(provider))
                    body.start.day = day
                    body.start.time = TimeOfDay("10:00")
                    let booking = BookAppointment(body: body, tenancy: clinic.services.tenancy)
                    do {
                        _ = try await practice.work(end) { work in try await booking.run(work) }
                        return "booked"
                    } catch let problem as Problem {
                        return problem.code
                    }
                }
                group.addTask {
                    try await practice.wave(slot, 2, end)
                    return "ended"
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "claimed" || $0 == "booked" } == 1, "\(outcomes)")
            let polite: Set<String> = ["claimed", "booked", "ended", "claim_taken", "claim_expired", "slot_taken"]
            #expect(Set(outcomes).isSubset(of: polite), "\(outcomes)")
            #expect(try await practice.standing(provider, day) == 1)
            for entry in try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-entries?status=waiting&limit=200"))
                .json["items"]?.items ?? [] where entry["provider_ids"]?.items.compactMap(\.text) == [provider]
            {
                let path = clinic.path(clinic.north, "waitlist-entries/\(entry["id"]?.text ?? "")")
                let etag = "\"\(entry["version"]?.integer ?? 0)\""
                #expect(try await clinic.send("front_desk", "DELETE", path, headers: ["If-Match": etag]).status == 204)
            }
        }
    }

    @Test("a booking while the first wave is being made: either it has the time, or the waitlist does")
    func beginning() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Beginning")
        _ = try await practice.waits(practice.patients[0], provider)
        for round in 0..<6 {
            let day = Practice.day(430 + round)
            let slot = try await practice.freed(provider, day).slot
            async let wave: Void = practice.wave(slot, 1)
            let booked = try await practice.book(patient: 1, day, "10:00", [("provider_id", .string(provider))])
            try await wave
            let status = try await practice.ledger(slot)?["status"]?.text
            let isHeld = try await practice.board(day)["holds"]?.items.isEmpty == false
            #expect(booked.status == 201 ? status == "lapsed" && !isHeld : status == "offered" && isHeld, "\(booked.text)")
        }
    }
}
