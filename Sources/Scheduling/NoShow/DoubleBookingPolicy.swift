import Values

/// When a second patient would be booked into a time: where the first is likely enough not to come.
struct DoubleBookingPolicy: Sendable, Hashable {
    /// Of a hundred thousand; at this risk or above.
    var threshold = 30_000
    /// Of one provider on one day.
    var mostPerDay = 2
}

/// A past appointment, as a simulation sees it.
struct PastVisit: Sendable, Hashable {
    let provider: ProviderID
    let day: Day
    let minutes: Int
    let traits: NoShowTraits
    let wasMissed: Bool
}

/// What a policy would have done on past days, in expectation: the second patient comes as often as patients do.
struct DoubleBookingResult: Sendable, Hashable {
    let policy: DoubleBookingPolicy
    let visits: Int
    /// Second patients booked.
    let doubled: Int
    /// Of these, how many would have had the time alone, for the first did not come.
    let filled: Int
    /// And how many would have met the first one.
    let collided: Int
    /// Empty minutes that would have been used, and minutes of two patients at once.
    let recoveredMinutes: Int
    let crowdedMinutes: Int
    /// Minutes nobody came in, as it was.
    let emptyMinutes: Int

    init(_ policy: DoubleBookingPolicy, _ visits: [PastVisit], _ rates: NoShowRates) {
        struct Column: Hashable {
            let provider: ProviderID
            let day: Day
        }
        let shows = Double(NoShowRates.whole - rates.base) / Double(NoShowRates.whole)
        var (doubled, filled, collided, recovered, crowded) = (0, 0, 0, 0.0, 0.0)
        for (_, column) in Dictionary(grouping: visits, by: { Column(provider: $0.provider, day: $0.day) }) {
            // The likeliest first: who books decides before anybody knows.
            let risky = column.map { ($0, NoShowRisk($0.traits, rates).risk) }.filter { $0.1 >= policy.threshold }
                .sorted { ($0.1, $0.0.minutes) > ($1.1, $1.0.minutes) }
            for (visit, _) in risky.prefix(policy.mostPerDay) {
                doubled += 1
                if visit.wasMissed {
                    filled += 1
                    recovered += Double(visit.minutes) * shows
                } else {
                    collided += 1
                    crowded += Double(visit.minutes) * shows
                }
            }
        }
        self.policy = policy
        self.visits = visits.count
        self.doubled = doubled
        self.filled = filled
        self.collided = collided
        recoveredMinutes = Int(recovered.rounded())
        crowdedMinutes = Int(crowded.rounded())
        emptyMinutes = visits.filter(\.wasMissed).reduce(0) { $0 + $1.minutes }
    }
}
