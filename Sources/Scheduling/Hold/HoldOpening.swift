import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Keeps an opening for some minutes, by the rules of booking; nobody else gets it meanwhile.
struct HoldOpening {
    let body: HoldBody
    let minutes: Int
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Hold {
        let rules = work.location.rules
        let start = try body.start.resolved(rules, now: work.now)
        let hours = DiaryHours(around: start, minutes: body.minutes ?? AppointmentType.minutesRange.upperBound, rules)
        let resources = [body.provider.resource] + body.resources
        let holders = resources.map(\.uuid) + (body.patient.map { [$0.uuid] } ?? [])
        let answers = try await work.query([
            AppointmentTypeStore.one(body.type), PatronStore.one(body.patient ?? .blank), ResourceStore.these(resources),
            OccupancyStore.taken(holders, in: hours.window, at: work.now), TimetableStore.of(resources.map(\.uuid), in: hours.window),
        ])
        let (type, patron, cast) = try Asked(type: body.type, patient: body.patient, provider: body.provider, further: body.resources)
            .found(answers)
        guard let span = InstantRange(start, start.adding(minutes: body.minutes ?? type.minutes)) else { throw StartTime.tooLate }
        let timetable = try TimetableStore.timetable(answers[4], rules)
        let id = work.id(HoldID.self)
        let expiresAt = work.now.adding(minutes: minutes)
        let allotments = try await AllotmentStore.read(cast.all, at: work.location, in: hours.window, tenancy)
        let slot = Slot(
            appointment: AppointmentID(id.uuid),
            patron: patron,
            resources: cast.all,
            type: type,
            span: span,
            hours: hours,
            timetable: timetable,
            allotments: allotments,
            expiry: expiresAt
        )
        _ = try slot.check(answers[3], timetable, work)
        try await slot.take(work)
        let hold = Hold(
            id: id,
            type: type.id,
            patient: patron?.id,
            provider: body.provider,
            resources: cast.uses.map(\.id),
            span: span,
            expiresAt: expiresAt,
            createdAt: work.now
        )
        work.enqueue(HoldStore.insert(hold, by: work.caller.actor.id))
        work.audit(Act("hold.create", "hold", id, patients: patron.map { [$0.id] } ?? []))
        return hold
    }
}

/// Gives the time back before it runs out; time that was kept for the waitlist is offered to nobody any more. Errors: `hold_used`.
struct ReleaseHold {
    let id: HoldID

    func run(_ work: Work) async throws {
        // Freed time first, as whoever claims it does.
        let answers = try await work.query([FreedSlotStore.locked(FreedSlotID(id.uuid)), HoldStore.locked(id)])
        guard let hold = try answers[1].first.map(HoldStore.hold) else { throw Problem.notFound }
        guard hold.usedAt == nil else { throw Hold.used }
        if let slot = try answers[0].first.map(FreedSlotStore.slot), slot.status == .offered {
            slot.lapse(work)
        } else {
            work.enqueue(OccupancyStore.free(hold.appointment))
            work.enqueue(HoldStore.delete(id))
        }
        work.audit(Act("hold.release", "hold", id, patients: hold.patient.map { [$0] } ?? []))
    }
}
