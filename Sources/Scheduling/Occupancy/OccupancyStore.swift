import Postgres
import Values

/// All SQL on `occupancy`, and the locks that a booking takes first (DESIGN L7).
enum OccupancyStore {
    /// More than a day of a dozen busy calendars.
    static let limit = 2_000

    /// What is taken of these calendars in a window. Holds that have run out are nobody's any more.
    static func taken(_ holders: [UUID], in window: InstantRange, at now: Instant) -> Statement {
        """
        select appointment_id, resource, lanes, span from {location}.occupancy
        where resource = any(\(holders)) and span && \(window) and (expires_at is null or expires_at > \(now))
        order by appointment_id, resource limit \(limit)
        """
    }

    /// Resources one after another in the order of their ids, whoever asks: so nobody waits in a circle. Yields those that may be booked.
    static func lock(_ resources: [ResourceID]) -> Statement {
        "select id, active from {location}.resource where id = any(\(resources)) order by id for no key update"
    }

    /// After the resources, always.
    static func lock(_ patient: PatientID) -> Statement {
        "select id from {location}.patient where id = \(patient) for no key update"
    }

    static func clearExpired(_ holders: [UUID], at now: Instant) -> Statement {
        "delete from {location}.occupancy where resource = any(\(holders)) and expires_at <= \(now)"
    }

    /// The same of all calendars.
    static func clearExpired(at now: Instant) -> Statement {
        "delete from {location}.occupancy where expires_at <= \(now)"
    }

    /// Takes the time. Where several may be at once, the lowest lane that is free; when there is none, all lanes, which the constraint refuses.
    static func take(_ demands: [Demand], for span: InstantRange, by appointment: AppointmentID) -> Statement {
        var insert: Statement = "insert into {location}.occupancy (appointment_id, resource, lanes, span) values "
        for (index, demand) in demands.enumerated() {
            if index > 0 { insert += ", " }
            insert += "(\(appointment), \(demand.holder), " + lanes(demand, demand.span(for: span)) + ", \(demand.span(for: span)))"
        }
        return insert
    }

    private static func lanes(_ demand: Demand, _ span: InstantRange) -> Statement {
        guard demand.lanes > 1 else { return "int4range(0, null)" }
        return """
            coalesce((select int4range(lane, lane + 1) from generate_series(0, \(Int32(clamping: demand.lanes - 1))) lane
                where not exists (select from {location}.occupancy taken
                    where taken.resource = \(demand.holder) and taken.span && \(span) and taken.lanes @> lane)
                order by lane limit 1), int4range(0, null))
            """
    }

    static func free(_ appointment: AppointmentID) -> Statement {
        "delete from {location}.occupancy where appointment_id = \(appointment)"
    }

    static func occupancy(_ row: Row) throws -> Occupancy {
        Occupancy(appointment: try row.value(0), holder: try row.value(1), lanes: try row.value(2), span: try row.value(3))
    }
}
