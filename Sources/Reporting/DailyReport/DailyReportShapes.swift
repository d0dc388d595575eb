import Values
import Web

struct DailyReportQuery: Sendable {
    var from = Day.blank
    var through = Day.blank
    var locations: [LocationID] = []

    /// A quarter.
    static let maximumDays = 92

    static let shape = Shape("DailyReportQuery", DailyReportQuery()) {
        Field("from", \.from, .day, example: Day("2026-03-01"))
        Field(
            "through",
            \.through,
            .day,
            example: Day("2026-03-31"),
            about: "The last day of it, for one day the same as the first; at most 92 days in all."
        )
        Field(
            "location_id",
            \.locations,
            .list(of: .id(), 0...200, unique: true),
            optional: true,
            about: "Only these; all that the caller may see when absent."
        )
    }

    /// Errors: the days are in the wrong order or too many. Answers how many they are.
    func days() throws(Problem) -> Int {
        let days = Int(through.daysSinceEpoch) - Int(from.daysSinceEpoch) + 1
        guard days > 0 else { throw Problem.invalid("through", "before_from", "It must not be before the first day.") }
        guard days <= DailyReportQuery.maximumDays else {
            throw Problem.invalid("through", "too_many_days", "Ask for at most \(DailyReportQuery.maximumDays) days at once.")
        }
        return days
    }
}

extension DailyReport {
    static let shape = Shape<DailyReport>("DailyReport") {
        Field("from", \.from, .day)
        Field("through", \.through, .day)
        Field("locations", \.locations, .list(of: .object(LocationReport.shape), 0...20_000))
        Field("totals", \.totals, .list(of: .object(CurrencyTotals.shape), 0...200), about: "One for each currency.")
    }
}

extension LocationReport {
    static let shape = Shape<LocationReport>("LocationReport") {
        Field("location_id", \.location, .id())
        Field("name", \.name, .text(1...100))
        Field("time_zone", \.timeZone, .zone)
        Field("currency", \.currency, .currency)
        Field("days", \.days, .list(of: .object(ReportedDay.shape), 0...92), about: "Days on which something happened.")
        Field("totals", \.totals, .object(DayFigures.shape))
    }
}

extension ReportedDay {
    static let shape = Shape<ReportedDay>("ReportedDay") {
        Field("day", \.day, .day)
        Field("visits", \.figures.visits, .int(0...Int.max))
        Field("no_shows", \.figures.noShows, .int(0...Int.max))
        Field("booked", \.figures.booked, .int(0...Int.max))
        Field("charges", \.figures.charges, .minor(Int64.min...Int64.max))
        Field("payments", \.figures.payments, .minor(Int64.min...Int64.max))
        Field("adjustments", \.figures.adjustments, .minor(Int64.min...Int64.max))
        Field("receivables", \.figures.receivables, .minor(Int64.min...Int64.max), about: "What was owed at the end of the day.")
        Field("computed_at", \.computedAt, .instant)
    }
}

extension DayFigures {
    static let shape = Shape<DayFigures>("ReportFigures") {
        Field("visits", \.visits, .int(0...Int.max))
        Field("no_shows", \.noShows, .int(0...Int.max))
        Field("booked", \.booked, .int(0...Int.max), about: "Appointments that were not cancelled.")
        Field("charges", \.charges, .minor(Int64.min...Int64.max), about: "Minor units, as all amounts.")
        Field("payments", \.payments, .minor(Int64.min...Int64.max), about: "Of patients and payers.")
        Field("adjustments", \.adjustments, .minor(Int64.min...Int64.max), about: "Contractual adjustments and write-offs.")
        Field("receivables", \.receivables, .minor(Int64.min...Int64.max), about: "What was owed at the end.")
    }
}

extension CurrencyTotals {
    static let shape = Shape<CurrencyTotals>("CurrencyTotals") {
        Field("currency", \.currency, .currency)
        Field("figures", \.figures, .object(DayFigures.shape))
    }
}
