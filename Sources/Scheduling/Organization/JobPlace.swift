import Jobs
import Tenancy
import Values

extension JobContext {
    /// Another location of the organization, for a job that has something to do there. Errors: it is suspended (again later) or was removed.
    func place(_ id: LocationID) async throws -> Location {
        do {
            let location = try await tenancy.location(id)
            guard location.organization == organization else { throw JobDecision.dead("foreign_location") }
            return location
        } catch let problem as Problem where problem.kind == .forbidden {
            throw JobDecision.snooze(.seconds(300))
        } catch let problem as Problem where problem.kind == .notFound {
            throw JobDecision.discard("location_gone")
        }
    }
}
