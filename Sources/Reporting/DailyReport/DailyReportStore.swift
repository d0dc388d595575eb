import Access
import Organizations
import Postgres
import Values

/// The report's SQL, through the organization's door: one row for each location, its days in arrays.
enum DailyReportStore {
    /// - Parameter only: These locations; empty is all of the selection.
    static func locations(_ selection: LocationSelection, only: [LocationID], from: Day, through: Day, limit: Int) -> Statement {
        var select: Statement = """
            select location.id, location.name, location.time_zone, location.currency, coalesce(before.owed, 0)::int8, coalesce(fact.days, '{}'),
                coalesce(fact.visits, '{}'), coalesce(fact.no_shows, '{}'), coalesce(fact.booked, '{}'), coalesce(fact.charges, '{}'),
                coalesce(fact.payments, '{}'), coalesce(fact.adjustments, '{}'), coalesce(fact.receivables, '{}'), coalesce(fact.computed_at, '{}')
            from control.location_directory as location
            left join (
                select location_id, array_agg(day order by day) as days, array_agg(visits::int8 order by day) as visits,
                    array_agg(no_shows::int8 order by day) as no_shows, array_agg(booked::int8 order by day) as booked,
                    array_agg(charges order by day) as charges, array_agg(payments order by day) as payments,
                    array_agg(adjustments order by day) as adjustments, array_agg(receivables_change order by day) as receivables,
                    array_agg(computed_at order by day) as computed_at
                from control.daily_fact where day >= \(from) and day <= \(through) group by location_id) as fact on fact.location_id = location.id
            left join (
                select location_id, sum(receivables_change) as owed from control.daily_fact where day < \(from) group by location_id
            ) as before on before.location_id = location.id
            where location.state in ('active', 'suspended') and
            """
        select += " " + LocationStore.within(selection)
        if !only.isEmpty { select += " and location.id = any(\(only))" }
        return select + " order by location.name, location.id limit \(limit)"
    }

    static func location(_ row: Row) throws -> LocationReport {
        guard let zone = ZoneName(try row.value(2, as: String.self)), let currency = Currency(try row.value(3, as: String.self)) else {
            throw Problem(.failed, "directory_damaged", "The directory entry of this location cannot be used.")
        }
        let days = try row.value(5, as: [Day].self)
        let numbers = try (6...12).map { try row.value($0, as: [Int].self) }
        let computed = try row.value(13, as: [Instant].self)
        let facts = days.indices.map { index in
            let figures = DayFigures(
                visits: numbers[0][index],
                noShows: numbers[1][index],
                booked: numbers[2][index],
                charges: Int64(numbers[3][index]),
                payments: Int64(numbers[4][index]),
                adjustments: Int64(numbers[5][index]),
                receivables: Int64(numbers[6][index])
            )
            return (day: days[index], figures: figures, computedAt: computed[index])
        }
        return LocationReport(
            location: try row.value(0),
            name: try row.value(1),
            timeZone: zone,
            currency: currency,
            opening: Int64(try row.value(4, as: Int.self)),
            facts: facts
        )
    }
}
