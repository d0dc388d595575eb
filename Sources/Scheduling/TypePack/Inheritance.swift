import Values
import Web

/// What becomes of a location's types when a pack is applied there. Pure: asked again afterwards, it says what could not be done.
struct Inheritance {
    /// What is written, in an order in which no name is given before it is free.
    enum Step {
        case make(TypePackEntry, TypeTemplate)
        case change(HeldType, TypePackEntry, TypeTemplate)
    }

    private let pack: TypePack
    private let attributes: [TypeAttribute]
    private let held: [HeldType]
    private let adopt: Bool
    /// The names of active types.
    private var names: [String: AppointmentTypeID]
    /// The types that are an entry's afterwards.
    private var kept: Set<AppointmentTypeID> = []
    private(set) var steps: [Step] = []
    private(set) var refused: [TypePackRefusal] = []

    /// - Parameters:
    ///   - held: The location's types of this pack, and those that have a name of it.
    ///   - adopt: Whether types of the location's own that have the name of an entry become the pack's, those that leave the pack
    ///     at the same time among them.
    init(_ pack: TypePack, in currency: Currency, held: [HeldType], adopt: Bool) {
        self.pack = pack
        self.held = held
        self.adopt = adopt
        attributes = pack.attributes(in: currency)
        names = Dictionary(held.filter(\.type.active).map { ($0.type.name, $0.type.id) }, uniquingKeysWith: { first, _ in first })
        var rest = pack.entries
        // An entry may get the name that another one gives up: as long as one is settled, the others are tried again.
        while !rest.isEmpty {
            refused = []
            let left = rest.filter { !settle($0) }
            guard left.count < rest.count else { return }
            rest = left
        }
    }

    /// Types of entries that the pack has no more: the location's own from now on.
    var released: [AppointmentType] { held.map(\.type).filter { isLeft($0) && !kept.contains($0.id) } }

    private func isLeft(_ type: AppointmentType) -> Bool {
        type.inherited?.pack == pack.id && !pack.entries.contains { $0.code == type.inherited?.entry }
    }

    /// What the type is said to inherit afterwards.
    func inherited(_ entry: TypePackEntry) -> Inherited {
        let own = TypeAttribute.allCases.filter { entry.overridable.contains($0) || !attributes.contains($0) }
        return Inherited(pack: pack.id, entry: entry.code, version: pack.version, overridable: own)
    }

    private mutating func settle(_ entry: TypePackEntry) -> Bool {
        let old =
            held.first { $0.type.inherited?.pack == pack.id && $0.type.inherited?.entry == entry.code }
            ?? held.first {
                adopt && $0.type.active && ($0.type.inherited == nil || isLeft($0.type)) && $0.type.name == entry.template.name
            }
        let new = merged(entry, old)
        do {
            try new.checkPolicies()
        } catch {
            refused.append(TypePackRefusal(entry: entry.code, code: error.errors.first?.code ?? error.code))
            return false
        }
        if old?.type.active ?? true {
            guard names[new.name] == nil || names[new.name] == old?.type.id else {
                refused.append(TypePackRefusal(entry: entry.code, code: AppointmentType.nameTaken.code))
                return false
            }
            if let old { names[old.type.name] = nil }
            names[new.name] = old?.type.id ?? .blank
        }
        guard let old else {
            steps.append(.make(entry, new))
            return true
        }
        kept.insert(old.type.id)
        if new != old.type.template || old.applied != entry.template || old.type.inherited != inherited(entry) {
            steps.append(.change(old, entry, new))
        }
        return true
    }

    /// What the entry says, but for what the location changed and may change.
    private func merged(_ entry: TypePackEntry, _ old: HeldType?) -> TypeTemplate {
        var new = old?.type.template ?? TypeTemplate()
        for attribute in attributes {
            if let old, entry.overridable.contains(attribute) {
                // Of an adopted type everything counts as changed here.
                guard let applied = old.applied, !attribute.differs(old.type.template, applied) else { continue }
            }
            attribute.copy(from: entry.template, to: &new)
        }
        return new
    }
}

/// An entry that could not be applied at a location: its type there is as it was.
struct TypePackRefusal: Sendable, Hashable {
    var entry = ""
    var code = ""
}
