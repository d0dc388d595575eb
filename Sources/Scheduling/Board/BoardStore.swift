import Postgres
import Values

/// Reads what a day's board shows.
enum BoardStore {
    /// Far more than a day of the largest clinic.
    static let limit = 2_000

    /// One number made of the ids and versions of everything on the board, and of the patients whose names are: what changes, changes it.
    static func version(_ day: Day, _ span: InstantRange, at now: Instant) -> Statement {
        """
        select ('x' || substr(md5(coalesce(string_agg(state.part, ',' order by state.part), '')), 1, 15))::bit(60)::bigint
        from (
            select 'a' || appointment.id || '.' || appointment.version || '.' || patient.version || '.' || coalesce(person.version, 0) as part
            from {location}.appointment
            join {location}.patient on patient.id = appointment.patient_id
            left join {location}.person on person.id = patient.person_id
            where appointment.starts_at >= \(span.start) and appointment.starts_at < \(span.end) and appointment.status <> 'cancelled'
            union all select 'r' || id || '.' || version from {location}.resource where active
            union all select 't' || id || '.' || version from {location}.appointment_type
            union all select 'w' || id || '.' || version from {location}.weekly_hours
                where from_day <= \(day) and (until_day is null or until_day > \(day))
            union all select 'd' || id || '.' || version from {location}.dated_hours where from_day <= \(day) and until_day > \(day)
            union all select 'b' || id || '.' || version from {location}.block where span && \(span)
            union all select 'h' || id || '.' || expires_at from {location}.hold where span && \(span) and used_at is null and expires_at > \(now)
        ) state
        """
    }

    static func entries(_ span: InstantRange) -> Statement {
        """
        select appointment.id, appointment.version, appointment.patient_id,
            coalesce(patient.animal_name, person.given_name || ' ' || person.family_name) as patient_name,
            appointment.type_id, appointment_type.name, appointment_type.colour, appointment.provider_id, appointment.resource_ids,
            tstzrange(appointment.starts_at, appointment.ends_at), appointment.status, appointment.overridden
        from {location}.appointment
        join {location}.patient on patient.id = appointment.patient_id
        left join {location}.person on person.id = patient.person_id
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        where appointment.starts_at >= \(span.start) and appointment.starts_at < \(span.end) and appointment.status <> 'cancelled'
        order by appointment.starts_at, appointment.id limit \(limit)
        """
    }

    static func entry(_ row: Row) throws -> DayBoard.Entry {
        DayBoard.Entry(
            id: try row.value(0),
            version: try row.value(1),
            patient: try row.value(2),
            patientName: try row.value(3),
            type: try row.value(4),
            typeName: try row.value(5),
            colour: try row.value(6),
            provider: try row.value(7),
            resources: try row.value(8),
            span: try row.value(9),
            status: try row.value(10),
            overridden: try row.value(11)
        )
    }
}
