import Postgres
import Values
import Web

/// All SQL on `appointment_change`.
enum AppointmentChangeStore {
    /// The booking, as the appointment itself tells it, then every change; the patient's id is `patient_id`.
    static func page(of appointment: AppointmentID, after: (at: Instant, id: EventID)?, limit: Int) -> Statement {
        var select: Statement = """
            select history.* from (
                select id, created_at as at, created_by as actor_id, 'book' as step, null::text as from_status, 'booked' as to_status,
                    '{}'::text[] as changed, '{}'::jsonb as previous, patient_id
                from {location}.appointment where appointment.id = \(appointment)
                union all
                select change.id, change.at, change.actor_id, change.step, change.from_status, change.to_status, change.changed, change.previous,
                    appointment.patient_id
                from {location}.appointment_change change join {location}.appointment on appointment.id = change.appointment_id
                where change.appointment_id = \(appointment)
            ) history
            """
        if let after { select += " where (history.at, history.id) > (\(after.at), \(after.id))" }
        return select + " order by history.at, history.id limit \(limit)"
    }

    /// The newest first, without the booking.
    static func newest(of appointment: AppointmentID, limit: Int) -> Statement {
        """
        select id, at, actor_id, step, from_status, to_status, changed, previous from {location}.appointment_change
        where appointment_id = \(appointment) order by at desc, id desc limit \(limit)
        """
    }

    static func insert(_ change: AppointmentChange, of appointment: AppointmentID) -> Statement {
        """
        insert into {location}.appointment_change (id, appointment_id, at, actor_id, step, from_status, to_status, changed, previous)
        values (\(change.id), \(appointment), \(change.at), \(change.by), \(change.step), \(change.fromStatus), \(change.toStatus),
            \(change.changed), \(JSONText(String(decoding: AppointmentChange.Previous.shape.bytes(change.previous), as: UTF8.self))))
        """
    }

    static func change(_ row: Row) throws -> AppointmentChange {
        let previous = try JSON.parse(Array(try row.value(7, as: JSONText.self).text.utf8))
        return AppointmentChange(
            id: try row.value(0),
            at: try row.value(1),
            by: try row.value(2),
            step: try row.value(3),
            fromStatus: try row.value(4),
            toStatus: try row.value(5),
            changed: try row.value(6),
            previous: try AppointmentChange.Previous.shape.read(previous)
        )
    }
}
