import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Moves an appointment to another time, length, provider or room; what the body does not name stays. Its own time is no obstacle.
struct MoveAppointment {
    let id: AppointmentID
    let body: MoveAppointmentBody
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Appointment {
        let named = (body.provider.map { [$0.resource] } ?? []) + (body.resources ?? [])
        let reason = try body.override?.reason(work)
        let answers = try await work.query([
            AppointmentStore.locked(id), AppointmentTypeStore.of(id), ResourceStore.these(named, orOf: id), PatronStore.of(id),
        ])
        guard let row = answers[0].first, let type = try answers[1].first.map(AppointmentTypeStore.type),
            let patron = try answers[3].first.map(PatronStore.patron)
        else { throw Problem.notFound }
        let old = try AppointmentStore.appointment(row)
        try work.expect(old.version)
        _ = try old.status(after: .move)
        var new = try moved(old, work)
        let cast = try cast(new, old, type, found: try answers[2].map(ResourceStore.resource))
        new.providerName = cast.provider.name
        new.resources = cast.uses
        guard new != old else { return old }
        new.version += 1
        new.updatedAt = work.now
        let changed = MoveAppointment.changed(old, new)
        if changed != ["note"] {
            let overridden = try await take(new, old, cast, type, patron, overrides: reason != nil, work)
            new.overridden = []
            new.overrideCode = nil
            new.overrideText = nil
            if let reason, !overridden.isEmpty { new.override(overridden, reason, work) }
        }
        work.enqueue(AppointmentStore.update(new, by: work.caller.actor.id))
        work.record("move", from: old, to: new)
        work.audit(Act("appointment.move", "appointment", id, patients: [old.patient], changed: changed))
        work.tell(new.event("appointment.moved", previousDay: new.day == old.day ? nil : old.day))
        return new
    }

    /// Without names, which come with the cast.
    private func moved(_ old: Appointment, _ work: Work) throws -> Appointment {
        var new = old
        let rules = work.location.rules
        let start = body.start.isEmpty ? old.startsAt : try body.start.resolved(rules, now: work.now)
        guard let span = InstantRange(start, start.adding(minutes: body.minutes ?? old.minutes)) else { throw StartTime.tooLate }
        new.span = span
        if start != old.startsAt {
            (new.day, new.time) = rules.wallClock(at: start)
            new.timeZone = work.location.timeZone.name
        }
        new.provider = body.provider ?? old.provider
        new.note = body.note.applied(to: old.note)
        return new
    }

    private func cast(_ new: Appointment, _ old: Appointment, _ type: AppointmentType, found: [Resource]) throws -> Cast {
        var errors: [Problem.Member] = []
        let further = body.resources ?? old.resources.map(\.id)
        let cast = Cast(provider: new.provider, further: further, found: found, kept: Set(old.allResources), &errors)
        if let cast, body.resources != nil { errors += cast.missing(for: type) }
        guard let cast, errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        return cast
    }

    private func take(
        _ new: Appointment,
        _ old: Appointment,
        _ cast: Cast,
        _ type: AppointmentType,
        _ patron: Patron,
        overrides: Bool,
        _ work: Work
    ) async throws -> [Obstacle.Rule] {
        var settled = MoveAppointment.settled(from: old.provider, to: new.provider)
        if new.startsAt == old.startsAt { settled.formUnion([.leadTime, .horizon]) }
        let hours = DiaryHours(around: new.startsAt, minutes: new.minutes, work.location.rules)
        let slot = Slot(
            appointment: id,
            patron: Patron(id: old.patient, isReturning: patron.isReturning),
            resources: cast.all,
            type: type,
            span: new.span,
            hours: hours,
            kept: old.allResources,
            overrides: overrides,
            settled: settled,
            allotments: try await AllotmentStore.read(cast.all, at: work.location, in: hours.window, tenancy),
            regains: true
        )
        return try await slot.take(work)
    }

    /// Rules about what an appointment keeps were asked when it was booked.
    static func settled(from old: ProviderID, to new: ProviderID) -> Set<Obstacle.Rule> {
        let kept: Set<Obstacle.Rule> = [.resourceInactive, .resourceMissing, .typeInactive, .newPatientsOnly, .returningPatientsOnly]
        return old == new ? kept.union([.performer]) : kept
    }

    /// The names of the members that differ.
    static func changed(_ old: Appointment, _ new: Appointment) -> [String] {
        var names: [String] = []
        if old.startsAt != new.startsAt { names.append("starts_at") }
        if old.minutes != new.minutes { names.append("minutes") }
        if old.provider != new.provider { names.append("provider_id") }
        if Set(old.resources.map(\.id)) != Set(new.resources.map(\.id)) { names.append("resource_ids") }
        if old.note != new.note { names.append("note") }
        return names
    }
}
