import Values

/// In what a location's type differs from its pack as the pack is now.
struct TypeDrift: Sendable {
    enum State: String, Sendable, CaseIterable {
        case differs
        /// The location has no type of this entry.
        case missing
        /// The pack has no such entry any more.
        case removed
    }

    let entry: String
    let type: AppointmentTypeID?
    let name: String?
    let appliedVersion: Int?
    var state = State.differs
    /// Changed by the location, as it may.
    var overridden: [TypeAttribute] = []
    /// As an earlier version of the pack said, or let be changed: the next application brings it into line.
    var stale: [TypeAttribute] = []
    /// Changed though the pack does not allow it: by a restore, an import, or by hand.
    var unexpected: [TypeAttribute] = []

    /// Of all types of a pack at a location with this currency; what does not differ is left out.
    static func all(_ pack: TypePack, in currency: Currency, held: [HeldType]) -> [TypeDrift] {
        let known = pack.entries.compactMap { entry in
            guard let type = held.first(where: { $0.type.inherited?.entry == entry.code }) else {
                return TypeDrift(entry: entry.code, state: .missing)
            }
            let drift = TypeDrift(type, entry, pack.attributes(in: currency))
            return drift.overridden.isEmpty && drift.stale.isEmpty && drift.unexpected.isEmpty ? nil : drift
        }
        let gone = held.filter { held in !pack.entries.contains { $0.code == held.type.inherited?.entry } }
        return known + gone.map { TypeDrift(entry: $0.type.inherited?.entry ?? "", of: $0.type, state: .removed) }
    }

    private init(entry: String, of type: AppointmentType? = nil, state: State) {
        self.entry = entry
        self.type = type?.id
        name = type?.name
        appliedVersion = type?.inherited?.version
        self.state = state
    }

    private init(_ held: HeldType, _ entry: TypePackEntry, _ attributes: [TypeAttribute]) {
        self.init(entry: entry.code, of: held.type, state: .differs)
        for attribute in attributes where attribute.differs(held.type.template, entry.template) {
            let isChangedHere = held.applied.map { attribute.differs(held.type.template, $0) } ?? true
            if !isChangedHere {
                stale.append(attribute)
            } else if entry.overridable.contains(attribute) {
                overridden.append(attribute)
            } else if held.type.inherited?.overridable.contains(attribute) == true {
                stale.append(attribute)
            } else {
                unexpected.append(attribute)
            }
        }
    }
}

/// What differs at one location.
struct LocationDrift: Sendable {
    let location: LocationID
    let name: String
    /// False while its database does not answer: nothing is known of its types then.
    var isAvailable = true
    var types: [TypeDrift] = []
}
