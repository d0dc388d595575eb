import Postgres
import Values

/// Reads what is taken on many days at once.
extension OccupancyStore {
    /// What is taken of these calendars in any of these windows.
    static func taken(_ holders: [UUID], inAny windows: [InstantRange], at now: Instant) -> Statement {
        "select " + columns + source + """
             where occupancy.resource = any(\(holders)) and occupancy.span
                && (select range_agg(tstzrange(first, last)) from unnest(\(windows.map(\.start)), \(windows.map(\.end))) as day(first, last))
                and (occupancy.expires_at is null or occupancy.expires_at > \(now))
            order by occupancy.appointment_id, occupancy.resource limit \(limit)
            """
    }
}

extension OccupancyStore {
    /// After the resources, always; in the order of their ids.
    static func lock(_ patients: [PatientID]) -> Statement {
        "select id from {location}.patient where id = any(\(patients)) order by id for no key update"
    }
}
