import Postgres
import Values

/// Reads what is taken on many days at once.
extension OccupancyStore {
    /// More than a year of days of a dozen busy calendars.
    private static let limitOfDays = 50_000

    static let tooMuch = Problem.invalid(
        "too_much_taken",
        "More is taken around these times than can be looked at together. Ask for fewer."
    )

    /// What is taken of these calendars in any of these windows.
    static func taken(_ holders: [UUID], inAny windows: [InstantRange], at now: Instant) -> Statement {
        """
        select appointment_id, resource, lanes, span, type_id, expires_at is not null as is_hold from {location}.occupancy
        where resource = any(\(holders))
            and span && (select range_agg(tstzrange(first, last)) from unnest(\(windows.map(\.start)), \(windows.map(\.end))) as day(first, last))
            and (expires_at is null or expires_at > \(now))
        order by appointment_id, resource limit \(limitOfDays)
        """
    }

    /// Errors: `too_much_taken`, rather than leave some out.
    static func all(_ rows: Rows) throws -> [Occupancy] {
        guard rows.count < limitOfDays else { throw tooMuch }
        return try rows.map(occupancy)
    }
}

extension OccupancyStore {
    /// After the resources, always; in the order of their ids.
    static func lock(_ patients: [PatientID]) -> Statement {
        "select id from {location}.patient where id = any(\(patients)) order by id for no key update"
    }
}
