import Postgres
import Values

/// The SQL on what an `appointment_type` has from a pack.
enum HeldTypeStore {
    private static let all: Statement = AppointmentTypeStore.columns + ", pack_template from {location}.appointment_type"

    /// More than a pack has entries by far: what a location released or refused is in it.
    private static let most = 1_000

    /// The types of a pack.
    static func of(_ pack: TypePackID) -> Statement { all + " where pack_id = \(pack) order by pack_entry limit \(most)" }

    /// Those, and the active ones that have a name of it.
    static func concerned(by pack: TypePack) -> Statement {
        all + " where pack_id = \(pack.id) or active and name = any(\(pack.entries.map(\.template.name))) order by id limit \(most)"
    }

    static func locked(by pack: TypePack) -> Statement { concerned(by: pack) + " for no key update" }

    /// Of which packs there are types.
    static let packs: Statement = "select distinct pack_id from {location}.appointment_type where pack_id is not null"

    static func locked(of packs: [TypePackID]) -> Statement {
        all + " where pack_id = any(\(packs)) order by id for no key update"
    }

    static func inherit(_ type: AppointmentTypeID, _ inherited: Inherited, _ template: TypeTemplate) -> Statement {
        """
        update {location}.appointment_type set pack_id = \(inherited.pack), pack_entry = \(inherited.entry), pack_version = \(inherited.version),
            pack_overridable = \(inherited.overridable), pack_template = \(TypePackJSON.template(template))
        where id = \(type)
        """
    }

    static func release(_ type: AppointmentTypeID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.appointment_type set pack_id = null, pack_entry = null, pack_version = null, pack_overridable = null, pack_template = null,
            version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(type)
        """
    }

    static func held(_ row: Row) throws -> HeldType {
        HeldType(type: try AppointmentTypeStore.type(row), applied: try row.value(28, as: JSONText?.self).map(TypePackJSON.template))
    }
}
