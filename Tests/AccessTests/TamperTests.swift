import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    /// Whatever the database's superuser does to a trail is named.
    @Suite("a trail that was tampered with")
    struct TamperTests {
        @Test("a changed entry is named, whichever column was changed", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func changed(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let entries = try await scene.sealedTwice()
            let settings: [Statement] = [
                "action = 'patient.read'", "patients = '{}'", "at = at + interval '1 second'", "actor_name = null", "changed = '{phon,e}'",
                "reason_text = ''", "reason_code = null", "result = 'refused'", "object_id = null", "object_kind = 'person'",
                "request_id = id", "actor_kind = 'staff'", "actor_id = null", "on_behalf_of = id", "session_id = id",
                "source = '192.0.2.9'",
                "objects = array[id]",
            ]
            for setting in settings {
                try await scene.superuser(["update " + scene.trail.entries + " set " + setting + " where id = \(entries[9].id)"])
                #expect(try await scene.finding() == .changed(entry: entries[9].id, batch: 2))
                try await restore(entries[9], in: scene)
                #expect(try await scene.finding() == nil)
            }
        }

        private func restore(_ entry: AuditEntry, in scene: Scene) async throws {
            try await scene.superuser([
                "update " + scene.trail.entries + " set (" + TrailColumns.names
                    + """
                    ) = row(\(entry.id), \(entry.at), \(entry.actorKind), \(entry.actorID), \(entry.actorName), \(entry.onBehalfOf), \(entry.session), \
                    \(entry.requestID), \(entry.source), \(entry.action), \(entry.objectKind), \(entry.objectID), \(entry.objects), \
                    \(entry.patients), \(entry.result), \(entry.reasonCode), \(entry.reasonText), \(entry.changed)) where id = \(entry.id)
                    """
            ])
        }

        @Test("a removed entry is named, sealed or not", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func removed(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let sealed = try await scene.sealedTwice()
            try await scene.acts()
            let waiting = try await scene.all()[16]
            try await scene.superuser(["delete from " + scene.trail.entries + " where id = \(waiting.id)"])
            #expect(try await scene.finding() == .removed(entry: waiting.id, batch: nil))
            try await scene.superuser(["delete from " + scene.trail.entries + " where id = \(sealed[3].id)"])
            #expect(try await scene.finding() == .removed(entry: sealed[3].id, batch: 1))
        }

        @Test("an added entry is named", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func added(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let entries = try await scene.sealedTwice()
            let id = scene.practice.ambient.id(AuditEntryID.self)
            let organization: (Statement, Statement) = kind == .organization ? (", organization_id", ", organization_id") : ("", "")
            try await scene.superuser([
                "insert into " + scene.trail.entries + " (id, at, actor_kind, request_id, action" + organization.0 + ") select \(id), at, "
                    + "actor_kind, request_id, action" + organization.1 + " from " + scene.trail.entries + " where id = \(entries[2].id)"
            ])
            #expect(try await scene.finding() == .added(entry: id))
        }

        @Test("exchanged entries are named, exchanged as rows or in the seal", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func reordered(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let entries = try await scene.sealedTwice()
            let ids = entries.prefix(7).map(\.id.uuid)
            let swapped = [ids[1], ids[0]] + ids[2...]
            try await scene.superuser([scene.changing(seal: 1, "ids = \(swapped)")])
            #expect(try await scene.finding() == .reordered(entry: entries[1].id, batch: 1))
            try await scene.superuser([scene.changing(seal: 1, "ids = \(ids)")])
            #expect(try await scene.finding() == nil)
            let spare = scene.practice.ambient.id(AuditEntryID.self)
            try await scene.superuser([
                "update " + scene.trail.entries + " set id = \(spare) where id = \(entries[1].id)",
                "update " + scene.trail.entries + " set id = \(entries[1].id) where id = \(entries[4].id)",
                "update " + scene.trail.entries + " set id = \(entries[4].id) where id = \(spare)",
            ])
            #expect(try await scene.finding() == .reordered(entry: entries[1].id, batch: 1))
        }

        @Test("a changed and a missing seal are named by their batch", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func brokenChain(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            _ = try await scene.sealedTwice()
            try await scene.superuser([scene.changing(seal: 2, "sealed_at = sealed_at + interval '1 hour'")])
            #expect(try await scene.finding() == .changedSeal(batch: 2))
            try await scene.superuser(["delete from " + scene.seals + " and batch = 1"])
            #expect(try await scene.finding() == .brokenChain(batch: 1))
        }

        @Test(
            "a cut tail is seen with a checkpoint: the one noted in control, and one kept elsewhere when that is gone too",
            .shows("AP-3"),
            arguments: Scene.Kind.allCases
        )
        func cutTail(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let entries = try await scene.sealedTwice()
            let folder = try TemporaryFolder()
            let made = try #require(try await scene.access.checkpoint(scene.trail, in: folder.trail))
            #expect(try await scene.access.checkpoint(scene.trail, in: folder.trail) == nil, "nothing new to sign")
            let kept = try await scene.access.checkpoints(scene.trail, in: folder.trail)
            #expect(kept == [made])
            #expect(try await scene.finding(kept) == nil)
            try await scene.superuser([
                "delete from " + scene.trail.entries + " where id = any (\(entries[7...].map(\.id.uuid)))",
                "delete from " + scene.seals + " and batch = 2",
            ])
            #expect(try await scene.finding() == .cutTail(expected: 2, last: 1))
            try await scene.forgetNoted()
            #expect(try await scene.finding() == nil, "without a checkpoint nobody can know")
            #expect(try await scene.finding(kept) == .cutTail(expected: 2, last: 1))
            let forged = try #require(Checkpoint(made.text.replacing(" 2 ", with: " 3 ")))
            #expect(try await scene.finding([forged]) == .forgedCheckpoint(batch: 3))
        }

        @Test(
            "a trail that was rewritten and sealed anew is seen with a checkpoint kept elsewhere",
            .shows("AP-3"),
            arguments: Scene.Kind.allCases
        )
        func sealedAnew(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let entries = try await scene.sealedTwice()
            let made = try #require(try await scene.access.checkpoint(scene.trail))
            try await scene.forgetNoted()
            try await scene.superuser(["update " + scene.trail.entries + " set actor_name = 'nobody' where id = \(entries[2].id)"])
            let told = try await scene.all()
            let first = Seal(batch: 1, of: Array(told[..<7]), previous: scene.trail.genesis, at: scene.practice.clock.now)
            let second = Seal(batch: 2, of: Array(told[7...]), previous: first.hash, at: scene.practice.clock.now)
            for seal in [first, second] {
                try await scene.superuser([
                    scene.changing(
                        seal: seal.batch,
                        """
                        ids = \(seal.ids), digests = \(seal.digests), first_at = \(seal.firstAt), last_at = \(seal.lastAt), \
                        hash = \(seal.hash), previous = \(seal.previous), sealed_at = \(seal.sealedAt)
                        """
                    )
                ])
            }
            #expect(try await scene.finding() == nil, "without a checkpoint nobody can know")
            #expect(try await scene.finding([try #require(Checkpoint(made.text))]) == .rewritten(batch: 2))
        }

        @Test("how long entries wait for their seal is said")
        func age() async throws {
            let scene = try await Scene(.location, try Practice.current)
            try await scene.acts(1)
            scene.practice.clock.advance(seconds: 90)
            let result = try await scene.access.verify(scene.trail)
            #expect(result.isSound)
            #expect(result.unsealed == 1)
            let age = try #require(result.unsealedAge(at: scene.practice.clock.now))
            #expect((90..<150).contains(age))
            try await scene.access.seal(scene.trail)
            #expect(try await scene.access.verify(scene.trail).unsealedAge(at: scene.practice.clock.now) == nil)
        }

        @Test("the worker's folder gets a line for every trail that has grown")
        func exported() async throws {
            let practice = try Practice.current
            let scene = try await Scene(.organization, practice)
            let folder = try TemporaryFolder()
            let access = practice.access { $0.checkpointFolder = folder.path }
            _ = try await scene.sealedTwice()
            try await access.exportCheckpoints {}
            #expect(try await access.checkpoints(scene.trail, in: folder.trail).map(\.batch) == [2])
            try await access.exportCheckpoints {}
            try await scene.acts()
            try await access.seal(scene.trail)
            try await access.exportCheckpoints {}
            #expect(try await access.checkpoints(scene.trail, in: folder.trail).map(\.batch) == [2, 3])
        }

        @Test("a trail whose file cannot be written does not keep the others from theirs, and is not kept silent")
        func exportedPastDamage() async throws {
            let practice = try Practice.current
            let scenes = [try await Scene(.organization, practice), try await Scene(.location, practice)]
            let folder = try TemporaryFolder()
            let access = practice.access { $0.checkpointFolder = folder.path }
            for scene in scenes { _ = try await scene.sealedTwice() }
            // An organization has its turn before its locations.
            let blocked = folder.path + "/organization-\(scenes[0].trail.id).checkpoints"
            try FileManager.default.createDirectory(atPath: blocked, withIntermediateDirectories: false)
            await #expect(throws: (any Error).self) { try await access.exportCheckpoints {} }
            #expect(try await access.checkpoints(scenes[1].trail, in: folder.trail).map(\.batch) == [2])
        }
    }
}
