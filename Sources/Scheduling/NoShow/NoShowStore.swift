import Postgres
import Values

/// Reads what became of past appointments, for rates.
enum NoShowStore {
    /// Of one type there are 280 kinds at most; more than this many is refused, never left out.
    static let mostCells = 100_000
    static let mostVisits = 20_000

    /// Appointments of a time that were kept or missed, with what was known before: the patient's history counts from the beginning. Of what was
    /// before that time it is asked whether and how often, no further than rates tell apart, so that years of it cost nothing.
    private static func seen(from: Instant, until: Instant) -> Statement {
        """
        with visit as materialized (
            select id, patient_id, provider_id, type_id, starts_at, ends_at, wall_day, created_at, status from {location}.appointment
            where status in ('completed', 'no_show') and starts_at >= \(from) and starts_at < \(until)
        ),
        before as materialized (
            select patient.patient_id,
                (select count(*) from (select from {location}.appointment earlier where earlier.patient_id = patient.patient_id
                    and earlier.status = 'no_show' and earlier.starts_at < \(from) limit \(NoShowTraits.mostEarlier)) few) as missed,
                (select true from {location}.appointment earlier where earlier.patient_id = patient.patient_id
                    and earlier.status = 'completed' and earlier.starts_at < \(from) limit 1) is not null as came
            from (select distinct patient_id from visit) patient
        )
        select visit.provider_id, visit.wall_day, visit.starts_at, visit.ends_at, visit.type_id,
            extract(isodow from visit.wall_day)::int as weekday,
            greatest(0, extract(epoch from visit.starts_at - visit.created_at) / 86400)::int as lead_days,
            least(before.missed + count(*) filter (where visit.status = 'no_show') over history, \(NoShowTraits.mostEarlier))::int as earlier,
            not before.came and (count(*) filter (where visit.status = 'completed') over history) = 0 as is_new,
            visit.status = 'no_show' as missed
        from visit join before using (patient_id)
        window history as (partition by visit.patient_id order by visit.starts_at, visit.id rows between unbounded preceding and 1 preceding)
        """
    }

    /// Lead times and histories as `NoShowTraits.group` tells them apart.
    static func cells(from: Instant, until: Instant) -> Statement {
        """
        select weekday, case when lead_days < 1 then 0 when lead_days <= 2 then 1 when lead_days <= 7 then 3 when lead_days <= 30 then 8 else 31 end,
            earlier, is_new, type_id, count(*), count(*) filter (where missed) from (
        """ + seen(from: from, until: until)
            + ") seen group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5 limit \(mostCells)"
    }

    static func visits(from: Instant, until: Instant) -> Statement {
        """
        select provider_id, wall_day, (extract(epoch from ends_at - starts_at) / 60)::int, weekday, lead_days, earlier, is_new, type_id, missed from (
        """ + seen(from: from, until: until)
            + ") seen order by wall_day, provider_id, starts_at limit \(mostVisits)"
    }

    /// An appointment and what was known of it when it was booked; the patient's own history is what it is now.
    static func traits(_ id: AppointmentID, at now: Instant) -> Statement {
        """
        select appointment.id, appointment.patient_id, extract(isodow from appointment.wall_day)::int,
            greatest(0, extract(epoch from appointment.starts_at - appointment.created_at) / 86400)::int,
            (select count(*)::int from {location}.appointment earlier where earlier.patient_id = appointment.patient_id
                and earlier.status = 'no_show' and earlier.starts_at < least(appointment.starts_at, \(now)) and earlier.id <> appointment.id),
            not exists (select from {location}.appointment earlier where earlier.patient_id = appointment.patient_id
                and earlier.status = 'completed' and earlier.starts_at < least(appointment.starts_at, \(now)) and earlier.id <> appointment.id),
            appointment.type_id
        from {location}.appointment where appointment.id = \(id)
        """
    }

    /// Errors: `too_many_kinds`, rather than leave some out.
    static func cells(_ rows: Rows) throws -> [NoShowCell] {
        guard rows.count < mostCells else { throw NoShowRates.tooMany }
        return try rows.map(cell)
    }

    private static func cell(_ row: Row) throws -> NoShowCell {
        let (weekday, lead, earlier, isNew, type, count, missed) = try row.decode((Int, Int, Int, Bool, AppointmentTypeID, Int, Int).self)
        let traits = NoShowTraits(weekday: weekday, leadDays: lead, earlierNoShows: earlier, isNew: isNew, type: type)
        return NoShowCell(traits: traits, count: count, missed: missed)
    }

    static func visit(_ row: Row) throws -> PastVisit {
        PastVisit(
            provider: try row.value(0),
            day: try row.value(1),
            minutes: try row.value(2),
            traits: NoShowTraits(
                weekday: try row.value(3),
                leadDays: try row.value(4),
                earlierNoShows: try row.value(5),
                isNew: try row.value(6),
                type: try row.value(7)
            ),
            wasMissed: try row.value(8)
        )
    }

    static func traits(_ row: Row) throws -> (patient: PatientID, traits: NoShowTraits) {
        let traits = NoShowTraits(
            weekday: try row.value(2),
            leadDays: try row.value(3),
            earlierNoShows: try row.value(4),
            isNew: try row.value(5),
            type: try row.value(6)
        )
        return (try row.value(1), traits)
    }
}
