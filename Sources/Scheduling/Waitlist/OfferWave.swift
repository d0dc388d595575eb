import Access
import Jobs
import Organizations
import Postgres
import Tenancy
import Values

/// Offers freed time to the next people by rank, and comes again when they have not taken it.
struct OfferWave: JobDescription {
    static let kind = "scheduling.offer_wave"
    static let policy = JobPolicy(timeLimit: .seconds(30))

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
        _ = try await context.work("offer") { work in
            try await offer(work, context.tenancy, size: size, minutes: minutes)
        }
    }

    func offer(_ work: Work, _ tenancy: Tenancy, size: Int, minutes: Int) async throws {
        let actor = work.caller.actor.id
        let rows = try await work.query([FreedSlotStore.locked(slot), OfferStore.expire(slot, at: work.now, by: actor)])
        guard var freed = try rows[0].first.map(FreedSlotStore.slot), freed.status == .offered, freed.waves < wave else { return }
        let ranked = freed.startsAt > work.now ? try await WaitlistMatch(freed, work, tenancy) : nil
        let chosen = (ranked?.candidates ?? []).prefix(size)
        freed.version += 1
        if chosen.isEmpty {
            freed.status = .lapsed
        } else {
            freed.waves = wave
            let expiry = min(work.now.adding(minutes: minutes), freed.startsAt)
            for (place, candidate) in chosen.enumerated() { make(candidate, freed, place + 1, expiry, work) }
            work.start(OfferWave(slot: slot, wave: wave + 1), at: expiry)
        }
        work.enqueue(FreedSlotStore.update(freed, at: work.now, by: actor))
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
            Event(
                "waitlist.offered",
                ["offer": offer.id, "slot": freed.id, "entry": offer.entry, "patient": offer.patient, "expires_at": expiry]
            )
        )
    }
}
