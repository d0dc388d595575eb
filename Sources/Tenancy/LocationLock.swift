import Postgres
import Values

extension Owner {
    /// Runs `body` while no other command moves, exports, restores or removes this location. The lock lies in control and goes with the process
    /// that holds it. Errors: `location_in_work`; what `body` throws.
    func alone<Value>(with location: LocationID, _ body: () async throws -> Value) async throws -> Value {
        try await control.copying { session in
            let taken = try await session.query("select pg_try_advisory_xact_lock(\(Int64(bitPattern: location.uuid.low)))").first?
                .value(0, as: Bool.self)
            guard taken == true else {
                throw Problem.conflict("location_in_work", "Another command is at work on this location. Ask again when it is done.")
            }
            return try await body()
        }
    }
}
