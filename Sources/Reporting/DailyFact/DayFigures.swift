/// The figures of one day, or the sums of several. Amounts are minor units of the location's currency.
struct DayFigures: Sendable, Hashable {
    var visits = 0
    var noShows = 0
    var booked = 0
    var charges: Int64 = 0
    var payments: Int64 = 0
    var adjustments: Int64 = 0
    /// Of a day: by how much what is owed grew.
    var receivables: Int64 = 0

    static func + (left: DayFigures, right: DayFigures) -> DayFigures {
        DayFigures(
            visits: left.visits + right.visits,
            noShows: left.noShows + right.noShows,
            booked: left.booked + right.booked,
            charges: left.charges + right.charges,
            payments: left.payments + right.payments,
            adjustments: left.adjustments + right.adjustments,
            receivables: left.receivables + right.receivables
        )
    }
}
