import Postgres
import Values

/// Reads what a day's board shows.
enum BoardStore {
    /// Far more than a day of the largest clinic; more is refused, never left out.
    static let limit = 2_000

    /// One number made of the ids and versions of everything on the board, and of the patients whose names are: what changes, changes it. Each
    /// kind of row has a seed of its own, so that no two rows cancel each other out.
    static func version(_ day: Day, _ span: InstantRange, at now: Instant) -> Statement {
        "select coalesce(bit_xor(state.hash), 0) from (select " + hash + " as hash" + shown(span)
            + " union all select state.hash from (" + setting(day, span, at: now) + ") state) state"
    }

    /// The same of everything but the appointments, for who reads those with their hashes anyway.
    static func surroundings(_ day: Day, _ span: InstantRange, at now: Instant) -> Statement {
        "select coalesce(bit_xor(state.hash), 0) from (" + setting(day, span, at: now) + ") state"
    }

    private static let hash: Statement =
        "hash_record_extended(row(appointment.id, appointment.version, patient.version, person.version), 1)"

    private static func setting(_ day: Day, _ span: InstantRange, at now: Instant) -> Statement {
        """
        select hash_record_extended(row(id, version), 2) as hash from {location}.resource where active
        union all select hash_record_extended(row(id, version), 3) from {location}.appointment_type
        union all select hash_record_extended(row(id, version), 4) from {location}.weekly_hours
            where from_day <= \(day) and (until_day is null or until_day > \(day))
        union all select hash_record_extended(row(id, version), 5) from {location}.dated_hours where from_day <= \(day) and until_day > \(day)
        union all select hash_record_extended(row(id, version), 6) from {location}.block where span && \(span)
        union all select hash_record_extended(row(id, expires_at), 7) from {location}.hold
            where span && \(span) and used_at is null and expires_at > \(now)
        """
    }

    private static func shown(_ span: InstantRange) -> Statement {
        """
         from {location}.appointment
        join {location}.patient on patient.id = appointment.patient_id
        left join {location}.person on person.id = patient.person_id
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        where appointment.starts_at >= \(span.start) and appointment.starts_at < \(span.end) and appointment.status <> 'cancelled'
        """
    }

    static func entries(_ span: InstantRange) -> Statement {
        """
        select appointment.id, appointment.version, appointment.patient_id,
            coalesce(patient.animal_name, person.given_name || ' ' || person.family_name) as patient_name,
            appointment.type_id, appointment_type.name, appointment_type.colour, appointment.provider_id, appointment.resource_ids,
            tstzrange(appointment.starts_at, appointment.ends_at), appointment.status, appointment.overridden, 
        """ + hash + shown(span) + " order by appointment.starts_at, appointment.id limit \(limit)"
    }

    /// As `version`, of the rows of `surroundings` and `entries`.
    static func version(_ surroundings: Rows, _ entries: Rows) throws -> Int {
        try entries.reduce(number(surroundings)) { try $0 ^ $1.value(12, as: Int.self) & Int.max }
    }

    /// ETags are never negative.
    static func number(_ rows: Rows) throws -> Int { try (rows.first?.value(0, as: Int.self) ?? 0) & Int.max }

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
