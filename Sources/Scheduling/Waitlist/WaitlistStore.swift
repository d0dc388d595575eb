import Access
import Postgres
import Values

/// All SQL on `waitlist_entry`.
enum WaitlistStore {
    /// So many whose visit could be as short are looked at together for one freed time, the most urgent first.
    static let most = 2_000

    private static let all: Statement = """
        select id, patient_id, type_ids, provider_ids, windows, urgency, release_later, note, status, appointment_id, version, created_at, updated_at,
            elsewhere_location_id, elsewhere_appointment_id, elsewhere_by_kind, elsewhere_by
        from {location}.waitlist_entry
        """

    static func one(_ id: WaitlistEntryID) -> Statement { all + " where id = \(id)" }

    static func locked(_ id: WaitlistEntryID) -> Statement { all + " where id = \(id) for no key update" }

    static func page(_ query: WaitlistQuery, after: (at: Instant, id: WaitlistEntryID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let status = query.status { select += " and status = \(status)" }
        if let patient = query.patient { select += " and patient_id = \(patient)" }
        if let type = query.type { select += " and type_ids @> \([type])" }
        if let after { select += " and (created_at, id) > (\(after.at), \(after.id))" }
        return select + " order by created_at, id limit \(limit)"
    }

    /// Those who wait for a provider, or for any, and were not asked about this time yet; those who come after one of them.
    static func candidates(_ slot: FreedSlot, after last: WaitlistEntry?) -> Statement {
        var select =
            all + """
                 where status = 'waiting' and (provider_ids = '{}' or provider_ids @> \([slot.provider]))
                    and not exists (select from {location}.waitlist_offer
                        where waitlist_offer.slot_id = \(slot.id) and waitlist_offer.entry_id = waitlist_entry.id)
                    and exists (select from {location}.appointment_type
                        where appointment_type.id = any(waitlist_entry.type_ids) and appointment_type.active
                            and appointment_type.minutes <= \(Int32(clamping: slot.minutes)))
                """
        if let last { select += " and (urgency, created_at, id) > (\(last.urgency), \(last.createdAt), \(last.id))" }
        return select + " order by urgency, created_at, id limit \(most)"
    }

    /// Those of them who wait still, and do so until the transaction ends.
    static func waiting(_ entries: [WaitlistEntryID]) -> Statement {
        "select id from {location}.waitlist_entry where id = any(\(entries)) and status = 'waiting' order by id for share"
    }

    /// For each of these patients: the chart that is meant, whether they were seen here, and of which types they have appointments after a moment.
    static func patrons(_ patients: [PatientID], after moment: Instant) -> Statement {
        """
        select patient.id, coalesce(patient.merged_into, patient.id), exists (
                select from {location}.encounter
                where encounter.patient_id = coalesce(patient.merged_into, patient.id) and encounter.entered_in_error is null
            ), array(
                select distinct appointment.type_id from {location}.appointment
                where appointment.patient_id = coalesce(patient.merged_into, patient.id) and appointment.starts_at > \(moment)
                    and appointment.status in ('booked', 'confirmed')
            )
        from {location}.patient where patient.id = any(\(patients))
        """
    }

    /// The next appointment of a patient after a moment, of one type: what they give up. Locked before any calendar is.
    static func later(_ patient: PatientID, _ type: AppointmentTypeID, after moment: Instant) -> Statement {
        """
        select id from {location}.appointment
        where patient_id = \(patient) and type_id = \(type) and starts_at > \(moment) and status in ('booked', 'confirmed')
        order by starts_at, id limit 1 for no key update
        """
    }

    static func insert(_ entry: WaitlistEntry, by actor: UUID) -> Statement {
        """
        insert into {location}.waitlist_entry (id, patient_id, type_ids, provider_ids, windows, urgency, release_later, note, status,
            elsewhere_location_id, elsewhere_appointment_id, elsewhere_by_kind, elsewhere_by, created_at, created_by, updated_at, updated_by)
        values (\(entry.id), \(entry.patient), \(entry.types), \(entry.providers), \(WindowsJSON.text(entry.windows)), \(entry.urgency),
            \(entry.releasesLater), \(entry.note), \(entry.status), \(entry.elsewhere?.location), \(entry.elsewhere?.appointment),
            \(entry.elsewhereBy?.kind.rawValue), \(entry.elsewhereBy?.id), \(entry.createdAt), \(actor), \(entry.updatedAt), \(actor))
        """
    }

    static func update(_ entry: WaitlistEntry, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_entry set type_ids = \(entry.types), provider_ids = \(entry.providers),
            windows = \(WindowsJSON.text(entry.windows)), urgency = \(entry.urgency), release_later = \(entry.releasesLater),
            elsewhere_location_id = \(entry.elsewhere?.location), elsewhere_appointment_id = \(entry.elsewhere?.appointment),
            elsewhere_by_kind = \(entry.elsewhereBy?.kind.rawValue), elsewhere_by = \(entry.elsewhereBy?.id),
            note = \(entry.note), status = \(entry.status), appointment_id = \(entry.appointment), version = \(entry.version),
            updated_at = \(entry.updatedAt), updated_by = \(actor)
        where id = \(entry.id)
        """
    }

    static func entry(_ row: Row) throws -> WaitlistEntry {
        WaitlistEntry(
            id: try row.value(0),
            patient: try row.value(1),
            types: try row.value(2),
            providers: try row.value(3),
            windows: try WindowsJSON.windows(try row.value(4, as: JSONText.self)),
            urgency: try row.value(5),
            releasesLater: try row.value(6),
            elsewhere: try elsewhere(row),
            elsewhereBy: try elsewhereBy(row),
            note: try row.value(7),
            status: try row.value(8),
            appointment: try row.value(9),
            version: try row.value(10),
            createdAt: try row.value(11),
            updatedAt: try row.value(12)
        )
    }

    private static func elsewhere(_ row: Row) throws -> AppointmentElsewhere? {
        guard let location = try row.value(13, as: LocationID?.self) else { return nil }
        return AppointmentElsewhere(location: location, appointment: try row.value(14))
    }

    private static func elsewhereBy(_ row: Row) throws -> Actor? {
        guard let kind = try row.value(15, as: String?.self).flatMap(Actor.Kind.init(rawValue:)) else { return nil }
        return Actor(kind: kind, id: try row.value(16), account: nil, name: "")
    }
}
