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

    private static func taken(_ holders: Statement, in window: InstantRange, at now: Instant) -> Statement {
        // The types are joined to the groups, not to the thousands of rows.
        "select taken.*, " + OccupancyStore.sharing + """
             from (
                select occupancy.resource, occupancy.lanes, occupancy.type_id, array_agg(lower(occupancy.span)) as starts,
                    array_agg(upper(occupancy.span)) as ends
                from {location}.occupancy
                where occupancy.span && \(window) and (occupancy.expires_at is null or occupancy.expires_at > \(now)) and occupancy.resource = any(
            """ + holders + """
                )
                    group by occupancy.resource, occupancy.lanes, occupancy.type_id limit \(limit)
                ) taken
                left join {location}.appointment_type on appointment_type.id = taken.type_id
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
