import Postgres
import Values

/// All SQL on `occupancy`, and the locks that a booking takes first (DESIGN L7).
enum OccupancyStore {
    /// More than a year of days of a dozen busy calendars; a day of groups with a hundred seats is some thousands.
    static let limit = 50_000

    static let tooMuch = Problem.invalid(
        "too_much_taken",
        "More is taken around these times than can be looked at together. Ask for fewer."
    )

    /// What `occupancy` reads, and where it comes from.
    static let columns: Statement = """
        occupancy.appointment_id, occupancy.resource, occupancy.lanes, occupancy.span, occupancy.type_id,
        occupancy.expires_at is not null as is_hold, 
        """ + sharing
    static let source: Statement = """
         from {location}.occupancy left join {location}.appointment_type on appointment_type.id = occupancy.type_id
        """
    /// As `Occupancy.sharing`.
    static let sharing: Statement = """
        case when appointment_type.seats > 1 then 0 when appointment_type.double_booking = 'lanes' then appointment_type.lanes else 1 end
        """

    /// What is taken of these calendars in a window. Holds that have run out are nobody's any more.
    ///
    /// What has a calendar to itself, for good, and the rest have an index each, ordered by time. Both are faster than the constraint's own.
    static func taken(_ holders: [UUID], in window: InstantRange, at now: Instant) -> Statement {
        let earliest = window.start.adding(minutes: -Occupancy.longest)
        let there: Statement = """
            select appointment_id, resource, lanes, span, type_id, expires_at from {location}.occupancy where resource = any(\(holders)) and lower(span) > \(earliest)
                and lower(span) < \(window.end) and upper(span) > \(window.start)
            """
        return "select " + columns + " from (" + there + " and upper_inf(lanes) and expires_at is null union all " + there + """
             and not (upper_inf(lanes) and expires_at is null) and (expires_at is null or expires_at > \(now))
            ) as occupancy
            left join {location}.appointment_type on appointment_type.id = occupancy.type_id
            order by occupancy.appointment_id, occupancy.resource limit \(limit)
            """
    }

    /// The same, with who took it and when, and the visit without its buffers: to explain.
    static func explained(_ holders: [UUID], in window: InstantRange, at now: Instant) -> Statement {
        "select " + columns + """
            , case when appointment.id is null then hold.span else tstzrange(appointment.starts_at, appointment.ends_at) end as visit,
            coalesce(appointment.created_by, hold.created_by) as set_by, coalesce(appointment.created_at, hold.created_at) as set_at,
            freed_slot.id is not null and occupancy.expires_at is not null as for_waitlist
            """ + source + """
                 left join {location}.appointment on appointment.id = occupancy.appointment_id
                left join {location}.hold on hold.id = occupancy.appointment_id
                left join {location}.freed_slot on freed_slot.id = occupancy.appointment_id
                where occupancy.resource = any(\(holders)) and occupancy.span && \(window)
                    and (occupancy.expires_at is null or occupancy.expires_at > \(now))
                order by occupancy.appointment_id, occupancy.resource limit \(limit)
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

    /// Says twice that only holds end: the planner then expects few whatever the moment, and does not plan anew for each.
    static func clearExpired(_ holders: [UUID], at now: Instant) -> Statement {
        "delete from {location}.occupancy where resource = any(\(holders)) and expires_at is not null and expires_at <= \(now)"
    }

    /// The same of all calendars.
    static func clearExpired(at now: Instant) -> Statement {
        "delete from {location}.occupancy where expires_at <= \(now)"
    }

    /// Takes the time. Where several may be at once, the lowest lane that is free; when there is none, all lanes, which the constraint refuses.
    static func take(
        _ demands: [Demand],
        for span: InstantRange,
        by appointment: AppointmentID,
        _ type: AppointmentTypeID,
        until expiry: Instant? = nil
    ) -> Statement {
        var insert: Statement =
            "insert into {location}.occupancy (appointment_id, resource, lanes, span, type_id, expires_at) values "
        for (index, demand) in demands.enumerated() {
            if index > 0 { insert += ", " }
            insert +=
                "(\(appointment), \(demand.holder), " + lanes(demand, demand.span(for: span))
                + ", \(demand.span(for: span)), \(type), \(expiry))"
        }
        return insert
    }

    /// Before somebody books over what is taken: what had a calendar alone now has its first lane, and shares it (DESIGN L7). Who asks for the
    /// whole is refused as before.
    static func share(_ demand: Demand, for span: InstantRange) -> Statement {
        """
        update {location}.occupancy set lanes = int4range(0, 1)
        where resource = \(demand.holder) and span && \(demand.span(for: span)) and upper_inf(lanes)
        """
    }

    private static func lanes(_ demand: Demand, _ span: InstantRange) -> Statement {
        let lanes = demand.doubling ? Demand.mostLanes : demand.lanes
        guard lanes > 1 else { return "int4range(0, null)" }
        return """
            coalesce((select int4range(lane, lane + 1) from generate_series(0, \(Int32(clamping: lanes - 1))) lane
                where not exists (select from {location}.occupancy taken
                    where taken.resource = \(demand.holder) and taken.span && \(span) and taken.lanes @> lane)
                order by lane limit 1), int4range(0, null))
            """
    }

    /// What is held is kept for good; yields whose time it is, nothing of a hold that has run out.
    static func keep(_ appointment: AppointmentID, at now: Instant) -> Statement {
        """
        update {location}.occupancy set expires_at = null where appointment_id = \(appointment) and expires_at > \(now)
        returning resource
        """
    }

    static func free(_ appointment: AppointmentID) -> Statement {
        "delete from {location}.occupancy where appointment_id = \(appointment)"
    }

    /// Time that an appointment had and that is kept for the waitlist since: it may have it again, while nobody has claimed it. The hold goes
    /// first, as whoever gives it back locks it first.
    static func regain(_ appointment: AppointmentID, _ resources: [ResourceID], in span: InstantRange) -> Statement {
        """
        with kept as (
            select distinct freed_slot.id from {location}.occupancy
            join {location}.freed_slot on freed_slot.id = occupancy.appointment_id
            where occupancy.resource = any(\(resources)) and occupancy.span && \(span) and occupancy.expires_at is not null
                and freed_slot.appointment_id = \(appointment)
        ), gone as (
            delete from {location}.hold where id in (select id from kept) returning id
        )
        delete from {location}.occupancy where appointment_id in (select id from gone)
        """
    }

    /// Errors: `too_much_taken`, rather than leave some out.
    static func all(_ rows: Rows) throws -> [Occupancy] { try all(rows, occupancy) }

    /// Reads the rows of `explained`. Errors: as `all`.
    static func allExplained(_ rows: Rows) throws -> [Occupancy] { try all(rows, explained) }

    private static func all(_ rows: Rows, _ read: (Row) throws -> Occupancy) throws -> [Occupancy] {
        guard rows.count < limit else { throw tooMuch }
        return try rows.map(read)
    }

    static func occupancy(_ row: Row) throws -> Occupancy {
        Occupancy(
            appointment: try row.value(0),
            holder: try row.value(1),
            lanes: try row.value(2),
            span: try row.value(3),
            type: try row.value(4),
            sharing: try row.value(6),
            isHold: try row.value(5)
        )
    }

    private static func explained(_ row: Row) throws -> Occupancy {
        var taken = try occupancy(row)
        taken.visit = try row.value(7)
        taken.setBy = try row.value(8)
        taken.setAt = try row.value(9)
        taken.isForWaitlist = try row.value(10)
        return taken
    }
}
