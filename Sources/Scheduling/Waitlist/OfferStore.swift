import Postgres
import Values

/// All SQL on `waitlist_offer`.
enum OfferStore {
    private static let all: Statement = """
        select id, slot_id, entry_id, patient_id, type_id, wave, place, reasons, span, expires_at, status, claimed_at, version, created_at
        from {location}.waitlist_offer
        """

    static func locked(_ id: WaitlistOfferID) -> Statement { all + " where id = \(id) for no key update" }

    static func of(_ hash: [UInt8]) -> Statement { all + " where token_hash = \(hash) for no key update" }

    static func page(_ query: OfferQuery, after: (at: Instant, id: WaitlistOfferID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let slot = query.slot { select += " and slot_id = \(slot)" }
        if let entry = query.entry { select += " and entry_id = \(entry)" }
        if let status = query.status { select += " and status = \(status)" }
        if let after { select += " and (created_at, id) > (\(after.at), \(after.id))" }
        return select + " order by created_at, id limit \(limit)"
    }

    static func insert(_ offer: WaitlistOffer, by actor: UUID) -> Statement {
        """
        insert into {location}.waitlist_offer (id, slot_id, entry_id, patient_id, type_id, wave, place, reasons, span, expires_at, status,
            created_at, created_by, updated_at, updated_by)
        values (\(offer.id), \(offer.slot), \(offer.entry), \(offer.patient), \(offer.type), \(offer.wave), \(offer.place), \(offer.reasons),
            \(offer.span), \(offer.expiresAt), \(offer.status), \(offer.createdAt), \(actor), \(offer.createdAt), \(actor))
        """
    }

    /// The newest link counts.
    static func link(_ id: WaitlistOfferID, _ hash: [UInt8], at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_offer set token_hash = \(hash), version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(id)
        """
    }

    static func claim(_ id: WaitlistOfferID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_offer set status = 'claimed', claimed_at = \(now), version = version + 1, updated_at = \(now),
            updated_by = \(actor)
        where id = \(id)
        """
    }

    /// The others' offers of a time that is taken.
    static func close(_ slot: FreedSlotID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_offer set status = 'taken', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where slot_id = \(slot) and status = 'open'
        """
    }

    static func expire(_ slot: FreedSlotID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_offer set status = 'expired', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where slot_id = \(slot) and status = 'open' and expires_at <= \(now)
        """
    }

    /// Those of a time that is not offered any more, whenever they would have run out.
    static func withdraw(_ slot: FreedSlotID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_offer set status = 'expired', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where slot_id = \(slot) and status = 'open'
        """
    }

    /// Those to somebody who waits no more.
    static func withdraw(from entry: WaitlistEntryID, _ slots: [FreedSlotID], at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.waitlist_offer set status = 'expired', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where entry_id = \(entry) and slot_id = any(\(slots)) and status = 'open'
        """
    }

    /// Those of these times that somebody may still claim.
    static func open(_ slots: [FreedSlotID]) -> Statement {
        "select distinct slot_id from {location}.waitlist_offer where slot_id = any(\(slots)) and status = 'open'"
    }

    static func offer(_ row: Row) throws -> WaitlistOffer {
        WaitlistOffer(
            id: try row.value(0),
            slot: try row.value(1),
            entry: try row.value(2),
            patient: try row.value(3),
            type: try row.value(4),
            wave: try row.value(5),
            place: try row.value(6),
            reasons: try row.value(7),
            span: try row.value(8),
            expiresAt: try row.value(9),
            status: try row.value(10),
            claimedAt: try row.value(11),
            version: try row.value(12),
            createdAt: try row.value(13)
        )
    }
}
