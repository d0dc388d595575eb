import Postgres
import Synchronization
import Tenancy
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("sealing")
    struct SealingTests {
        @Test("sealed entries verify, and waiting ones are counted", arguments: Scene.Kind.allCases)
        func sound(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            try await scene.acts()
            let before = try await scene.access.verify(scene.trail)
            #expect(before.isSound)
            #expect(before.unsealed == 7)
            #expect(before.oldestUnsealed != nil)
            #expect(try await scene.access.seal(scene.trail) == 7)
            #expect(try await scene.access.seal(scene.trail) == 0)
            let after = try await scene.access.verify(scene.trail)
            #expect(after.isSound)
            #expect(after.unsealed == 0)
            #expect(after.entries == 7)
        }

        @Test("several sealers at once seal each entry once", arguments: Scene.Kind.allCases)
        func sealers(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            try await scene.acts(20)
            let sealed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await scene.access.seal(scene.trail) } }
                return try await group.reduce(0, +)
            }
            #expect(sealed == 20)
            #expect(try await scene.finding() == nil)
        }

        @Test(
            "whatever commits is in exactly one seal: writers that commit in another order than their ids, some that roll back, sealers all the while",
            arguments: Scene.Kind.allCases
        )
        func disorder(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let progress = Progress()
            struct ChangedMind: Error {}
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Three writers hold a connection each while they need another: one more is free, so they never wait for each other.
                for writer in 0..<3 {
                    group.addTask {
                        defer { progress.writers.subtract(1, ordering: .sequentiallyConsistent) }
                        for round in 0..<15 {
                            let (early, late) = (scene.practice.ambient.id(PatientID.self), scene.practice.ambient.id(PatientID.self))
                            do {
                                try await scene.practice.tenancy.transaction(scene.trail) { tx in
                                    try scene.act(tx, early)
                                    try await tx.query("select 1")
                                    // A younger entry commits and may be sealed before this one.
                                    try await scene.practice.tenancy.transaction(scene.trail) { try scene.act($0, late) }
                                    if (round + writer) % 5 == 0 { throw ChangedMind() }
                                }
                                progress.committed.withLock { _ = $0.insert(early) }
                            } catch is ChangedMind {}
                            progress.committed.withLock { _ = $0.insert(late) }
                        }
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        while progress.writers.load(ordering: .sequentiallyConsistent) > 0 { try await scene.access.seal(scene.trail) }
                    }
                }
                try await group.waitForAll()
            }
            try await scene.access.seal(scene.trail)
            let result = try await scene.access.verify(scene.trail)
            #expect(result.isSound)
            #expect(result.unsealed == 0)
            #expect(result.seals > 1, "sealers ran meanwhile")
            let written = progress.committed.withLock { $0 }
            #expect(result.entries == written.count)
            #expect(Set(try await scene.all().flatMap(\.patients)) == written)
            let sealed = try await scene.practice.tenancy.read(
                scene.trail,
                "select count(*), count(distinct id) from " + scene.trail.seals + " s, unnest(s.ids) as t (id)"
            ).first?.decode((Int, Int).self)
            #expect(sealed?.0 == written.count)
            #expect(sealed?.1 == written.count)
        }

        @Test("removed entries that waited do not stop the sealer")
        func gap() async throws {
            let scene = try await Scene(.location, try Practice.current)
            try await scene.acts(1)
            try await scene.superuser(["insert into {location}.audit_unsealed select md5(n::text)::uuid from generate_series(1, 1500) n"])
            #expect(try await scene.access.seal(scene.trail) == 1)
        }
    }
}

private final class Progress: Sendable {
    let committed = Mutex<Set<PatientID>>([])
    let writers = Atomic<Int>(3)
}
