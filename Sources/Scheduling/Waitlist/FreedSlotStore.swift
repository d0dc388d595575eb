import Postgres
import Values

/// All SQL on `freed_slot`.
enum FreedSlotStore {
    private static let all: Statement = """
        select id, cause_id, appointment_id, type_id, provider_id, resource_ids, span, status, waves, patient_id, taken_appointment_id, taken_at,
            elsewhere_location_id, elsewhere_appointment_id, elsewhere_status, elsewhere_reason, version, created_at
        from {location}.freed_slot
        """

    static func locked(_ id: FreedSlotID) -> Statement { all + " where id = \(id) for no key update" }

    /// Whoever claims first has it locked; the others wait here, before any calendar.
    static func locked(ofOffer hash: [UInt8]) -> Statement {
        all + " where id = (select slot_id from {location}.waitlist_offer where token_hash = \(hash)) for no key update"
    }

    /// All that is offered to somebody, in the order of their ids, whoever asks.
    static func locked(offeredTo entry: WaitlistEntryID) -> Statement {
        all + """
             where id in (select slot_id from {location}.waitlist_offer where entry_id = \(entry) and status = 'open')
            order by id for no key update
            """
    }

    /// Whether what was claimed was cancelled since.
    static func isClaimCancelled(_ id: FreedSlotID) -> Statement {
        """
        select appointment.status = 'cancelled' from {location}.freed_slot
        join {location}.appointment on appointment.id = freed_slot.taken_appointment_id where freed_slot.id = \(id)
        """
    }

    static func page(_ query: RecoveredQuery, after: (at: Instant, id: FreedSlotID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let status = query.status { select += " and status = \(status)" }
        if let status = query.elsewhereStatus { select += " and elsewhere_status = \(status)" }
        if let from = query.from { select += " and created_at >= \(from)" }
        if let until = query.until { select += " and created_at < \(until)" }
        if let after { select += " and (created_at, id) > (\(after.at), \(after.id))" }
        return select + " order by created_at, id limit \(limit)"
    }

    /// Once for each cause.
    static func insert(_ slot: FreedSlot, by actor: UUID) -> Statement {
        """
        insert into {location}.freed_slot (id, cause_id, appointment_id, type_id, provider_id, resource_ids, span, status, created_at, created_by,
            updated_at, updated_by)
        values (\(slot.id), \(slot.cause), \(slot.appointment), \(slot.type), \(slot.provider), \(slot.resources), \(slot.span), \(slot.status),
            \(slot.createdAt), \(actor), \(slot.createdAt), \(actor))
        on conflict (cause_id) do nothing returning id
        """
    }

    static func update(_ slot: FreedSlot, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.freed_slot set status = \(slot.status), waves = \(slot.waves), patient_id = \(slot.patient),
            taken_appointment_id = \(slot.takenBy), taken_at = \(slot.takenAt), elsewhere_location_id = \(slot.elsewhere?.location),
            elsewhere_appointment_id = \(slot.elsewhere?.appointment), elsewhere_status = \(slot.elsewhereStatus),
            elsewhere_reason = \(slot.elsewhereFailure), version = \(slot.version), updated_at = \(now), updated_by = \(actor)
        where id = \(slot.id)
        """
    }

    static func slot(_ row: Row) throws -> FreedSlot {
        FreedSlot(
            id: try row.value(0),
            cause: try row.value(1),
            appointment: try row.value(2),
            type: try row.value(3),
            provider: try row.value(4),
            resources: try row.value(5),
            span: try row.value(6),
            status: try row.value(7),
            waves: try row.value(8),
            patient: try row.value(9),
            takenBy: try row.value(10),
            takenAt: try row.value(11),
            elsewhere: try elsewhere(row),
            elsewhereStatus: try row.value(14),
            elsewhereFailure: try row.value(15),
            version: try row.value(16),
            createdAt: try row.value(17)
        )
    }

    private static func elsewhere(_ row: Row) throws -> AppointmentElsewhere? {
        guard let location = try row.value(12, as: LocationID?.self) else { return nil }
        return AppointmentElsewhere(location: location, appointment: try row.value(13))
    }
}
