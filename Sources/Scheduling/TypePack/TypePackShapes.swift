import Values
import Web

extension TypePackEntry {
    static let shape = Shape("AppointmentTypePackEntry", TypePackEntry()) {
        Field("code", \.code, .code(1...64), example: "check_up", about: "Names the entry for good; everything else may change.")
        Field("template", \.template, .object(TypeTemplate.packed))
        Field(
            "overridable",
            \.overridable,
            .list(of: .choice(), 0...TypeAttribute.allCases.count, unique: true),
            optional: true,
            about: "What locations may change. Performers, and whether a type is active, are always theirs."
        )
    }

    static let list = Kind<[TypePackEntry]>.list(of: .object(shape), 0...50)
}

extension Inherited {
    static let shape = Shape<Inherited>("InheritedAppointmentType") {
        Field("pack_id", \.pack, .id())
        Field("entry", \.entry, .text(1...64))
        Field("version", \.version, .int(1...Int.max), about: "The pack's version that was applied.")
        Field("overridable", \.overridable, .list(of: .choice(), 0...50), about: "What may be changed here.")
    }
}

struct TypePackBody: Sendable {
    var name = ""
    var currency: Currency?
    var entries: [TypePackEntry] = []

    static let shape = Shape("CreateAppointmentTypePack", TypePackBody()) {
        Field("name", \.name, .text(1...100), example: "Primary care")
        Field("currency", \.currency, .currency, about: "What deposits are in. At a location with another currency they stay its own.")
        Field("entries", \.entries, TypePackEntry.list)
    }
}

struct ChangeTypePackBody: Sendable {
    var name: String?
    var currency = Change<Currency>.keep
    var entries: [TypePackEntry]?

    static let shape = Shape("ChangeAppointmentTypePack", ChangeTypePackBody()) {
        Field("name", \.name, .text(1...100), null: false)
        Field("currency", \.currency, .currency)
        Field("entries", \.entries, TypePackEntry.list, null: false, about: "All of them: an entry that is left out goes.")
    }
}

extension TypePack {
    static let shape = Shape<TypePack>("AppointmentTypePack") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100))
        Field("currency", \.currency, .currency)
        Field("entries", \.entries, TypePackEntry.list)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct ApplyTypePackBody: Sendable {
    var locations: [LocationID] = []
    var adopt = false

    static let shape = Shape("ApplyAppointmentTypePack", ApplyTypePackBody()) {
        Field("location_ids", \.locations, .list(of: .id(), 1...500, unique: true))
        Field(
            "adopt",
            \.adopt,
            .bool,
            optional: true,
            about: "Whether a location's own type with an entry's name becomes the pack's; else that entry is refused there."
        )
    }
}

extension TypePackRefusal {
    static let shape = Shape("AppointmentTypePackRefusal", TypePackRefusal()) {
        Field("entry", \.entry, .text(1...64))
        Field("code", \.code, .text(1...60), example: "name_taken", about: "Why: the code that changing the type there would get.")
    }
}

extension TypePackPart {
    static let shape = Shape<TypePackPart>("AppointmentTypePackPart") {
        Field("location_id", \.location, .id())
        Field("state", \.state, .choice())
        Field("applied_version", \.appliedVersion, .int(1...Int.max), about: "The pack's version when the location's turn came.")
        Field("applied_at", \.appliedAt, .instant)
        Field("refused", \.refused, .list(of: .object(TypePackRefusal.shape), 0...50), about: "Entries whose types there are as before.")
        Field("reason", \.reason, .text(1...200), about: "A code: why it failed, or is tried again.")
    }
}

extension TypePackApplication {
    static let shape = Shape<TypePackApplication>("AppointmentTypePackApplication") {
        Field("id", \.id, .id())
        Field("pack_id", \.pack, .id())
        Field("adopt", \.adopt, .bool)
        Field("created_at", \.createdAt, .instant)
        Field("locations", \.parts, .list(of: .object(TypePackPart.shape), 0...500), about: "Those the caller may see.")
    }
}

extension TypeDrift {
    static let shape = Shape<TypeDrift>("AppointmentTypeDrift") {
        Field("entry", \.entry, .text(1...64))
        Field("type_id", \.type, .id())
        Field("name", \.name, .text(1...100))
        Field("applied_version", \.appliedVersion, .int(1...Int.max))
        Field("state", \.state, .choice(), about: "missing: the location has no such type; removed: the pack has no such entry any more.")
        Field("overridden", \.overridden, .list(of: .choice(), 0...50), about: "Changed by the location, as it may.")
        Field(
            "stale",
            \.stale,
            .list(of: .choice(), 0...50),
            about: "As an earlier version of the pack allowed; the next application mends it."
        )
        Field("unexpected", \.unexpected, .list(of: .choice(), 0...50), about: "Changed though the pack does not allow it.")
    }
}

extension LocationDrift {
    static let shape = Shape<LocationDrift>("AppointmentTypePackDrift") {
        Field("location_id", \.location, .id())
        Field("name", \.name, .text(1...100))
        Field("available", \.isAvailable, .bool, about: "False while the location does not answer: types is empty then and says nothing.")
        Field("types", \.types, .list(of: .object(TypeDrift.shape), 0...1_000), about: "Those that differ.")
    }
}
