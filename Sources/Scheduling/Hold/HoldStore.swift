import Postgres
import Values

/// All SQL on `hold`; its time is in `occupancy` under its id.
enum HoldStore {
    private static let all: Statement = """
        select id, type_id, patient_id, provider_id, resource_ids, span, expires_at, used_at, created_at,
            exists (select from {location}.freed_slot where freed_slot.id = hold.id) as for_waitlist
        from {location}.hold
        """

    static func locked(_ id: HoldID) -> Statement { all + " where id = \(id) for no key update" }

    /// Those that have not run out nor become appointments.
    static func live(in span: InstantRange, at now: Instant) -> Statement {
        all + " where span && \(span) and used_at is null and expires_at > \(now) order by lower(span), id limit \(BoardStore.limit)"
    }

    /// The resources of a hold, as far as they are here.
    static func resources(of id: HoldID) -> Statement {
        ResourceStore.these("select unnest(provider_id || resource_ids) from {location}.hold where hold.id = \(id)")
    }

    static func type(of id: HoldID) -> Statement {
        AppointmentTypeStore.chosen("select type_id from {location}.hold where hold.id = \(id)")
    }

    /// Whoever the hold was made for, else whoever is named now.
    static func patron(of id: HoldID, or patient: PatientID?) -> Statement {
        PatronStore.chosen("select coalesce(patient_id, \(patient)) from {location}.hold where hold.id = \(id)")
    }

    static func insert(_ hold: Hold, by actor: UUID) -> Statement {
        """
        insert into {location}.hold (id, type_id, patient_id, provider_id, resource_ids, span, expires_at, created_at, created_by)
        values (\(hold.id), \(hold.type), \(hold.patient), \(hold.provider), \(hold.resources), \(hold.span), \(hold.expiresAt), \(hold.createdAt),
            \(actor))
        """
    }

    /// The next wave keeps the time again.
    static func renew(_ hold: Hold, by actor: UUID) -> Statement {
        insert(hold, by: actor)
            + " on conflict (id) do update set type_id = excluded.type_id, span = excluded.span, expires_at = excluded.expires_at"
    }

    static func use(_ id: HoldID, at now: Instant) -> Statement { "update {location}.hold set used_at = \(now) where id = \(id)" }

    static func delete(_ id: HoldID) -> Statement { "delete from {location}.hold where id = \(id)" }

    /// A day after they ran out nobody asks what became of them.
    static func forget(at now: Instant) -> Statement { "delete from {location}.hold where expires_at < \(now.adding(seconds: -86_400))" }

    static func hold(_ row: Row) throws -> Hold {
        Hold(
            id: try row.value(0),
            type: try row.value(1),
            patient: try row.value(2),
            provider: try row.value(3),
            resources: try row.value(4),
            span: try row.value(5),
            expiresAt: try row.value(6),
            usedAt: try row.value(7),
            createdAt: try row.value(8),
            isForWaitlist: try row.value(9)
        )
    }
}
