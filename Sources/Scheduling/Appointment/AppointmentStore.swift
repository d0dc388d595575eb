import Postgres
import Values

/// All SQL on `appointment`.
enum AppointmentStore {
    /// Yields what `appointment` reads; the id comes first, the patient's is `patient_id`.
    private static let all: Statement = """
        select appointment.id, appointment.patient_id, appointment.type_id, appointment_type.name as type_name, appointment.provider_id,
            calendar.name as provider_name, further.ids, further.kinds, further.names, appointment.starts_at, appointment.ends_at,
            appointment.time_zone, appointment.wall_day, appointment.wall_time, appointment.status, appointment.note, appointment.cancel_reason,
            appointment.cancel_note, appointment.cancelled_late, appointment.arrived_at, appointment.completed_at, appointment.closed_at,
            encounter.id as encounter_id, appointment.version, appointment.created_at, appointment.updated_at, appointment.confirmed_at,
            appointment.roomed_at, appointment.started_at, appointment.checked_out_at, appointment.overridden, appointment.override_code,
            appointment.override_text
        from {location}.appointment
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        join {location}.resource calendar on calendar.id = appointment.provider_id
        left join {location}.encounter on encounter.appointment_id = appointment.id
        cross join lateral (
            select array_agg(resource.id order by resource.id) as ids,
                array_agg(resource.kind order by resource.id) as kinds,
                array_agg(resource.name order by resource.id) as names
            from {location}.resource where resource.id = any(appointment.resource_ids)
        ) further
        """

    static func one(_ id: AppointmentID) -> Statement { all + " where appointment.id = \(id)" }

    static func these(_ ids: [AppointmentID]) -> Statement { all + " where appointment.id = any(\(ids))" }

    static func locked(_ id: AppointmentID) -> Statement { all + " where appointment.id = \(id) for no key update of appointment" }

    /// Those whose ids a query yields, locked in the order of their ids.
    static func locked(_ ids: Statement) -> Statement {
        all + " where appointment.id in (" + ids + ") order by appointment.id for no key update of appointment"
    }

    static func page(_ ids: Statement, after: (start: Instant, id: AppointmentID)?, limit: Int) -> Statement {
        var select = all + " where appointment.id in (" + ids + ")"
        if let after { select += " and (appointment.starts_at, appointment.id) > (\(after.start), \(after.id))" }
        return select + " order by appointment.starts_at, appointment.id limit \(limit)"
    }

    static func page(_ range: InstantRange?, _ query: AppointmentQuery, after: (start: Instant, id: AppointmentID)?, limit: Int)
        -> Statement
    {
        var select = all + " where true"
        if let range { select += " and appointment.starts_at >= \(range.start) and appointment.starts_at < \(range.end)" }
        if let patient = query.patient { select += " and appointment.patient_id = \(patient)" }
        if let provider = query.provider { select += " and appointment.provider_id = \(provider)" }
        if let status = query.status { select += " and appointment.status = \(status)" }
        if let after { select += " and (appointment.starts_at, appointment.id) > (\(after.start), \(after.id))" }
        return select + " order by appointment.starts_at, appointment.id limit \(limit)"
    }

    /// What a file of appointments says; the id comes first, the patient's is `patient_id`.
    static func export(_ span: InstantRange, limit: Int) -> Statement {
        """
        select appointment.id, appointment.patient_id, patient.chart_number, appointment_type.name as type_name, calendar.name as provider_name, appointment.starts_at,
            appointment.ends_at, appointment.note, appointment.status,
            (select array_agg(resource.name order by resource.name) from {location}.resource where resource.id = any(appointment.resource_ids)) as resource_names
        from {location}.appointment
        join {location}.patient on patient.id = appointment.patient_id
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        join {location}.resource calendar on calendar.id = appointment.provider_id
        where appointment.starts_at >= \(span.start) and appointment.starts_at < \(span.end)
        order by appointment.starts_at, appointment.id limit \(limit)
        """
    }

    static func insert(_ appointment: Appointment, by actor: UUID) -> Statement {
        """
        insert into {location}.appointment (id, patient_id, type_id, provider_id, resource_ids, starts_at, ends_at, time_zone, wall_day, wall_time,
            status, note, overridden, override_code, override_text, created_at, created_by, updated_at, updated_by)
        values (\(appointment.id), \(appointment.patient), \(appointment.type), \(appointment.provider), \(appointment.resources.map(\.id)),
            \(appointment.startsAt), \(appointment.endsAt), \(appointment.timeZone), \(appointment.day), \(appointment.time), \(appointment.status),
            \(appointment.note), \(appointment.overridden), \(appointment.overrideCode), \(appointment.overrideText), \(appointment.createdAt), \(actor), \(appointment.updatedAt), \(actor))
        """
    }

    static func update(_ appointment: Appointment, by actor: UUID) -> Statement {
        """
        update {location}.appointment set provider_id = \(appointment.provider), resource_ids = \(appointment.resources.map(\.id)),
            starts_at = \(appointment.startsAt), ends_at = \(appointment.endsAt), time_zone = \(appointment.timeZone), wall_day = \(appointment.day),
            wall_time = \(appointment.time), status = \(appointment.status), note = \(appointment.note), cancel_reason = \(appointment.cancelReason),
            cancel_note = \(appointment.cancelNote), cancelled_late = \(appointment.cancelledLate),
            confirmed_at = \(appointment.confirmedAt), arrived_at = \(appointment.arrivedAt), roomed_at = \(appointment.roomedAt), started_at = \(appointment.startedAt),
            checked_out_at = \(appointment.checkedOutAt), overridden = \(appointment.overridden), override_code = \(appointment.overrideCode),
            override_text = \(appointment.overrideText),
            completed_at = \(appointment.completedAt), closed_at = \(appointment.closedAt), version = \(appointment.version),
            updated_at = \(appointment.updatedAt), updated_by = \(actor)
        where id = \(appointment.id)
        """
    }

    static func appointment(_ row: Row) throws -> Appointment {
        let span = InstantRange(try row.value(9), try row.value(10))
        guard let span else { throw Problem(.failed, "appointment_damaged", "This appointment's times cannot be read.") }
        return Appointment(
            id: try row.value(0),
            patient: try row.value(1),
            type: try row.value(2),
            typeName: try row.value(3),
            provider: try row.value(4),
            providerName: try row.value(5),
            resources: try uses(row),
            span: span,
            timeZone: try row.value(11),
            day: try row.value(12),
            time: try row.value(13),
            status: try row.value(14),
            note: try row.value(15),
            cancelReason: try row.value(16),
            cancelNote: try row.value(17),
            cancelledLate: try row.value(18),
            confirmedAt: try row.value(26),
            arrivedAt: try row.value(19),
            roomedAt: try row.value(27),
            startedAt: try row.value(28),
            checkedOutAt: try row.value(29),
            completedAt: try row.value(20),
            closedAt: try row.value(21),
            encounter: try row.value(22),
            overridden: try row.value(30),
            overrideCode: try row.value(31),
            overrideText: try row.value(32),
            version: try row.value(23),
            createdAt: try row.value(24),
            updatedAt: try row.value(25)
        )
    }

    private static func uses(_ row: Row) throws -> [Appointment.Use] {
        guard let ids = try row.value(6, as: [ResourceID]?.self) else { return [] }
        let kinds = try row.value(7, as: [Resource.Kind].self)
        let names = try row.value(8, as: [String].self)
        return zip(ids, zip(kinds, names)).map { Appointment.Use(id: $0, kind: $1.0, name: $1.1) }
    }
}
