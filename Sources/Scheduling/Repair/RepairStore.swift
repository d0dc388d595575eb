import Postgres
import Values

/// Reads a day as repairing it needs it, and locks what moves together.
enum RepairStore {
    /// Far more than a day of the largest clinic; more is refused, never left out.
    static let mostVisits = 2_000
    static let mostTaken = 20_000

    static func visits(_ span: InstantRange) -> Statement {
        "select id, version, patient_id, type_id, provider_id, resource_ids, tstzrange(starts_at, ends_at), status" + visited(span)
            + " order by starts_at, id limit \(mostVisits)"
    }

    /// Of the visits.
    static func types(_ span: InstantRange) -> Statement { AppointmentTypeStore.these("select type_id" + visited(span)) }

    /// Those in use, those that are out, and those the visits have.
    static func resources(_ span: InstantRange, out: [ResourceID]) -> Statement {
        ResourceStore.inUse(or: out, orUsedBy: "select id" + visited(span))
    }

    private static func visited(_ span: InstantRange) -> Statement {
        " from {location}.appointment where starts_at >= \(span.start) and starts_at < \(span.end) and status <> 'cancelled'"
    }

    /// Of all calendars and patients.
    static func taken(in window: InstantRange, at now: Instant) -> Statement {
        "select " + OccupancyStore.columns + OccupancyStore.source + """
             where occupancy.span && \(window) and (occupancy.expires_at is null or occupancy.expires_at > \(now))
            order by occupancy.appointment_id, occupancy.resource limit \(mostTaken)
            """
    }

    /// In the order of their ids, as everybody locks what is more than one.
    static func lockPatients(_ patients: [PatientID]) -> Statement {
        "select id from {location}.patient where id = any(\(patients)) order by id for no key update"
    }

    static func lockAppointments(_ appointments: [AppointmentID]) -> Statement {
        "select id from {location}.appointment where id = any(\(appointments)) order by id for no key update"
    }

    static func free(_ appointments: [AppointmentID]) -> Statement {
        "delete from {location}.occupancy where appointment_id = any(\(appointments))"
    }

    /// In the order of their ids. Whoever blocks everything waits for all who book anything.
    static let lockAllResources: Statement = "select id from {location}.resource order by id for no key update"

    /// Who is booked in a block's time, with the minutes kept around, or may confirm a hold of it. What is kept for the waitlist is none: whoever
    /// claims it is asked the rules again.
    static func left(_ block: Block, at now: Instant) -> Statement {
        var select: Statement = """
            select distinct appointment.id, hold.id as hold_id, coalesce(appointment.patient_id, hold.patient_id) as patient_id,
                coalesce(appointment.provider_id, hold.provider_id) as provider_id,
                case when appointment.id is null then hold.span else tstzrange(appointment.starts_at, appointment.ends_at) end as visit
            from {location}.occupancy
            left join {location}.appointment on appointment.id = occupancy.appointment_id
            left join {location}.hold on hold.id = occupancy.appointment_id and appointment.id is null
                and not exists (select from {location}.freed_slot where freed_slot.id = hold.id)
            where occupancy.span && \(block.span) and (occupancy.expires_at is null or occupancy.expires_at > \(now))
                and (appointment.status not in ('cancelled', 'completed', 'no_show') or hold.id is not null)
            """
        if let resource = block.resource { select += " and occupancy.resource = \(resource)" }
        return select + " order by visit, appointment.id, hold_id limit \(mostVisits)"
    }

    static func left(_ row: Row) throws -> RepairLeft {
        RepairLeft(
            appointment: try row.value(0),
            hold: try row.value(1),
            patient: try row.value(2),
            provider: try row.value(3),
            span: try row.value(4)
        )
    }

    static func visit(_ row: Row) throws -> RepairDay.Visit {
        let provider = try row.value(4, as: ProviderID.self)
        return RepairDay.Visit(
            id: try row.value(0),
            version: try row.value(1),
            patient: try row.value(2),
            type: try row.value(3),
            provider: provider.resource,
            further: try row.value(5),
            span: try row.value(6),
            status: try row.value(7)
        )
    }
}
