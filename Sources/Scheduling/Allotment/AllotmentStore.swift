import Postgres
import Values

/// Reads `control.allotment`: which time of a shared resource is whose.
enum AllotmentStore {
    static func of(_ resource: ResourceID, at location: LocationID, in window: InstantRange) -> Statement {
        """
        select span from control.allotment
        where resource = \(resource) and location_id = \(location) and span && \(window)
        order by lower(span) limit 50
        """
    }
}
