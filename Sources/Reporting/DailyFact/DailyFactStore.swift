import Postgres
import Tenancy
import Values

/// All SQL that writes `control.daily_fact`, through the organization's door.
enum DailyFactStore {
    /// The day's row, there and locked afterwards. One flight.
    static func lock(_ day: Day, at location: Location, now: Instant) -> [Statement] {
        [
            """
            insert into control.daily_fact (organization_id, location_id, day, computed_at) values (\(location.organization), \(location.id), \(day), \(now))
            on conflict (location_id, day) do nothing
            """,
            "select 1 from control.daily_fact where location_id = \(location.id) and day = \(day) for update",
        ]
    }

    static func save(_ figures: DayFigures, of day: Day, at location: Location, now: Instant) -> Statement {
        """
        update control.daily_fact set visits = \(figures.visits), no_shows = \(figures.noShows), booked = \(figures.booked), charges = \(figures.charges),
            payments = \(figures.payments), adjustments = \(figures.adjustments), receivables_change = \(figures.receivables), computed_at = \(now)
        where location_id = \(location.id) and day = \(day)
        """
    }
}
