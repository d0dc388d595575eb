import Access
import Jobs
import Patients
import Postgres
import Tenancy
import Values

/// Books an appointment (DESIGN L7) in three flights: look at everything without locks; lock, look again and take the time; save.
struct BookAppointment {
    let body: BookAppointmentBody
    let tenancy: Tenancy

    func run(_ work: Work) async throws -> Appointment {
        let rules = work.location.rules
        let start = try body.start.resolved(rules, now: work.now)
        let hours = DiaryHours(around: start, minutes: body.minutes ?? AppointmentType.minutesRange.upperBound, rules)
        let resources = [body.provider.resource] + body.resources
        let answers = try await work.query([
            AppointmentTypeStore.one(body.type), PatientStore.exists(body.patient), ResourceStore.these(resources),
            OccupancyStore.taken(resources.map(\.uuid) + [body.patient.uuid], in: hours.window, at: work.now),
        ])
        let (type, patient, cast) = try checked(answers)
        guard let span = InstantRange(start, start.adding(minutes: body.minutes ?? type.minutes)) else { throw StartTime.tooLate }
        let slot = Slot(appointment: work.id(), patient: patient, resources: cast.all, type: type, span: span, hours: hours)
        try slot.check(answers[3], work)
        try await slot.checkAllotments(work, tenancy)
        try await slot.take(work)

        let clock = rules.wallClock(at: start)
        let appointment = Appointment(
            id: slot.appointment,
            patient: patient,
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
        work.enqueue(AppointmentStore.insert(appointment, by: work.caller.actor.id))
        work.audit(Act("appointment.book", "appointment", appointment.id, patients: [patient]))
        work.tell(appointment.event("appointment.booked"))
        return appointment
    }

    /// What the ids in the body stand for. Errors: all that are not here or not in use, and what the type needs besides.
    private func checked(_ answers: [Rows]) throws -> (AppointmentType, PatientID, Cast) {
        var errors: [Problem.Member] = []
        let type = try answers[0].first.map(AppointmentTypeStore.type)
        if type == nil {
            errors.append(Problem.Member("/type_id", "unknown_reference", "There is no such appointment type at this location."))
        }
        if type?.active == false { errors.append(Problem.Member("/type_id", "inactive", "This appointment type is not in use any more.")) }
        let patient = try answers[1].first?.value(0, as: PatientID.self)
        if patient == nil {
            errors.append(Problem.Member("/patient_id", "unknown_reference", "There is no such patient at this location."))
        }
        let found = try answers[2].map(ResourceStore.resource)
        let cast = Cast(provider: body.provider, further: body.resources, found: found, &errors)
        if let type, let cast { errors += cast.missing(for: type) }
        guard let type, let patient, let cast, errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        return (type, patient, cast)
    }
}
