import Access
import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Another location that is away when a claim gives something up there", .serialized)
struct ElsewhereAwayTests {
    @Test("a suspended location is asked again, and in the end the ledger says so")
    func suspended() async throws {
        let places = try await TwoPlaces(TestClinic.open(worker: true))
        let clinic = places.clinic
        let provider = try await places.practice.newProvider("Suspended")
        let day = Practice.day(560)
        let later = try await places.booked(day.adding(days: 9))
        #expect(try await places.waits(provider, giving: places.name(later, at: clinic.south)).status == 201)
        try await clinic.suspend(clinic.south)
        let slot = try await places.claimed(provider, day)
        try await eventually("it was tried") {
            try await places.failures(ReleaseElsewhere.kind) == ["problem:location_suspended"]
        }
        #expect(try await places.practice.ledger(slot)?["elsewhere_status"] == "pending")
        try await places.lastTry(ReleaseElsewhere.kind)
        let row = try await places.settled(slot)
        #expect(row["elsewhere_status"] == "failed" && row["elsewhere_reason"] == "location_suspended")
        await clinic.close()
    }

    @Test("a database that is away is asked again: what it did comes through when it is back, and what it never did is shown")
    func away() async throws {
        let places = try await TwoPlaces(TestClinic.open())
        let (practice, clinic) = (places.practice, places.clinic)
        let day = Practice.day(570)
        let given = try await places.claimedUnseen("Given up", day)
        try await clinic.alter(clinic.south.database, "connection limit 0")
        // One that has no connection yet.
        try clinic.startWorker()
        try await eventually("it was tried") { try await places.failures(ReleaseElsewhere.kind).count == 1 }
        #expect(try await practice.ledger(given.slot)?["elsewhere_status"] == "pending")
        try await places.lastTry(ReleaseElsewhere.kind)
        #expect(try await places.settled(given.slot)["elsewhere_reason"] == "location_unreachable")
        try await clinic.alter(clinic.south.database, "connection limit -1")
        #expect(try await places.appointment(given.later).json["status"] == "booked")
        let back = try await places.claimedUnseen("Back", day.adding(days: 20))
        #expect(try await places.settled(back.slot)["elsewhere_status"] == "released")
        #expect(try await places.appointment(back.later).json["status"] == "cancelled")
        await clinic.close()
    }

    @Test("who cancels what they claimed before the other was given up keeps the other")
    func cancelled() async throws {
        let places = try await TwoPlaces(TestClinic.open())
        let (practice, clinic) = (places.practice, places.clinic)
        let claimed = try await places.claimedUnseen("Changes mind", Practice.day(580))
        #expect(try await practice.step(claimed.slot.description, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        try clinic.startWorker()
        let row = try await places.settled(claimed.slot)
        #expect(row["elsewhere_status"] == "failed" && row["elsewhere_reason"] == "claim_cancelled")
        #expect(try await places.appointment(claimed.later).json["status"] == "booked")
        await clinic.close()
    }

    @Test("when the last try was cut off before it could say anything, the next one says that it failed and does nothing")
    func cutOff() async throws {
        let places = try await TwoPlaces(TestClinic.open())
        let clinic = places.clinic
        let claimed = try await places.claimedUnseen("Cut off", Practice.day(590))
        try await places.lastTry(ReleaseElsewhere.kind, spent: ReleaseElsewhere.tries)
        try clinic.startWorker()
        #expect(try await places.settled(claimed.slot)["elsewhere_reason"] == "location_unreachable")
        #expect(try await places.appointment(claimed.later).json["status"] == "booked")
        await clinic.close()
    }
}
