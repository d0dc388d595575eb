import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Cancels the appointment at another location that whoever claimed time here gives up: on the right of whoever named it, as it is now. That it is
/// cancelled comes back as a job of that location (`NoteReleased`), begun with it; that it could not be is noted here.
struct ReleaseElsewhere: Job {
    static let kind = "scheduling.release_elsewhere"
    /// About two hours; the tries beyond `tries` are there to note the failure when the last one was cut off.
    static let policy = JobPolicy(
        attempts: tries + 3,
        backoff: JobBackoff(first: .seconds(2), maximum: .seconds(900)),
        timeLimit: .seconds(30),
        authority: .named(.appointmentsCancel)
    )
    /// So often it is tried before it has failed.
    static let tries = 17

    let slot: FreedSlotID
    let elsewhere: AppointmentElsewhere
    /// Whoever named it.
    let by: Actor
    /// The end of the visit that was claimed: what is given up for it is later.
    let after: Instant

    init(slot: FreedSlotID, elsewhere: AppointmentElsewhere, by: Actor, after: Instant) {
        self.slot = slot
        self.elsewhere = elsewhere
        self.by = by
        self.after = after
    }

    init(_ parameters: JobParameters) throws {
        slot = try parameters.id("slot")
        elsewhere = AppointmentElsewhere(location: try parameters.id("location"), appointment: try parameters.id("appointment"))
        by = Actor(kind: try parameters.value("by_kind"), id: try parameters.value("by"), account: nil, name: "")
        after = try parameters.value("after")
    }

    var parameters: JobParameters {
        [
            "slot": slot, "location": elsewhere.location, "appointment": elsewhere.appointment, "by_kind": by.kind, "by": by.id,
            "after": after,
        ]
    }

    func run(_ context: JobContext) async throws {
        do {
            try await cancel(context)
        } catch let failure as ElsewhereFailure {
            try await context.work("failed") { work in try await SettleElsewhere(slot: slot, failure: failure).run(work) }
        }
    }

    /// Errors: `ElsewhereFailure` when it has failed for good; others mean again later.
    private func cancel(_ context: JobContext) async throws {
        // The last try did not even end: that it failed is all there is to do. Had it been done after all, `NoteReleased` says so.
        guard context.attempt <= ReleaseElsewhere.tries else { throw ElsewhereFailure.unreachable }
        do {
            let location = try await context.tenancy.location(elsewhere.location)
            guard location.organization == context.organization else { throw ElsewhereFailure.notFound }
            let home = try context.requireLocation()
            // It may be hours since the claim: who has given that up as well keeps what they had.
            let claim = try await context.tenancy.read(home, FreedSlotStore.isClaimCancelled(slot)).first
            guard try claim?.value(0, as: Bool.self) != true else { throw ElsewhereFailure.claimCancelled }
            _ = try await context.acting(for: by, at: location).work("cancel", at: location) { work in
                try await cancel(work)
                work.start(NoteReleased(slot: slot, location: home.id))
            }
        } catch JobDecision.discard {
            throw ElsewhereFailure.rightWithdrawn
        } catch let problem as Problem where problem.kind == .notFound {
            throw ElsewhereFailure.notFound
        } catch let problem as Problem where context.attempt >= ReleaseElsewhere.tries && problem.code != Tenancy.moving.code {
            throw problem.kind == .forbidden ? ElsewhereFailure.suspended : .unreachable
        } catch is PostgresError where context.attempt >= ReleaseElsewhere.tries {
            throw ElsewhereFailure.unreachable
        }
    }

    /// As staff there would; it is given up for a sooner one, so it is never late. One that is cancelled already was given up by somebody else.
    private func cancel(_ work: Work) async throws {
        let rows = try await work.query(AppointmentStore.locked(elsewhere.appointment))
        guard let there = try rows.first.map(AppointmentStore.appointment) else { throw ElsewhereFailure.notFound }
        guard there.status != .cancelled else { return }
        guard [.booked, .confirmed].contains(there.status), there.startsAt > work.now else { throw ElsewhereFailure.begun }
        guard there.startsAt >= after else { throw ElsewhereFailure.notLater }
        _ = try await CancelAppointment(id: elsewhere.appointment, body: .movedUp, lateWithinHours: 0).run(work)
    }
}

/// Notes at the location of the claim that the appointment here was given up for it. Its tries last for half a day.
struct NoteReleased: Job {
    static let kind = "scheduling.note_released"
    static let policy = JobPolicy(attempts: 60, timeLimit: .seconds(30))

    let slot: FreedSlotID
    /// Of the claim.
    let location: LocationID

    init(slot: FreedSlotID, location: LocationID) {
        self.slot = slot
        self.location = location
    }

    init(_ parameters: JobParameters) throws {
        slot = try parameters.id("slot")
        location = try parameters.id("location")
    }

    var parameters: JobParameters { ["slot": slot, "location": location] }

    func run(_ context: JobContext) async throws {
        let location = try await context.place(location)
        try await context.work("released", at: location) { work in try await SettleElsewhere(slot: slot, failure: nil).run(work) }
    }
}

/// What became of it, in the ledger of recovered time. That it is released is the last word: what was thought before was wrong.
struct SettleElsewhere {
    let slot: FreedSlotID
    /// nil when it is released.
    let failure: ElsewhereFailure?

    func run(_ work: Work) async throws {
        guard var freed = try await work.query(FreedSlotStore.locked(slot)).first.map(FreedSlotStore.slot) else { return }
        guard let status = freed.elsewhereStatus, status != .released else { return }
        freed.elsewhereStatus = failure == nil ? .released : .failed
        freed.elsewhereFailure = failure
        freed.version += 1
        work.enqueue(FreedSlotStore.update(freed, at: work.now, by: work.caller.actor.id))
        let patients = freed.patient.map { [$0] } ?? []
        work.audit(
            Act("waitlist.release_elsewhere", "freed_slot", slot, patients: patients, result: failure == nil ? .ok : .failed)
        )
        work.tell(freed.event("waitlist.elsewhere_settled", work))
    }
}
