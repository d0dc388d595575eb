import Postgres
import Tenancy
import Values

/// Recomputes the facts of one day from the location's own rows.
///
/// The fact's row is locked before the location is read: of two that run at once, the one that reads later writes later, so an older
/// snapshot never replaces a newer one.
struct ComputeDay {
    let tenancy: Tenancy
    let location: Location

    func run(_ day: Day, at now: Instant) async throws {
        try await tenancy.organization(location.organization) { tx in
            _ = try await tx.query(DailyFactStore.lock(day, at: location, now: now))
            let select = DayStore.figures(of: day, location.rules.span(of: day))
            guard let row = try await tenancy.read(location, select).first else { return }
            tx.enqueue(DailyFactStore.save(try DayStore.figures(row), of: day, at: location, now: now))
        }
    }
}
