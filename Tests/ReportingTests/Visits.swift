import Assembly
import Postgres
import Tenancy
import TestSupport
import Values

extension TestClinic {
    /// A day with three appointments (one completed, one cancelled, one whose patient did not come) and two encounters, one of them entered in
    /// error, as they stand in the tables.
    func addVisits(on day: Day, at location: Location) async throws {
        let now = services.ambient.now()
        let by = UUID(high: 0, low: 0)
        let person: PersonID = services.ambient.id()
        let patient: PatientID = services.ambient.id()
        let provider: ProviderID = services.ambient.id()
        let type: AppointmentTypeID = services.ambient.id()
        let start = location.rules.start(of: day)
        try await services.tenancy.transaction(location) { tx in
            tx.enqueue(
                """
                insert into {location}.person (id, given_name, family_name, created_at, created_by, updated_at, updated_by)
                values (\(person), 'Ada', 'Park', \(now), \(by), \(now), \(by))
                """
            )
            tx.enqueue(
                """
                insert into {location}.patient (id, chart_number, kind, person_id, search_key, sort_key, created_at, created_by, updated_at, updated_by)
                values (\(patient), 'R1', 'person', \(person), 'ada park', 'park ada', \(now), \(by), \(now), \(by))
                """
            )
            tx.enqueue(
                """
                insert into {location}.resource (id, kind, name, created_at, created_by, updated_at, updated_by)
                values (\(provider), 'provider', 'Dr Hill', \(now), \(by), \(now), \(by))
                """
            )
            tx.enqueue(
                """
                insert into {location}.provider (id, given_name, family_name, created_at, created_by, updated_at, updated_by)
                values (\(provider), 'Grace', 'Hill', \(now), \(by), \(now), \(by))
                """
            )
            tx.enqueue(
                """
                insert into {location}.appointment_type (id, name, minutes, created_at, created_by, updated_at, updated_by)
                values (\(type), 'Visit', 30, \(now), \(by), \(now), \(by))
                """
            )
            // The last minute of the day belongs to it, the first of the next does not.
            for (minutes, status) in [(0, "completed"), (600, "cancelled"), (1439, "no_show"), (1440, "booked")] {
                let begin = start.adding(minutes: minutes)
                tx.enqueue(
                    """
                    insert into {location}.appointment (id, patient_id, type_id, provider_id, starts_at, ends_at, time_zone, wall_day, wall_time, status,
                        created_at, created_by, updated_at, updated_by)
                    values (\(services.ambient.id(AppointmentID.self)), \(patient), \(type), \(provider), \(begin), \(begin.adding(minutes: 30)),
                        \(location.timeZone.name), \(location.rules.wallClock(at: begin).day), \(location.rules.wallClock(at: begin).time), \(status),
                        \(now), \(by), \(now), \(by))
                    """
                )
            }
            for mistake in [String?.none, "wrong patient"] {
                tx.enqueue(
                    """
                    insert into {location}.encounter (id, patient_id, provider_id, service_day, started_at, ended_at, entered_in_error,
                        created_at, created_by, updated_at, updated_by)
                    values (\(services.ambient.id(EncounterID.self)), \(patient), \(provider), \(day), \(start), \(start.adding(minutes: 30)), \(mistake),
                        \(now), \(by), \(now), \(by))
                    """
                )
            }
        }
    }
}
