import Access
import Assembly
import Billing
import Jobs
import Postgres
import Tenancy
import TestSupport
import Values

@testable import Reporting

extension TestClinic {
    /// Posts one movement at a location, as a slice would, and tells about it.
    func post(
        _ amount: Int64,
        _ debit: LedgerAccount,
        _ credit: LedgerAccount,
        on day: Day,
        at location: Location,
        tell event: String? = nil
    ) async throws {
        let services = services
        let caller = Caller.system("tests", requestID: services.ambient.id(EventID.self).uuid, organization: location.organization)
        try await services.tenancy.work(location, by: caller, ambient: services.ambient, wake: nil) { work in
            let source = work.id(ChargeID.self).uuid
            let entry = NewEntry(
                kind: "charge",
                day: day,
                source: ("test", source),
                transfers: [Transfer(debit: debit, credit: credit, amount: amount)]
            )
            PostEntry().run(work, entry)
            if let event { work.tell(Event(event, ["day": day])) }
        }
    }

    /// The facts of a location's day as the report knows them.
    func fact(_ day: Day, at location: Location) async throws -> DayFigures? {
        let rows = try await services.tenancy.organizationRead(
            location.organization,
            """
            select visits::int8, no_shows::int8, booked::int8, charges, payments, adjustments, receivables_change from control.daily_fact
            where location_id = \(location.id) and day = \(day)
            """
        )
        return try rows.first.map(DayStore.figures)
    }

    func compute(_ day: Day, at location: Location) async throws {
        try await ComputeDay(tenancy: services.tenancy, location: location).run(day, at: services.ambient.now())
    }
}
