import Postgres
import Values

/// All SQL on `calendar_feed`.
enum FeedStore {
    /// More than a year of the busiest provider.
    static let limit = 20_000

    private static let all: Statement = """
        select id, provider_id, patient_id, revoked_at, version, created_at, updated_at from {location}.calendar_feed
        """

    static func locked(_ id: CalendarFeedID) -> Statement { all + " where id = \(id) for no key update" }

    static func live(_ hash: [UInt8]) -> Statement { all + " where token_hash = \(hash) and revoked_at is null" }

    static func page(after: (at: Instant, id: CalendarFeedID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let after { select += " and (created_at, id) > (\(after.at), \(after.id))" }
        return select + " order by created_at, id limit \(limit)"
    }

    static func insert(_ link: FeedLink, _ hash: [UInt8], by actor: UUID) -> Statement {
        """
        insert into {location}.calendar_feed (id, provider_id, patient_id, token_hash, created_at, created_by, updated_at, updated_by)
        values (\(link.id), \(link.provider), \(link.patient), \(hash), \(link.createdAt), \(actor), \(link.updatedAt), \(actor))
        """
    }

    static func revoke(_ link: FeedLink, by actor: UUID) -> Statement {
        """
        update {location}.calendar_feed set revoked_at = \(link.revokedAt), version = \(link.version), updated_at = \(link.updatedAt),
            updated_by = \(actor)
        where id = \(link.id)
        """
    }

    static func link(_ row: Row) throws -> FeedLink {
        FeedLink(
            id: try row.value(0),
            provider: try row.value(1),
            patient: try row.value(2),
            revokedAt: try row.value(3),
            version: try row.value(4),
            createdAt: try row.value(5),
            updatedAt: try row.value(6)
        )
    }

    // MARK: What it shows

    /// The appointments that take the time of whose feed it is: cancelled ones take none.
    private static func shown(_ hash: [UInt8], in window: InstantRange) -> Statement {
        """
         from {location}.occupancy
        join {location}.appointment on appointment.id = occupancy.appointment_id
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        join {location}.patient on patient.id = appointment.patient_id
        left join {location}.person on person.id = patient.person_id
        where occupancy.resource = (
                select coalesce(provider_id, patient_id) from {location}.calendar_feed where token_hash = \(hash) and revoked_at is null
            )
            and occupancy.span && \(window) and occupancy.expires_at is null
        """
    }

    /// One number of everything the feed is made of; no row when there is no such link. `words` is what settings say it shows.
    static func version(_ hash: [UInt8], _ words: String, in window: InstantRange) -> Statement {
        """
        select ('x' || substr(md5('f' || feed.id || '.' || feed.version || \(words) || coalesce((
            select string_agg(appointment.id || '.' || appointment.version || '.' || appointment_type.version || '.' || patient.version || '.'
                || coalesce(person.version, 0), ',' order by appointment.id)
        """ + shown(hash, in: window) + """
            ), '')), 1, 15))::bit(60)::bigint
            from {location}.calendar_feed feed where feed.token_hash = \(hash) and feed.revoked_at is null
            """
    }

    static func events(_ hash: [UInt8], in window: InstantRange) -> Statement {
        """
        select appointment.id, appointment.patient_id, appointment.starts_at, appointment.ends_at, appointment.version, appointment.updated_at,
            appointment_type.name, coalesce(patient.animal_name, person.given_name || ' ' || person.family_name) as patient_name
        """ + shown(hash, in: window) + " order by appointment.starts_at, appointment.id limit \(limit)"
    }

    static func event(_ row: Row) throws -> FeedAppointment {
        guard let span = InstantRange(try row.value(2), try row.value(3)) else {
            throw Problem(.failed, "appointment_damaged", "This appointment's times cannot be read.")
        }
        return FeedAppointment(
            id: try row.value(0),
            patient: try row.value(1),
            span: span,
            version: try row.value(4),
            changedAt: try row.value(5),
            typeName: try row.value(6),
            patientName: try row.value(7)
        )
    }
}
