import Postgres
import Values

/// Reads what openings need to know of what is taken: for each calendar and lane all its spans in one row, so that weeks of a whole clinic are few rows.
enum LoadStore {
    /// Calendars and their lanes.
    static let limit = 20_000
    /// Appointments and holds of all of them: two months of a hundred busy calendars.
    static let mostSpans = 200_000

    /// Of all providers in use, and of the patient.
    static func ofPeople(_ patient: PatientID?, in window: InstantRange, at now: Instant) -> Statement {
        taken(
            """
            array(select resource.id from {location}.resource where resource.active and resource.kind = 'provider')
                || \(patient.map { [$0.uuid] } ?? [])
            """,
            in: window,
            at: now
        )
    }

    /// Of all rooms, devices and so on in use that one of these types may need.
    static func ofEquipment(_ types: [AppointmentTypeID], in window: InstantRange, at now: Instant) -> Statement {
        taken(
            """
            array(select resource.id from {location}.resource
                where resource.active and resource.kind <> 'provider' and exists (
                    select from {location}.appointment_type
                    where appointment_type.id = any(\(types)) and resource.kind = any(appointment_type.needs)))
            """,
            in: window,
            at: now
        )
    }

    /// What has a calendar to itself, for good, is nearly everything: its index answers, in order. Its type decides nothing.
    private static let whole: Statement = """
        select occupancy.resource, int4range(0, null) as lanes, null::uuid as type_id, array_agg(lower(occupancy.span)) as starts,
            array_agg(upper(occupancy.span)) as ends, 1 as sharing
        from {location}.occupancy where upper_inf(occupancy.lanes) and occupancy.expires_at is null
        """

    /// The rest. The types are joined to the groups, not to the rows.
    private static let shared: Statement =
        "select part.*, " + OccupancyStore.sharing + """
             from (
                select occupancy.resource, occupancy.lanes, occupancy.type_id, array_agg(lower(occupancy.span)), array_agg(upper(occupancy.span))
                from {location}.occupancy where not (upper_inf(occupancy.lanes) and occupancy.expires_at is null)
            """

    private static func taken(_ holders: Statement, in window: InstantRange, at now: Instant) -> Statement {
        let earliest = window.start.adding(minutes: -Occupancy.longest)
        var there: Statement = " and occupancy.resource = any(" + holders
        there +=
            ") and lower(occupancy.span) > \(earliest) and lower(occupancy.span) < \(window.end) and upper(occupancy.span) > \(window.start)"
        return whole + there + " group by occupancy.resource union all " + shared + there + """
             and (occupancy.expires_at is null or occupancy.expires_at > \(now))
                group by occupancy.resource, occupancy.lanes, occupancy.type_id
            ) part
            left join {location}.appointment_type on appointment_type.id = part.type_id
            limit \(limit)
            """
    }

    /// Errors: `too_much_booked`, rather than leave some out.
    static func load(_ answers: [Rows]) throws -> Load {
        guard answers.allSatisfy({ $0.count < limit }) else { throw OpeningsBody.tooMuch }
        var lanes: [UUID: [Load.Lane]] = [:]
        var count = 0
        for row in answers.joined() {
            let starts = try row.value(3, as: [Instant].self)
            count += starts.count
            guard count <= mostSpans else { throw OpeningsBody.tooMuch }
            let ends = try row.value(4, as: [Instant].self)
            let spans = zip(starts, ends).compactMap { InstantRange($0, $1) }.sorted { $0.start < $1.start }
            lanes[try row.value(0), default: []].append(
                Load.Lane(lanes: try row.value(1), type: try row.value(2), sharing: try row.value(5), spans: spans)
            )
        }
        return Load(lanes)
    }
}
