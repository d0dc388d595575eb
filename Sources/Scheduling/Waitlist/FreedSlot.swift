import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Time that a cancellation or a move left, and who took it.
struct FreedSlot: Sendable, Hashable, NamingElsewhere {
    enum Status: String, Sendable, CaseIterable, Bindable, Readable {
        case offered, taken
        /// Nobody took it, or somebody booked it otherwise.
        case lapsed
    }

    let id: FreedSlotID
    /// The change that freed it.
    let cause: UUID
    /// Whose time it was.
    let appointment: AppointmentID
    let type: AppointmentTypeID
    let provider: ProviderID
    let resources: [ResourceID]
    let span: InstantRange
    var status: Status
    var waves: Int
    /// Who took it.
    var patient: PatientID?
    var takenBy: AppointmentID?
    var takenAt: Instant?
    /// What whoever took it gives up at another location, and what became of that.
    var elsewhere: AppointmentElsewhere?
    var elsewhereStatus: ElsewhereStatus?
    var elsewhereFailure: ElsewhereFailure?
    var version: Int
    let createdAt: Instant

    /// While it is offered its time is held, and the appointment of whoever claims it takes the place of the hold: all bear its id.
    var hold: HoldID { HoldID(id.uuid) }
    var startsAt: Instant { span.start }
    var endsAt: Instant { span.end }
    var minutes: Int { Int(clamping: span.end.seconds(since: span.start) / 60) }
    /// Minutes that are used again; nothing until somebody took them.
    var recovered: Int { status == .taken ? minutes : 0 }

    /// It is offered to nobody any more: its hold is released, and whoever claims it hears that the offer has run out.
    func lapse(_ work: Work) {
        var lapsed = self
        lapsed.status = .lapsed
        lapsed.version += 1
        let actor = work.caller.actor.id
        work.enqueue(FreedSlotStore.update(lapsed, at: work.now, by: actor))
        work.enqueue(OfferStore.withdraw(id, at: work.now, by: actor))
        work.enqueue(HoldStore.delete(hold))
        work.enqueue(OccupancyStore.free(AppointmentID(id.uuid)))
        work.tell(event("waitlist.lapsed", work))
    }

    /// What others are told: ids and the day.
    func event(_ name: String, _ work: Work, _ more: QueueMembers = [:]) -> Event {
        var members = more
        members["slot"] = id.queueText
        members["day"] = work.location.rules.wallClock(at: startsAt).day.queueText
        return Event(name, members)
    }

    /// What changes of an appointment freed, the oldest first: its history, from its state of now backwards.
    static func freed(by history: [AppointmentChange], of appointment: Appointment) -> [(cause: UUID, place: RepairPlace)] {
        var place = RepairPlace(
            provider: appointment.provider.resource,
            further: appointment.resources.map(\.id),
            span: appointment.span
        )
        var freed: [(cause: UUID, place: RepairPlace)] = []
        for change in history.reversed() {
            let previous = change.previous
            let before = RepairPlace(
                provider: previous.provider?.resource ?? place.provider,
                further: previous.resources ?? place.further,
                span: InstantRange(previous.startsAt ?? place.span.start, previous.endsAt ?? place.span.end) ?? place.span
            )
            let left = change.step == Appointment.Step.cancel.rawValue || before.span != place.span || before.provider != place.provider
            if left { freed.append((change.id, before)) }
            place = before
        }
        return freed.reversed()
    }
}

/// Freed time offered to somebody who waits.
struct WaitlistOffer: Sendable, Hashable {
    enum Status: String, Sendable, CaseIterable, Bindable, Readable {
        case open, claimed
        /// Somebody else was first.
        case taken
        case expired
    }

    let id: WaitlistOfferID
    let slot: FreedSlotID
    let entry: WaitlistEntryID
    let patient: PatientID
    let type: AppointmentTypeID
    let wave: Int
    /// 1 is asked first.
    let place: Int
    let reasons: [String]
    let span: InstantRange
    let expiresAt: Instant
    var status: Status
    var claimedAt: Instant?
    var version: Int
    let createdAt: Instant

    var startsAt: Instant { span.start }
    var endsAt: Instant { span.end }

    static let unknown = Problem.conflict("claim_unknown", "This link was not made here, or was replaced by a newer one.")
    static let used = Problem.conflict("claim_used", "This link was used already: the time is booked.")
    static let expired = Problem.conflict("claim_expired", "This offer has run out.")
    static let taken = Problem.conflict("claim_taken", "Somebody else took this time. You keep your place on the waitlist.")

    static let releaseDenied = Problem.forbidden(
        "release_denied",
        "Giving up the later appointment needs the permission appointments.cancel. Claim with release_later false."
    )

    /// Errors: `claim_used`, `claim_taken`, `claim_expired`.
    func check(_ slot: FreedSlot, at now: Instant) throws(Problem) {
        switch status {
        case .claimed: throw WaitlistOffer.used
        case .taken: throw WaitlistOffer.taken
        case .expired: throw WaitlistOffer.expired
        case .open: break
        }
        guard slot.status != .taken else { throw WaitlistOffer.taken }
        guard slot.status == .offered, expiresAt > now else { throw WaitlistOffer.expired }
    }
}
