import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Pauses of locations that move", .serialized)
struct MovePauseFailureTests {
    /// The location's pauses in a database, and how many others there are.
    private func pauses(_ full: FullLocation, _ database: String) async throws -> (own: [String], others: Int) {
        let all = try await full.clinic.services.jobOperations.pauses(database: database)
        let own = all.filter { $0.location == full.location.role.name }
        return (own.map { "\($0.kind ?? "all") \($0.by) \($0.reason) \($0.at)" }.sorted(), all.count - own.count)
    }

    /// All of the location, one kind there, and that kind everywhere in the database the location is in.
    private func paused() async throws -> FullLocation {
        let full = try await FullLocation.open(patients: 2)
        let operations = full.clinic.services.jobOperations
        let (role, database) = (full.location.role.name, full.location.database)
        try await operations.pause(kind: nil, location: role, database: database, by: "ada", reason: "Not today")
        try await operations.pause(kind: "test.later", location: role, database: database, by: "bo", reason: "Not this")
        try await operations.pause(kind: "test.later", location: nil, database: database, by: "bo", reason: "Not here")
        return full
    }

    @Test("the pauses of a location move with it, hold before the switch, and are ended where it then is")
    func moved() async throws {
        let full = try await paused()
        let (source, target) = (full.location.database, full.clinic.settings.servers.locationDatabases[1])
        let before = try await pauses(full, source)
        #expect(before.own.count == 2 && before.others == 1)
        let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
            guard step == .copied || step == .switched else { return }
            let (there, here) = (try await pauses(full, target).own, try await pauses(full, source).own)
            #expect(there == before.own && here == before.own, "\(step)")
        }
        _ = try await move.run()
        let (old, new) = (try await pauses(full, source), try await pauses(full, target))
        #expect(old.own.isEmpty && old.others == 1)
        #expect(new.own == before.own && new.others == 0)
        let operations = full.clinic.services.jobOperations
        #expect(try await operations.resume(kind: nil, location: full.location.role.name, database: target))
        await full.close()
    }

    @Test("a move that is given up leaves no pause where the location did not come to")
    func givenUp() async throws {
        struct Interrupted: Error {}
        let full = try await paused()
        let (source, target) = (full.location.database, full.clinic.settings.servers.locationDatabases[1])
        let before = try await pauses(full, source)
        let move = LocationMove(owner: full.owner.owner, location: full.location, to: target) { step in
            if step == .copied { throw Interrupted() }
        }
        await #expect(throws: Interrupted.self) { try await move.run() }
        #expect(try await pauses(full, target).own == before.own)
        try await LocationMove(owner: full.owner.owner, location: try await full.provisioner.find(full.location.id), to: target).giveUp()
        #expect(try await pauses(full, target).own.isEmpty)
        #expect(try await pauses(full, source).own == before.own)
        await full.close()
    }
}
