import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Offers to somebody who waits no more")
struct EndOffersTests {
    private func remove(_ practice: Practice, _ entry: String) async throws {
        let path = practice.clinic.path(practice.clinic.north, "waitlist-entries/\(entry)")
        let etag = try await practice.clinic.send("front_desk", "GET", path).etag
        #expect(try await practice.clinic.send("front_desk", "DELETE", path, headers: ["If-Match": etag]).status == 204)
    }

    private func end(_ practice: Practice, _ entry: String) async throws {
        let id = try #require(WaitlistEntryID(entry))
        try await practice.work { work in try await EndOffers(entry: id).end(work) }
    }

    /// The waves that wait to begin now.
    private func due(_ practice: Practice, _ slot: FreedSlotID) async throws -> [String] {
        try await practice.clinic.services.tenancy.queueRead(
            practice.clinic.north.database,
            """
            select parameters->>'wave' from queue.job
            where kind = \(OfferWave.kind) and parameters->>'slot' = \(slot.description) and run_at <= now() order by 1
            """
        ).decode((String).self)
    }

    @Test("taken off the list, whoever was asked alone is asked no more at once, and the next wave begins with the time still held")
    func alone() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Ended")
        let day = Practice.day(450)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        let urgent = try await practice.waits(practice.patients[0], provider, [("urgency", 1)])
        let calm = try await practice.waits(practice.patients[1], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1, size: 1)
        let token = try await practice.links(practice.offers(slot))[0]
        try await remove(practice, urgent)
        #expect(try await practice.claim(token).code == "claim_expired")
        let started = try await practice.clinic.services.tenancy.queueRead(
            practice.clinic.north.database,
            "select count(*) from queue.job where kind = \(EndOffers.kind) and parameters->>'entry' = \(urgent)"
        )
        #expect(try started.first?.value(0, as: Int.self) == 1)
        try await end(practice, urgent)
        #expect(try await practice.offers(slot).first?["status"]?.text == "expired")
        // The first began with the freed time, the second begins now.
        #expect(try await due(practice, slot) == ["1", "2"])
        #expect(try await practice.book(patient: 2, day, "10:00", theirs).code == "slot_taken")
        try await practice.wave(slot, 2, size: 1)
        let next = try await practice.offers(slot, wave: 2)
        #expect(next.compactMap { $0["entry_id"]?.text } == [calm])
        #expect(try await practice.book(patient: 2, day, "10:00", theirs).code == "slot_taken")
        // A job that comes twice ends nobody else's.
        try await end(practice, urgent)
        #expect(try await due(practice, slot) == ["1", "2"])
        #expect(try await practice.claim(try await practice.links(next)[0]).status == 201)
    }

    @Test("while others of the wave are asked it goes on without whoever left; after the last of them the time is anybody's")
    func others() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Others")
        let day = Practice.day(451)
        let first = try await practice.waits(practice.patients[0], provider)
        let second = try await practice.waits(practice.patients[1], provider)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1)
        #expect(try await practice.offers(slot).count == 2)
        try await remove(practice, first)
        try await end(practice, first)
        let states = try await practice.offers(slot).map { [$0["entry_id"]?.text, $0["status"]?.text] }
        #expect(states == [[first, "expired"], [second, "open"]])
        #expect(try await due(practice, slot) == ["1"])
        try await remove(practice, second)
        try await end(practice, second)
        #expect(try await due(practice, slot) == ["1", "2"])
        try await practice.wave(slot, 2)
        #expect(try await practice.ledger(slot)?["status"]?.text == "lapsed")
        #expect(try await practice.book(patient: 2, day, "10:00", [("provider_id", .string(provider))]).status == 201)
    }

    @Test("whoever claims one time is asked about no other any more, and a worker asks the next")
    func fulfilled() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let setting = clinic.path(clinic.north, "settings/scheduling.waitlist_wave_size")
        #expect(try await clinic.send("owner", "PUT", setting, body: ["value": 1]).status == 200)
        let provider = try await practice.newProvider("Fulfilled")
        let urgent = try await practice.waits(practice.patients[0], provider, [("urgency", 1)])
        let calm = try await practice.waits(practice.patients[1], provider)
        let day = Practice.day(452)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        for offset in 0..<2 {
            let booked = try await practice.booked(patient: 2, day.adding(days: offset), "10:00", theirs)
            #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        }
        func asked(_ entry: String) async throws -> [JSON] {
            let path = clinic.path(clinic.north, "waitlist-offers?status=open&entry_id=\(entry)")
            return try await clinic.send("front_desk", "GET", path).json["items"]?.items ?? []
        }
        try await eventually("the first is asked about both") { try await asked(urgent).count == 2 }
        let claimed = try await practice.claim(try await practice.links(asked(urgent))[0])
        #expect(claimed.status == 201, "\(claimed.text)")
        try await eventually("the other is asked about what is left") { try await asked(calm).count == 1 }
        #expect(try await asked(urgent).isEmpty)
        await clinic.close()
    }

    @Test("who leaves the list while a wave is made is either not asked, or asked no more")
    func leaving() async throws {
        let practice = try await Waves.shared.value
        let provider = try await practice.newProvider("Leaving")
        for round in 0..<6 {
            let entry = try await practice.waits(practice.patients[0], provider)
            let slot = try await practice.freed(provider, Practice.day(460 + round)).slot
            async let wave: Void = practice.wave(slot, 1)
            try await remove(practice, entry)
            try await end(practice, entry)
            try await wave
            // The job that comes after the wave has been made.
            let states = try await practice.offers(slot).compactMap { $0["status"]?.text }
            let isHeld = try await practice.board(Practice.day(460 + round))["holds"]?.items.isEmpty == false
            #expect(states.isEmpty ? !isHeld : states == ["expired"], "\(states)")
        }
    }
}
