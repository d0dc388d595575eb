import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Looks whether an appointment at another location can be named to be given up, by whoever may cancel it there. The look is in that location's trail.
struct NameElsewhere {
    let named: AppointmentElsewhere
    let patient: PatientID
    let call: Call

    static let here = Problem.invalid(
        "/release_elsewhere/location_id",
        "same_location",
        "Name an appointment of another location; a later one here is given up by release_later."
    )
    static let unknownLocation = Problem.invalid(
        "/release_elsewhere/location_id",
        "unknown_reference",
        "There is no such location here, or you may not cancel appointments there."
    )
    static let unknownAppointment = Problem.invalid(
        "/release_elsewhere/appointment_id",
        "unknown_reference",
        "There is no such appointment at that location."
    )
    static let notAhead = Problem.invalid(
        "/release_elsewhere/appointment_id",
        "not_ahead",
        "This appointment has begun, is over or was cancelled: there is nothing to give up."
    )
    static let otherPatient = Problem.invalid(
        "/release_elsewhere/appointment_id",
        "other_patient",
        "This appointment is another patient's."
    )
    static let errors = [here, unknownLocation, unknownAppointment, notAhead, otherPatient]

    /// On whose right it will be cancelled: that of whoever names it, as it is then.
    func run(_ work: Work) async throws -> Actor {
        guard named.location != work.location.id else { throw NameElsewhere.here }
        let location = try await location(work)
        let rows = try await call.access.read(
            location,
            ElsewhereStore.appointment(named.appointment),
            ReadAct("waitlist.elsewhere", "appointment", patients: .column),
            by: work.caller
        )
        guard let there = try rows.first.map(ElsewhereStore.named) else { throw NameElsewhere.unknownAppointment }
        guard [.booked, .confirmed].contains(there.status), there.startsAt > work.now else { throw NameElsewhere.notAhead }
        let chart = try await work.query(ElsewhereStore.chart(patient)).first.map(ElsewhereStore.chart)
        guard chart?.canBe(there.chart) == true else { throw NameElsewhere.otherPatient }
        return Actor(kind: work.caller.actor.kind, id: work.caller.actor.id, account: nil, name: "")
    }

    /// Errors: the same for one that is not there and one where the caller may not cancel.
    private func location(_ work: Work) async throws -> Location {
        let location: Location
        do {
            location = try await call.tenancy.location(named.location)
        } catch let problem as Problem where [.notFound, .forbidden].contains(problem.kind) {
            throw NameElsewhere.unknownLocation
        }
        guard location.organization == work.location.organization, [.staff, .key].contains(work.caller.actor.kind),
            work.caller.may(.appointmentsCancel, at: location)
        else { throw NameElsewhere.unknownLocation }
        return location
    }
}

/// What tells whether charts at two locations can be one patient's: what links them, and where nothing does, what contradicts it.
struct ChartIdentity: Sendable, Hashable {
    let kind: String
    let link: UUID?
    let birth: Day?

    func canBe(_ other: ChartIdentity) -> Bool {
        if let link, let theirs = other.link { return link == theirs }
        if let birth, let theirs = other.birth, birth != theirs { return false }
        return kind == other.kind
    }
}

/// Reads what is asked about charts at two locations.
enum ElsewhereStore {
    private static let identity: Statement = " patient.kind, person.link, coalesce(person.birth_date, patient.animal_birth_date) as birth "

    static func chart(_ patient: PatientID) -> Statement {
        "select" + identity + """
            from {location}.patient left join {location}.person on person.id = patient.person_id where patient.id = \(patient)
            """
    }

    /// The id comes first, the patient's is `patient_id`.
    static func appointment(_ id: AppointmentID) -> Statement {
        "select appointment.id, appointment.patient_id, appointment.starts_at, appointment.status," + identity + """
            from {location}.appointment
            join {location}.patient chart on chart.id = appointment.patient_id
            join {location}.patient on patient.id = coalesce(chart.merged_into, chart.id)
            left join {location}.person on person.id = patient.person_id
            where appointment.id = \(id)
            """
    }

    static func chart(_ row: Row) throws -> ChartIdentity {
        ChartIdentity(kind: try row.value("kind"), link: try row.value("link"), birth: try row.value("birth"))
    }

    static func named(_ row: Row) throws -> (startsAt: Instant, status: Appointment.Status, chart: ChartIdentity) {
        (try row.value("starts_at"), try row.value("status"), try chart(row))
    }
}
