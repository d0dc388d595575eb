import Postgres
import Values

/// All SQL on `series` and `series_occurrence`.
enum SeriesStore {
    /// Yields what `series` reads; the id comes first, the patient's is `patient_id`.
    private static let all: Statement = """
        select series.id, series.patient_id, series.type_id, series.provider_id, series.resource_ids, series.rule, series.start_day, series.wall_time,
            series.minutes, series.exceptions, series.extra_days, series.time_zone, series.choice, series.version, series.created_at,
            series.updated_at, entry.ordinals, entry.days, entry.outcomes, entry.appointments
        from {location}.series
        cross join lateral (
            select array_agg(ordinal order by ordinal) as ordinals, array_agg(original_day order by ordinal) as days,
                array_agg(outcome order by ordinal) as outcomes, array_agg(appointment_id order by ordinal) as appointments
            from {location}.series_occurrence where series_occurrence.series_id = series.id
        ) entry
        """

    static func one(_ id: SeriesID) -> Statement { all + " where series.id = \(id)" }

    static func locked(_ id: SeriesID) -> Statement { all + " where series.id = \(id) for no key update of series" }

    static func page(of patient: PatientID, after: (day: Day, id: SeriesID)?, limit: Int) -> Statement {
        var select = all + " where series.patient_id = \(patient)"
        if let after { select += " and (series.start_day, series.id) > (\(after.day), \(after.id))" }
        return select + " order by series.start_day, series.id limit \(limit)"
    }

    /// The ids of the appointments from one ordinal to another.
    static func appointments(_ id: SeriesID, _ ordinals: ClosedRange<Int>) -> Statement {
        """
        select appointment_id from {location}.series_occurrence
        where series_id = \(id) and ordinal between \(ordinals.lowerBound) and \(ordinals.upperBound)
        """
    }

    /// On which days its appointments are now.
    static func days(of id: SeriesID) -> Statement {
        """
        select appointment.id, appointment.wall_day from {location}.series_occurrence
        join {location}.appointment on appointment.id = series_occurrence.appointment_id
        where series_occurrence.series_id = \(id) and appointment.status <> 'cancelled'
        """
    }

    static func type(of id: SeriesID) -> Statement { "select type_id from {location}.series where series.id = \(id)" }

    static func patient(of id: SeriesID) -> Statement { "select patient_id from {location}.series where series.id = \(id)" }

    static func insert(_ series: Series, by actor: UUID) -> [Statement] {
        let row: Statement = """
            insert into {location}.series (id, patient_id, type_id, provider_id, resource_ids, rule, start_day, wall_time, minutes, exceptions,
                extra_days, time_zone, choice, created_at, created_by, updated_at, updated_by)
            values (\(series.id), \(series.patient), \(series.type), \(series.provider), \(series.resources), \(series.rule), \(series.startDay),
                \(series.time), \(series.minutes), \(series.exceptions), \(series.extraDays), \(series.timeZone), \(series.choice),
                \(series.createdAt), \(actor), \(series.updatedAt), \(actor))
            """
        return [row] + series.entries.map { insert($0, of: series.id) }
    }

    private static func insert(_ entry: Series.Entry, of series: SeriesID) -> Statement {
        """
        insert into {location}.series_occurrence (series_id, ordinal, original_day, outcome, appointment_id)
        values (\(series), \(entry.ordinal), \(entry.day), \(entry.outcome), \(entry.appointment))
        """
    }

    static func update(_ series: Series, by actor: UUID) -> Statement {
        """
        update {location}.series set provider_id = \(series.provider), resource_ids = \(series.resources), wall_time = \(series.time),
            minutes = \(series.minutes), version = \(series.version), updated_at = \(series.updatedAt), updated_by = \(actor)
        where id = \(series.id)
        """
    }

    static func series(_ row: Row) throws -> Series {
        let ordinals = try row.value(16, as: [Int]?.self) ?? []
        let days = try row.value(17, as: [Day]?.self) ?? []
        let outcomes = try row.value(18, as: [Series.Outcome]?.self) ?? []
        let appointments = try row.value(19, as: [AppointmentID?]?.self) ?? []
        return Series(
            id: try row.value(0),
            patient: try row.value(1),
            type: try row.value(2),
            provider: try row.value(3),
            resources: try row.value(4),
            rule: try row.value(5),
            startDay: try row.value(6),
            time: try row.value(7),
            minutes: try row.value(8),
            exceptions: try row.value(9),
            extraDays: try row.value(10),
            timeZone: try row.value(11),
            choice: try row.value(12),
            entries: zip(zip(ordinals, days), zip(outcomes, appointments)).map {
                Series.Entry(ordinal: $0.0, day: $0.1, outcome: $1.0, appointment: $1.1)
            },
            version: try row.value(13),
            createdAt: try row.value(14),
            updatedAt: try row.value(15)
        )
    }
}
