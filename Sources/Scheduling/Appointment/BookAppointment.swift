import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Books an appointment (DESIGN L7) in three flights: look at everything without locks; lock, look again and take the time; save.
struct BookAppointment {
    let body: BookAppointmentBody
    let tenancy: Tenancy
    /// A hold of the same resources whose place it takes, and whose id it bears then.
    var hold: HoldID?

    func run(_ work: Work) async throws -> Appointment {
        let rules = work.location.rules
        let start = try body.start.resolved(rules, now: work.now)
        let hours = DiaryHours(around: start, minutes: body.minutes ?? AppointmentType.minutesRange.upperBound, rules)
        let resources = [body.provider.resource] + body.resources
        let reason = try body.override?.reason(work)
        let answers = try await work.query([
            AppointmentTypeStore.one(body.type), PatronStore.one(body.patient), ResourceStore.these(resources),
            OccupancyStore.taken(resources.map(\.uuid) + [body.patient.uuid], in: hours.window, at: work.now),
            TimetableStore.of(resources.map(\.uuid), in: hours.window),
        ])
        let asked = Asked(type: body.type, patient: body.patient, provider: body.provider, further: body.resources)
        let (type, found, cast) = try asked.found(answers)
        guard let patron = found else { throw Problem.notFound }
        guard let span = InstantRange(start, start.adding(minutes: body.minutes ?? type.minutes)) else { throw StartTime.tooLate }
        let timetable = try TimetableStore.timetable(answers[4], rules)
        let allotments = try await AllotmentStore.read(cast.all, at: work.location, in: hours.window, tenancy)
        let slot = Slot(
            appointment: hold.map { AppointmentID($0.uuid) } ?? work.id(),
            patron: patron,
            resources: cast.all,
            type: type,
            span: span,
            hours: hours,
            timetable: timetable,
            kept: hold.map { _ in [] },
            overrides: reason != nil,
            allotments: allotments
        )
        _ = try slot.check(answers[3], timetable, work)
        let overridden = try await slot.take(work)

        let clock = rules.wallClock(at: start)
        var appointment = Appointment(
            id: slot.appointment,
            patient: patron.id,
            type: type.id,
            typeName: type.name,
            provider: body.provider,
            providerName: cast.provider.name,
            resources: cast.uses,
            span: span,
            timeZone: work.location.timeZone.name,
            day: clock.day,
            time: clock.time,
            status: .booked,
            note: body.note,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        if let reason, !overridden.isEmpty { appointment.override(overridden, reason, work) }
        work.enqueue(AppointmentStore.insert(appointment, by: work.caller.actor.id))
        work.audit(Act("appointment.book", "appointment", appointment.id, patients: [patron.id]))
        work.tell(appointment.event("appointment.booked"))
        return appointment
    }
}

extension Appointment {
    /// Rules were set aside for its time: it says so, and so does the trail, with the reason (DESIGN L3).
    mutating func override(_ rules: [Obstacle.Rule], _ reason: Reason, _ work: Work) {
        overridden = rules
        overrideCode = reason.code
        overrideText = reason.text
        work.audit(Act("appointment.override", "appointment", id, patients: [patient], reason: reason, changed: rules.map(\.rawValue)))
    }
}
