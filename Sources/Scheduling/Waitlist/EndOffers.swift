import Access
import Jobs
import Postgres
import Values

/// Ends what is still offered to somebody who waits no more, and begins the next wave where nobody else is asked.
struct EndOffers: Job {
    static let kind = "scheduling.end_offers"
    static let policy = JobPolicy(timeLimit: .seconds(30))

    let entry: WaitlistEntryID

    init(entry: WaitlistEntryID) {
        self.entry = entry
    }

    init(_ parameters: JobParameters) throws {
        entry = try parameters.id("entry")
    }

    var parameters: JobParameters { ["entry": entry] }

    func run(_ context: JobContext) async throws {
        try await context.work("end") { work in try await end(work) }
    }

    /// Not in the transaction that took the entry away: whoever claims or offers has the freed time locked before the entry, so that
    /// nobody waits in a circle.
    func end(_ work: Work) async throws {
        let slots = try await work.query(FreedSlotStore.locked(offeredTo: entry)).map(FreedSlotStore.slot)
        guard !slots.isEmpty else { return }
        let actor = work.caller.actor.id
        work.enqueue(OfferStore.withdraw(from: entry, slots.map(\.id), at: work.now, by: actor))
        let open = Set(try await work.query(OfferStore.open(slots.map(\.id))).decode((FreedSlotID).self))
        for slot in slots where slot.status == .offered && !open.contains(slot.id) {
            work.start(OfferWave(slot: slot.id, wave: slot.waves + 1))
        }
        work.audit(Act("waitlist.end_offers", "waitlist_entry", entry, objects: slots.map(\.id.uuid)))
    }
}
