import Access
import Values
import Web

struct DailyReportRoutes {
    /// Days of all locations together in one answer.
    private static let maximumRows = 20_000
    static let tooMany = Problem.invalid(
        "report_too_large",
        "These are too many locations for so many days. Ask for fewer days, or name locations."
    )

    var routes: [Route] {
        [
            .get(
                "/v1/organizations/{organization}/reports/daily",
                "Reports visits, no-shows, charges, payments and receivables of the locations the caller may see, day by day",
                .anywhere(.reportsRead),
                query: DailyReportQuery.shape,
                answer: DailyReport.shape,
                errors: [DailyReportRoutes.tooMany]
            ) { call, query in
                let limit = DailyReportRoutes.maximumRows / (try query.days())
                let seen = call.caller.locations(with: .reportsRead, in: try call.organization)
                let select = DailyReportStore.locations(
                    seen,
                    only: query.locations,
                    from: query.from,
                    through: query.through,
                    limit: limit + 1
                )
                let locations = try await call.read(select, ReadAct("report.daily", "location")).map(DailyReportStore.location)
                guard locations.count <= limit else { throw DailyReportRoutes.tooMany }
                guard query.locations.isEmpty || locations.count == query.locations.count else {
                    throw Problem.invalid("location_id", "unknown_reference", "One of these locations does not exist here.")
                }
                return DailyReport(from: query.from, through: query.through, locations)
            }
        ]
    }
}
