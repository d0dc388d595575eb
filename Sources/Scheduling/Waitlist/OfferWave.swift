import Access
import Jobs
import Organizations
import Postgres
import Tenancy
import Values

/// Offers freed time to the next people by rank and holds it for them, and comes again when they have not taken it.
struct OfferWave: JobDescription {
    static let kind = "scheduling.offer_wave"
    static let policy = JobPolicy(timeLimit: .seconds(30))

    /// The hold outlasts its offers by so much: whoever books otherwise finds the time taken until this job has come at the wave's end, to hold it for the
    /// next wave or to free it. Should no worker come, it is free then.
    static let graceMinutes = 2

    let slot: FreedSlotID
    let wave: Int

    init(slot: FreedSlotID, wave: Int) {
        self.slot = slot
        self.wave = wave
    }

    init(_ parameters: JobParameters) throws {
        slot = try parameters.id("slot")
        wave = try parameters.value("wave")
    }

    var parameters: JobParameters { ["slot": slot, "wave": wave] }

    func run(_ context: JobContext, _ settings: SettingReader) async throws {
        let values = try await settings.values(at: try context.requireLocation())
        let size = values.number(.waitlistWaveSize)
        let minutes = values.number(.waitlistWaveMinutes)
        do {
            _ = try await context.work("offer") { work in
                try await offer(work, context.tenancy, size: size, minutes: minutes)
            }
        } catch let problem as Problem where problem.kind == .conflict {
            // Somebody booked it between the look without locks and the hold, or left the list: looked at again.
            throw JobDecision.snooze(.seconds(1))
        }
    }

    func offer(_ work: Work, _ tenancy: Tenancy, size: Int, minutes: Int) async throws {
        let actor = work.caller.actor.id
        let rows = try await work.query([FreedSlotStore.locked(slot), OfferStore.expire(slot, at: work.now, by: actor)])
        guard var freed = try rows[0].first.map(FreedSlotStore.slot), freed.status == .offered, freed.waves < wave else { return }
        let ranked = freed.startsAt > work.now ? try await WaitlistMatch(freed, wanted: size, work, tenancy) : nil
        let chosen = (ranked?.candidates ?? []).prefix(size)
        let expiry = min(work.now.adding(minutes: minutes), freed.startsAt)
        let end = expiry.adding(minutes: OfferWave.graceMinutes)
        if let kept = ranked?.slot(for: chosen, until: end) {
            // Whoever is taken off the list afterwards finds their offer and ends it.
            guard try await work.query(WaitlistStore.waiting(chosen.map(\.entry.id))).count == chosen.count else {
                throw WaitlistEntry.notWaiting
            }
            try await hold(kept, freed, until: end, work)
            freed.version += 1
            freed.waves = wave
            work.enqueue(FreedSlotStore.update(freed, at: work.now, by: actor))
            for (place, candidate) in chosen.enumerated() { make(candidate, freed, place + 1, expiry, work) }
            work.start(OfferWave(slot: slot, wave: wave + 1), at: expiry)
        } else {
            freed.lapse(work)
        }
        work.audit(
            Act(
                "waitlist.offer",
                "freed_slot",
                slot,
                patients: Array(Set(chosen.map(\.entry.patient))).sorted(),
                objects: chosen.map(\.entry.id.uuid)
            )
        )
    }

    /// Nobody else books it until the wave has ended (DESIGN L7). Errors: `slot_taken` and others of a slot, when somebody was faster.
    private func hold(_ kept: Slot, _ freed: FreedSlot, until end: Instant, _ work: Work) async throws {
        try await kept.take(work)
        let hold = Hold(
            id: freed.hold,
            type: kept.type.id,
            patient: nil,
            provider: freed.provider,
            resources: freed.resources,
            span: kept.span,
            expiresAt: end,
            createdAt: work.now
        )
        work.enqueue(HoldStore.renew(hold, by: work.caller.actor.id))
    }

    private func make(_ candidate: WaitlistMatch.Candidate, _ freed: FreedSlot, _ place: Int, _ expiry: Instant, _ work: Work) {
        let offer = WaitlistOffer(
            id: work.id(),
            slot: freed.id,
            entry: candidate.entry.id,
            patient: candidate.entry.patient,
            type: candidate.type.id,
            wave: wave,
            place: place,
            reasons: candidate.rank.words,
            span: candidate.span,
            expiresAt: expiry,
            status: .open,
            version: 1,
            createdAt: work.now
        )
        work.enqueue(OfferStore.insert(offer, by: work.caller.actor.id))
        work.tell(
            freed.event(
                "waitlist.offered",
                work,
                ["offer": offer.id, "entry": offer.entry, "patient": offer.patient, "expires_at": expiry]
            )
        )
    }
}
