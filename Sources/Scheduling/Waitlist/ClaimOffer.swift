import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Makes a link for an offer; a newer one replaces it. Errors: `claim_used`, `claim_taken`, `claim_expired`.
struct MakeOfferLink {
    let id: WaitlistOfferID

    func run(_ work: Work) async throws -> OfferLink {
        guard let offer = try await work.query(OfferStore.locked(id)).first.map(OfferStore.offer) else { throw Problem.notFound }
        switch offer.status {
        case .claimed: throw WaitlistOffer.used
        case .taken: throw WaitlistOffer.taken
        case .expired: throw WaitlistOffer.expired
        case .open: guard offer.expiresAt > work.now else { throw WaitlistOffer.expired }
        }
        let token = ClaimToken(work.ambient)
        work.enqueue(OfferStore.link(id, token.hash, at: work.now, by: work.caller.actor.id))
        work.audit(Act("waitlist.link", "waitlist_offer", id, patients: [offer.patient]))
        return OfferLink(offer: id, token: token.text, expiresAt: offer.expiresAt)
    }
}

/// Books the time of an offer for whoever comes first. The freed time is locked before anything else, so of several who claim it the others wait and
/// then hear that it is taken; a later appointment that is given up is locked before any calendar, as everybody does (DESIGN L7). One at another
/// location is given up by a job: nothing spans two databases.
struct ClaimOffer {
    let body: ClaimBody
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Claimed {
        guard let token = ClaimToken(body.token) else { throw WaitlistOffer.unknown }
        let actor = work.caller.actor.id
        let answers = try await work.query([FreedSlotStore.locked(ofOffer: token.hash), OfferStore.of(token.hash)])
        guard var slot = try answers[0].first.map(FreedSlotStore.slot), let offer = try answers[1].first.map(OfferStore.offer) else {
            throw WaitlistOffer.unknown
        }
        try offer.check(slot, at: work.now)
        let more = try await work.query([
            WaitlistStore.locked(offer.entry), WaitlistStore.later(offer.patient, offer.type, after: offer.endsAt),
        ])
        guard var entry = try more[0].first.map(WaitlistStore.entry), entry.status == .waiting else { throw WaitlistOffer.expired }
        let later = try more[1].first?.value(0, as: AppointmentID.self)
        let appointment = try await book(offer, slot, work)
        let released = body.releasesLater ?? entry.releasesLater ? later : nil
        if let released {
            guard work.caller.may(.appointmentsCancel, at: work.location) else { throw WaitlistOffer.releaseDenied }
            try await release(released, work)
        }
        if body.releasesLater ?? true, let elsewhere = entry.elsewhere, let by = entry.elsewhereBy {
            slot.elsewhere = elsewhere
            slot.elsewhereStatus = .pending
            work.start(ReleaseElsewhere(slot: slot.id, elsewhere: elsewhere, by: by, after: offer.endsAt))
        }
        slot.status = .taken
        slot.patient = appointment.patient
        slot.takenBy = appointment.id
        slot.takenAt = work.now
        slot.version += 1
        entry.status = .booked
        entry.appointment = appointment.id
        entry.version += 1
        entry.updatedAt = work.now
        work.enqueue(HoldStore.use(slot.hold, at: work.now))
        work.enqueue(FreedSlotStore.update(slot, at: work.now, by: actor))
        work.enqueue(OfferStore.claim(offer.id, at: work.now, by: actor))
        work.enqueue(OfferStore.close(slot.id, at: work.now, by: actor))
        work.enqueue(WaitlistStore.update(entry, by: actor))
        work.start(EndOffers(entry: entry.id))
        work.audit(
            Act(
                "waitlist.claim",
                "waitlist_offer",
                offer.id,
                patients: [appointment.patient],
                objects: [slot.id.uuid, appointment.id.uuid]
            )
        )
        work.tell(
            slot.event(
                "waitlist.claimed",
                work,
                ["offer": offer.id, "entry": entry.id, "appointment": appointment.id, "patient": appointment.patient]
            )
        )
        return Claimed(appointment: appointment, released: released, elsewhereStatus: slot.elsewhereStatus)
    }

    /// By all rules of booking, in the place of the hold. Whoever booked the time otherwise was first too.
    private func book(_ offer: WaitlistOffer, _ slot: FreedSlot, _ work: Work) async throws -> Appointment {
        var booking = BookAppointmentBody()
        booking.patient = offer.patient
        booking.type = offer.type
        booking.provider = slot.provider
        booking.resources = slot.resources
        booking.start.instant = offer.startsAt
        booking.minutes = Int(clamping: offer.endsAt.seconds(since: offer.startsAt) / 60)
        do {
            return try await BookAppointment(body: booking, tenancy: tenancy, hold: slot.hold).run(work)
        } catch let problem as Problem where problem.code == SlotTaken.problem.code {
            throw WaitlistOffer.taken
        }
    }

    /// It is given up for a sooner one, so it is never late.
    private func release(_ appointment: AppointmentID, _ work: Work) async throws {
        _ = try await CancelAppointment(id: appointment, body: .movedUp, lateWithinHours: 0).run(work)
    }
}

extension CancelAppointmentBody {
    /// Given up for a sooner one.
    static var movedUp: CancelAppointmentBody {
        var body = CancelAppointmentBody()
        body.reason = "moved_up"
        return body
    }
}
