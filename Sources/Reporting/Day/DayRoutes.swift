import Access
import Postgres
import Tenancy
import Values
import Web

/// Opens a number of the report: the rows it is made of.
struct DayRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/reports/days/{day:day}",
                "Lists the rows behind one figure of a location's day; their amounts add up to it",
                .permission(.reportsRead),
                query: FigureQuery.shape,
                item: FigureRow.shape
            ) { call, query, page in
                guard let day = Day(try call.path.text("day")) else { throw Problem.notFound }
                let span = try call.location.rules.span(of: day)
                let after = try page.after.map { (id: try $0.id(0, EncounterID.self).uuid, ordinal: try $0.int(1)) }
                let select = DayStore.rows(of: query.figure, on: day, span, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("report.day", "report", patients: .column)).map(FigureRow.init)
                return page.page(rows) { [.id(EncounterID($0.id)), .int($0.ordinal)] }
            }
        ]
    }
}
