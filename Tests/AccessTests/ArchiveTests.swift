import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("the archive of a trail")
    struct ArchiveTests {
        private func archive(_ scene: Scene, _ folder: TemporaryFolder, before: Instant? = nil) async throws -> Int {
            try await scene.access.archive(
                scene.trail,
                before: before ?? scene.practice.clock.now.adding(seconds: 1),
                in: folder.trail,
                owner: scene.practice.owner,
                by: scene.practice.commandLine()
            )
        }

        private func file(_ scene: Scene, _ folder: TemporaryFolder) -> String {
            folder.path + "/" + SegmentName(1, 2).file(of: scene.trail)
        }

        @Test("sealed entries move to a signed file, and verification goes on over it", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func moved(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let folder = try TemporaryFolder()
            _ = try await scene.sealedTwice()
            #expect(try await archive(scene, folder, before: scene.practice.clock.now.adding(seconds: -3600)) == 0, "none is old enough")
            #expect(try await archive(scene, folder) == 14)
            let left = try await scene.all()
            #expect(left.map(\.action) == ["audit.archived"])
            try await scene.acts()
            try await scene.access.seal(scene.trail)
            let result = try await scene.access.verify(scene.trail, archive: folder.trail)
            #expect(result.isSound)
            #expect((result.entries, result.archived) == (22, 14))
            let text = String(decoding: try Data(contentsOf: URL(filePath: file(scene, folder))), as: UTF8.self)
            #expect(!text.contains("patient.updated"), "entries are not readable without the key")
            #expect(try await archive(scene, folder) == 8, "the next run goes on where the last one ended")
            #expect(try await scene.finding(archive: folder.trail) == nil)
        }

        @Test("a run that was killed between file and rows is repeated", arguments: Scene.Kind.allCases)
        func killed(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let folder = try TemporaryFolder()
            let entries = try await scene.sealedTwice()
            let hash = try await scene.practice.tenancy.read(scene.trail, "select hash from " + scene.trail.seals + " order by batch")
            let segment = Segment(
                first: 1,
                last: 2,
                hash: try #require(hash.last).value(0),
                madeAt: scene.practice.clock.now,
                entries: entries
            )
            try await TrailArchive(folder.trail, scene.trail, scene.practice.keys).keep(segment)
            #expect(try await scene.finding(archive: folder.trail) == nil, "both in the file and in the table")
            #expect(try await archive(scene, folder) == 0)
            #expect(try await scene.all().isEmpty)
            #expect(try await scene.finding(archive: folder.trail) == nil)
        }

        @Test("what was done to archived entries is named", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func tampered(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let folder = try TemporaryFolder()
            let entries = try await scene.sealedTwice()
            _ = try await archive(scene, folder)
            #expect(try await scene.finding() == .removed(entry: entries[0].id, batch: 1), "the files are part of the trail")
            let path = file(scene, folder)
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            for place in [30, bytes.count / 2, bytes.count - 1] {
                var changed = bytes
                changed[place] ^= 1
                try Data(changed).write(to: URL(filePath: path))
                #expect(try await scene.finding(archive: folder.trail) == .damagedSegment(first: 1, last: 2))
            }
            try Data(bytes).write(to: URL(filePath: path))
            #expect(try await scene.finding(archive: folder.trail) == nil)
            try await scene.superuser(["delete from " + scene.seals, "delete from " + scene.entries, "delete from " + scene.unsealed])
            #expect(try await scene.finding(archive: folder.trail) == .cutTail(expected: 2, last: 0), "a segment is a checkpoint too")
            try FileManager.default.removeItem(atPath: path)
        }

        @Test("after a rotation the next run seals the files anew, and the old key is not needed any more")
        func rotated() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let folder = try TemporaryFolder()
            _ = try await scene.sealedTwice()
            _ = try await archive(scene, folder)
            let (old, new) = (String(repeating: "5c", count: 32), String(repeating: "6d", count: 32))
            func access(_ keys: String) throws -> Access {
                Access(
                    tenancy: scene.practice.tenancy,
                    keys: try KeyRing(text: keys),
                    ambient: scene.practice.ambient,
                    logger: scene.practice.logger
                )
            }
            // Neither its signature nor its seal is of a key that is here.
            await #expect(throws: SegmentDamaged.self) {
                _ = try await TrailArchive(folder.trail, scene.trail, try KeyRing(text: "2 " + new)).digests(of: 1)
            }
            let both = try access("1 \(old)\n2 \(new)")
            let before = scene.practice.clock.now.adding(seconds: -3600)
            let (owner, caller) = (scene.practice.owner, scene.practice.commandLine())
            _ = try await both.archive(scene.trail, before: before, in: folder.trail, owner: owner, by: caller)
            let alone = try access("2 " + new)
            #expect(try await alone.verify(scene.trail, archive: folder.trail).archived == 14)
        }

        @Test("what is not as it was sealed is not archived")
        func refused() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let folder = try TemporaryFolder()
            let entries = try await scene.sealedTwice()
            try await scene.superuser(["update " + scene.trail.entries + " set action = 'patient.read' where id = \(entries[8].id)"])
            #expect(try await problem { _ = try await archive(scene, folder) } == "trail_damaged")
            #expect(try await scene.all().count == 14)
        }

        @Test("neither gateway nor worker may take a row out of a trail", .shows("AP-3"))
        func rights() async throws {
            for kind in Scene.Kind.allCases {
                let scene = try await Scene(kind, try Practice.current)
                try await scene.acts()
                for statement: Statement in ["delete from " + scene.trail.entries, "update " + scene.trail.entries + " set action = 'x'"] {
                    await #expect(throws: PostgresError.self) { _ = try await scene.practice.tenancy.read(scene.trail, statement) }
                }
            }
        }
    }
}
