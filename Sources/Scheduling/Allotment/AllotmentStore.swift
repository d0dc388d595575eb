import Jobs
import Postgres
import Tenancy
import Values

/// Reads `control.allotment`: which time of a shared resource is whose.
enum AllotmentStore {
    /// More than two hundred resources have in some weeks, or a dozen in the years of a series.
    private static let limit = 20_000

    static let tooMany = Problem.invalid(
        "too_many_allotments",
        "Shared resources are divided into more parts in these days than can be looked at together. Ask for fewer days."
    )

    private static func of(_ resources: [ResourceID], at location: LocationID, in window: InstantRange) -> Statement {
        """
        select resource, span from control.allotment
        where resource = any(\(resources)) and location_id = \(location) and span && \(window)
        order by resource, lower(span) limit \(limit)
        """
    }

    /// What is the location's own of those that are shared, one where allotments touch; without any shared nothing is asked. Errors:
    /// `too_many_allotments`, rather than take its own for another's.
    static func read(_ resources: [Resource], at location: Location, in window: InstantRange, _ tenancy: Tenancy) async throws
        -> [ResourceID: [InstantRange]]
    {
        let shared = resources.filter(\.shared).map(\.id)
        guard !shared.isEmpty else { return [:] }
        let rows = try await tenancy.organizationRead(location.organization, of(shared, at: location.id, in: window))
        guard rows.count < limit else { throw tooMany }
        var spans = Dictionary(shared.map { ($0, [InstantRange]()) }, uniquingKeysWith: { first, _ in first })
        for row in rows {
            let (resource, span) = try row.decode((ResourceID, InstantRange).self)
            spans[resource, default: []].append(span)
        }
        return spans.mapValues(InstantRange.joined)
    }

    /// A location that shares a resource no longer would book inside the others' allotments. Errors: `allotted` while anybody has one that is
    /// not over.
    static func checkUnshared(_ resource: ResourceID, _ work: Work, _ tenancy: Tenancy) async throws {
        let rows = try await tenancy.organizationRead(
            work.location.organization,
            "select 1 from control.allotment where resource = \(resource) and span && tstzrange(\(work.now), null) limit 1"
        )
        guard rows.isEmpty else { throw Resource.allotted }
    }
}
