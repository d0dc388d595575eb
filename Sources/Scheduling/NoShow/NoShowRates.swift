import Values

/// What is known of appointments before they are: each a factor whose past tells how often people did not come.
enum NoShowFactor: String, Sendable, CaseIterable {
    case weekday
    /// Days between booking and visit.
    case lead
    /// Earlier no-shows of the patient.
    case earlier
    /// Not seen here before.
    case newPatient = "new_patient"
    case type
}

/// An appointment as the factors see it.
struct NoShowTraits: Sendable, Hashable {
    /// 1 is Monday.
    let weekday: Int
    let leadDays: Int
    let earlierNoShows: Int
    let isNew: Bool
    let type: AppointmentTypeID

    /// More earlier no-shows than these tell no more.
    static let mostEarlier = 3

    /// The group it belongs to, as it is told.
    func group(_ factor: NoShowFactor) -> String {
        switch factor {
        case .weekday: String(weekday)
        case .lead: NoShowTraits.lead(leadDays)
        case .earlier: earlierNoShows >= NoShowTraits.mostEarlier ? "\(NoShowTraits.mostEarlier)+" : String(max(0, earlierNoShows))
        case .newPatient: isNew ? "new" : "returning"
        case .type: type.description
        }
    }

    private static func lead(_ days: Int) -> String {
        switch days {
        case ..<1: "0"
        case 1...2: "1-2"
        case 3...7: "3-7"
        case 8...30: "8-30"
        default: "31+"
        }
    }
}

/// Past appointments with the same traits: how many there were, and how many of them nobody came to.
struct NoShowCell: Sendable, Hashable {
    let traits: NoShowTraits
    let count: Int
    let missed: Int
}

/// How often people did not come, over all and by each factor. Rates of small groups lean on the rate over all, as if `weight` more
/// appointments of the usual kind had been in each. Pure.
struct NoShowRates: Sendable {
    struct Group: Sendable, Hashable {
        let factor: NoShowFactor
        let value: String
        let count: Int
        let missed: Int
        /// Of a hundred thousand: a fraction that is exact in JSON.
        let rate: Int
    }

    static let whole = 100_000
    /// Twenty appointments are few; two hundred speak for themselves.
    static let weight = 20

    let count: Int
    let missed: Int
    let groups: [Group]

    init(_ cells: [NoShowCell]) {
        let all = (count: cells.reduce(0) { $0 + $1.count }, missed: cells.reduce(0) { $0 + $1.missed })
        count = all.count
        missed = all.missed
        let base = all.count == 0 ? 0 : Double(all.missed) / Double(all.count)
        groups = NoShowFactor.allCases.flatMap { factor in
            Dictionary(grouping: cells) { $0.traits.group(factor) }.map { value, cells in
                let count = cells.reduce(0) { $0 + $1.count }
                let missed = cells.reduce(0) { $0 + $1.missed }
                let rate = (Double(missed) + base * Double(NoShowRates.weight)) / Double(count + NoShowRates.weight)
                return Group(factor: factor, value: value, count: count, missed: missed, rate: NoShowRates.rounded(rate))
            }
            .sorted { $0.value < $1.value }
        }
    }

    /// Over all.
    var base: Int { count == 0 ? 0 : NoShowRates.rounded(Double(missed) / Double(count)) }

    static func rounded(_ rate: Double) -> Int { Int((rate * Double(whole)).rounded()) }
}

/// How likely nobody comes, and what each factor adds to the rate over all or takes from it: the parts add up to the risk, unless it would leave
/// its bounds. For planning reminders and capacity; no booking is ever refused by it.
struct NoShowRisk: Sendable, Hashable {
    struct Part: Sendable, Hashable {
        let factor: NoShowFactor
        let value: String
        /// Past appointments it rests on.
        let count: Int
        let points: Int
    }

    static let bounds = 1_000...95_000

    let base: Int
    let parts: [Part]
    /// Of a hundred thousand, as the parts.
    let risk: Int
    /// Past appointments all of it rests on.
    let count: Int

    init(_ traits: NoShowTraits, _ rates: NoShowRates) {
        let base = rates.base
        let known = Dictionary(rates.groups.map { ([$0.factor.rawValue, $0.value], $0) }, uniquingKeysWith: { first, _ in first })
        let parts = NoShowFactor.allCases.map { factor in
            let value = traits.group(factor)
            let group = known[[factor.rawValue, value]]
            return Part(factor: factor, value: value, count: group?.count ?? 0, points: (group?.rate ?? base) - base)
        }
        self.base = base
        self.parts = parts
        count = rates.count
        let sum = parts.reduce(base) { $0 + $1.points }
        risk = min(max(sum, NoShowRisk.bounds.lowerBound), NoShowRisk.bounds.upperBound)
    }
}
