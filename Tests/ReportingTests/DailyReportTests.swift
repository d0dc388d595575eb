import Jobs
import TestSupport
import Testing
import Values

@testable import Reporting

@Suite("Reports: sums")
struct DailyReportTests {
    private let monday = Day(daysSinceEpoch: 20_000)

    private func location(_ currency: String, opening: Int64, _ changes: [Int64]) throws -> LocationReport {
        LocationReport(
            location: LocationID(UUID(high: 1, low: 2)),
            name: "North",
            timeZone: .utc,
            currency: try #require(Currency(currency)),
            opening: opening,
            facts: changes.enumerated().map { index, change in
                (monday.adding(days: index), DayFigures(visits: 1, charges: 100, receivables: change), Instant(seconds: 0))
            }
        )
    }

    @Test("what is owed runs on from what was owed before, other figures are summed")
    func runningBalance() throws {
        let report = try location("USD", opening: 500, [100, -250, 0])
        #expect(report.days.map(\.figures.receivables) == [600, 350, 350])
        #expect(report.totals == DayFigures(visits: 3, charges: 300, receivables: 350))
    }

    @Test("a location without facts still owes what it owed")
    func emptyLocation() throws {
        #expect(try location("USD", opening: 70, []).totals.receivables == 70)
    }

    @Test("currencies are never added to each other", .shows("MC-3"))
    func totals() throws {
        let report = DailyReport(
            from: monday,
            through: monday.adding(days: 2),
            [try location("USD", opening: 0, [5]), try location("EUR", opening: 1, []), try location("USD", opening: 2, [5])]
        )
        #expect(report.totals.map(\.currency.code) == ["EUR", "USD"])
        #expect(report.totals.map(\.figures.receivables) == [1, 12])
        #expect(report.totals.map(\.figures.visits) == [0, 2])
    }

    @Test(
        "a report covers at most 92 days, in their order",
        .shows("RS-1"),
        arguments: [(0, nil), (-1, nil), (1, 1), (92, 92), (93, nil)] as [(Int, Int?)]
    )
    func range(_ length: Int, _ days: Int?) {
        let query = DailyReportQuery(from: monday, through: monday.adding(days: length - 1))
        #expect((try? query.days()) == days)
    }

    @Test("an event's days are noted, one without a day is nothing to do, an unreadable day is an error")
    func events() throws {
        #expect(try NoteDays(Event("charge.posted", ["day": monday]))?.days == [monday])
        let moved = Event("appointment.moved", ["day": monday, "previous_day": monday.adding(days: -1)])
        let job = try #require(try NoteDays(moved))
        #expect(try NoteDays(job.parameters).days == [monday, monday.adding(days: -1)])
        #expect(try NoteDays(Event("claims.filed", [:]))?.days == nil)
        #expect(throws: (any Error).self) { try NoteDays(Event("charge.posted", ["day": "yesterday"])) }
    }
}
