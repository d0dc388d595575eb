import Values

/// What the locations of an organization did, day by day.
struct DailyReport: Sendable {
    let from: Day
    /// The last day of it.
    let through: Day
    let locations: [LocationReport]
    let totals: [CurrencyTotals]

    init(from: Day, through: Day, _ locations: [LocationReport]) {
        self.from = from
        self.through = through
        self.locations = locations
        totals = Dictionary(grouping: locations, by: \.currency.code).sorted { $0.key < $1.key }.compactMap { _, group in
            guard let currency = group.first?.currency else { return nil }
            return CurrencyTotals(currency: currency, figures: group.map(\.totals).reduce(DayFigures(), +))
        }
    }
}

/// One location's part of a report.
struct LocationReport: Sendable {
    let location: LocationID
    let name: String
    let timeZone: ZoneName
    let currency: Currency
    let days: [ReportedDay]
    /// Sums over the days; what is owed is not summed, it is what was owed at the end.
    let totals: DayFigures

    /// - Parameters:
    ///   - opening: What was owed before the first day.
    ///   - facts: In the order of their days.
    init(
        location: LocationID,
        name: String,
        timeZone: ZoneName,
        currency: Currency,
        opening: Int64,
        facts: [(day: Day, figures: DayFigures, computedAt: Instant)]
    ) {
        self.location = location
        self.name = name
        self.timeZone = timeZone
        self.currency = currency
        var owed = opening
        var sums = DayFigures()
        days = facts.map { fact in
            owed += fact.figures.receivables
            sums = sums + fact.figures
            var figures = fact.figures
            figures.receivables = owed
            return ReportedDay(day: fact.day, figures: figures, computedAt: fact.computedAt)
        }
        sums.receivables = owed
        totals = sums
    }
}

/// One day of a location: `figures.receivables` is what was owed at its end.
struct ReportedDay: Sendable {
    let day: Day
    let figures: DayFigures
    let computedAt: Instant
}

/// All locations of one currency together.
struct CurrencyTotals: Sendable {
    let currency: Currency
    let figures: DayFigures
}
