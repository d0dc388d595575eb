import Postgres
import TestSupport
import Testing
import Values

@testable import Access
@testable import Tenancy

extension OnDatabase {
    @Suite("the intake of the trails")
    struct IntakeTests {
        private func waiting(_ scene: Scene) async throws -> [UUID] {
            try await scene.practice.superLocations.flight(
                .login,
                "select id from queue.audit_intake where location = \(scene.practice.foreign.role.name) order by id"
            ).decode(UUID.self)
        }

        private func look(_ scene: Scene, at id: UUID) async throws -> Rows {
            try await scene.access.read(
                scene.practice.foreign,
                "select \(id) as id",
                ReadAct("patient.read", "patient", patients: .same),
                by: try scene.caller
            )
        }

        @Test("what was shown is on record when the answer is given, and in the trail when somebody looks", .shows("AP-1"))
        func settled() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let id = scene.practice.ambient.id(PatientID.self)
            _ = try await look(scene, at: id.uuid)
            #expect(try await waiting(scene).count == 1)
            #expect(try await scene.all().isEmpty)
            let found = try await scene.access.search(scene.trail, AuditQuery(patient: id), by: try scene.caller)
            #expect(found.map(\.objects) == [[id.uuid]])
            #expect(found.first?.actorName == (try scene.caller.actor.name))
            // The search itself waits now.
            #expect(try await waiting(scene).count == 1)
            #expect(try await scene.access.verify(scene.trail).unsealed == 2)
            #expect(try await waiting(scene).isEmpty)
            #expect(try await scene.access.seal(scene.trail) == 2)
            #expect(try await scene.finding() == nil)
        }

        @Test("sealers and readers at once: each answer's entry is in the trail and in a seal, once")
        func beside() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let ids = (0..<300).map { _ in scene.practice.ambient.id(PatientID.self).uuid }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids { group.addTask { _ = try await look(scene, at: id) } }
                for _ in 0..<3 { group.addTask { for _ in 0..<5 { try await scene.access.seal(scene.trail) } } }
                try await group.waitForAll()
            }
            try await scene.access.seal(scene.trail)
            #expect(try await waiting(scene).isEmpty)
            #expect(try await scene.all().flatMap(\.objects).sorted() == ids.sorted())
            let result = try await scene.access.verify(scene.trail)
            #expect(result.isSound && result.entries == 300 && result.unsealed == 0)
        }

        @Test("an entry that cannot be kept costs its own answer, not those that share its commit", .shows("AP-1"))
        func bad() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let ids = (0..<40).map { _ in scene.practice.ambient.id(PatientID.self).uuid }
            let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
                for (number, id) in ids.enumerated() {
                    group.addTask {
                        guard number % 10 == 3 else { return try await look(scene, at: id).isEmpty }
                        do {
                            _ = try await scene.practice.tenancy.read(scene.practice.foreign, "select 1") { _ in (id, "[]") }
                            return false
                        } catch is PostgresError {
                            return true
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 4)
            #expect(try await waiting(scene).count == 36)
            try await scene.access.seal(scene.trail)
        }

        @Test("many answers share few commits, and an answer that showed nothing waits for none")
        func shared() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let database = try #require(scene.practice.tenancy.databases[scene.practice.foreign.database])
            let ids = (0..<200).map { _ in scene.practice.ambient.id(PatientID.self).uuid }
            let before = database.statistics.flights
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids { group.addTask { _ = try await look(scene, at: id) } }
                try await group.waitForAll()
            }
            #expect(database.statistics.flights - before < 300)
            let nothing = database.statistics.flights
            _ = try await scene.access.read(
                scene.practice.foreign,
                "select id from {location}.patient where false",
                ReadAct("patient.read"),
                by: try scene.caller
            )
            #expect(database.statistics.flights - nothing == 1)
            try await scene.access.seal(scene.trail)
        }

        @Test("the connection that carries the entries is cut again and again: each answered read has its entry, once", .shows("AP-1"))
        func cut() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let ids = (0..<400).map { _ in scene.practice.ambient.id(PatientID.self).uuid }
            let answered = try await withThrowingTaskGroup(of: UUID?.self) { group in
                for id in ids {
                    group.addTask {
                        do { return try await look(scene, at: id).isEmpty ? nil : id } catch is PostgresError { return nil }
                    }
                }
                for _ in 0..<5 {
                    _ = try await scene.practice.superLocations.flight(
                        .login,
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and usename <> current_user and query ~ 'audit_intake'
                        """
                    )
                }
                return try await group.reduce(into: [UUID]()) { if let id = $1 { $0.append(id) } }
            }
            #expect(answered.count > 0)
            try await scene.access.seal(scene.trail)
            let kept = try await scene.all().flatMap(\.objects)
            #expect(kept.count == Set(kept).count)
            #expect(Set(answered).isSubset(of: kept))
        }
    }
}
