import Postgres
import Values

/// All SQL on `appointment_notice`.
enum NoticeStore {
    static func known(_ appointment: AppointmentID) -> Statement {
        "select stands, starts_at, provider_id from {location}.appointment_notice where appointment_id = \(appointment)"
    }

    static func known(_ appointments: [AppointmentID]) -> Statement {
        "select stands, starts_at, provider_id, appointment_id from {location}.appointment_notice where appointment_id = any(\(appointments))"
    }

    static func save(_ told: ToldAppointment, of appointment: AppointmentID, at now: Instant) -> Statement {
        """
        insert into {location}.appointment_notice (appointment_id, stands, starts_at, provider_id, told_at)
        values (\(appointment), \(told.stands), \(told.startsAt), \(told.provider), \(now))
        on conflict (appointment_id) do update set stands = excluded.stands, starts_at = excluded.starts_at,
            provider_id = excluded.provider_id, told_at = excluded.told_at
        """
    }

    /// Of the rows of several.
    static func told(_ rows: Rows) throws -> [AppointmentID: ToldAppointment] {
        Dictionary(try rows.map { (try $0.value(3), try told($0)) }, uniquingKeysWith: { first, _ in first })
    }

    static func told(_ row: Row) throws -> ToldAppointment {
        ToldAppointment(stands: try row.value(0), startsAt: try row.value(1), provider: try row.value(2))
    }
}
