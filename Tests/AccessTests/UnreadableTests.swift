import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    /// Rows that no program wrote and none can read: they are named, and stop neither the sealer nor whoever looks for the others.
    @Suite("rows of a trail that cannot be read")
    struct UnreadableTests {
        private static let entrySettings: [Statement] = [
            "at = 'infinity'", "at = '-infinity'", "at = '294270-01-01 00:00:00+00'", "objects = array[null]::uuid[]",
            "patients = array[id, null]", "changed = array[null]::text[]", "objects = array[[id], [id]]",
        ]
        private static let sealSettings: [Statement] = [
            "first_at = '-infinity'", "last_at = 'infinity'", "sealed_at = 'infinity'", "ids = array_append(ids, null)", "ids = array[ids]",
        ]

        private func changing(_ entry: AuditEntryID, _ setting: Statement, in scene: Scene) -> Statement {
            "update " + scene.trail.entries + " set " + setting + " where id = \(entry)"
        }

        @Test("nobody writes a seal that cannot be read, unless the constraint is dropped", arguments: Scene.Kind.allCases)
        func refused(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            _ = try await scene.sealedTwice()
            func constraint(_ statement: Statement) async throws -> String? {
                do { try await scene.superuser([statement]) } catch let error as PostgresError { return error.constraint }
                return nil
            }
            for setting in Self.sealSettings { #expect(try await constraint(scene.changing(seal: 1, setting)) == "audit_seal_readable") }
            #expect(try await scene.finding() == nil)
        }

        @Test("a sealed entry that cannot be read any more is named as changed", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func sealed(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            let entries = try await scene.sealedTwice()
            // From the end on, so that the newest one is the first finding.
            for (index, setting) in Self.entrySettings.enumerated() {
                let position = 9 - index
                try await scene.plant([changing(entries[position].id, setting, in: scene)])
                #expect(try await scene.finding() == .changed(entry: entries[position].id, batch: position < 7 ? 1 : 2))
            }
        }

        @Test(
            "an entry that waits and cannot be read is named and left unsealed; the others are sealed",
            .shows("AP-3"),
            arguments: Scene.Kind.allCases
        )
        func waiting(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            for setting in Self.entrySettings {
                let known = try await scene.all().count
                try await scene.acts(3)
                let entry = try await scene.all()[known]
                try await scene.plant([changing(entry.id, setting, in: scene)])
                #expect(try await scene.access.seal(scene.trail) == 2)
                let result = try await scene.access.verify(scene.trail)
                #expect(result.finding == .unreadable(entry: entry.id))
                #expect(result.unsealed == 1)
                #expect(result.oldestUnsealed == nil, "when it was made is not known any more")
                try await scene.superuser([
                    "update " + scene.trail.entries
                        + " set at = \(entry.at), objects = \(entry.objects), patients = \(entry.patients), changed = \(entry.changed)"
                        + " where id = \(entry.id)"
                ])
                #expect(try await scene.access.seal(scene.trail) == 1)
                #expect(try await scene.finding() == nil)
            }
        }

        @Test("more of them than a seal takes, all before the others, do not stop the sealer")
        func many() async throws {
            let scene = try await Scene(.location, try Practice.current)
            try await scene.plant([
                """
                insert into {location}.audit_entry (id, at, actor_kind, request_id, action) select p.id, 'infinity', 'system', p.id, 'patient.read' \
                from (select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id from generate_series(1, 1500) n) p
                """,
                "insert into {location}.audit_unsealed (id) select id from {location}.audit_entry",
            ])
            try await scene.acts(2)
            #expect(try await scene.access.seal(scene.trail) == 2)
            let result = try await scene.access.verify(scene.trail)
            #expect(result.unsealed == 1500)
            #expect(result.finding == .unreadable(entry: AuditEntryID(UUID(high: 0x7000, low: 0x8000_0000_0000_0001))))
        }

        @Test("an entry without an id is named")
        func nameless() async throws {
            let scene = try await Scene(.location, try Practice.current)
            try await scene.acts(2)
            try await scene.plant([
                "alter table {location}.audit_entry drop constraint audit_entry_pkey, alter column id drop not null",
                """
                insert into {location}.audit_entry (id, at, actor_kind, request_id, action) select null, at, actor_kind, request_id, action \
                from {location}.audit_entry limit 1
                """,
            ])
            let sealed = try await scene.access.seal(scene.trail)
            let finding = try await scene.finding()
            try await scene.superuser([
                "delete from {location}.audit_entry where id is null", "alter table {location}.audit_entry add primary key (id)",
            ])
            #expect(sealed == 2)
            #expect(finding == .unreadable(entry: nil))
            #expect(try await scene.finding() == nil)
        }

        @Test("a seal that cannot be read is named, and the chain goes on after it", .shows("AP-3"), arguments: Scene.Kind.allCases)
        func seals(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            for _ in Self.sealSettings {
                try await scene.acts(1)
                try await scene.access.seal(scene.trail)
            }
            for (index, setting) in Self.sealSettings.enumerated() {
                let batch = Int64(Self.sealSettings.count - index)
                try await scene.plant([scene.changing(seal: batch, setting)])
                #expect(try await scene.finding() == .changedSeal(batch: batch))
            }
            try await scene.acts(1)
            #expect(try await scene.access.seal(scene.trail) == 1)
        }

        @Test("what cannot be read hides no other entry from a search, and pages stay full", arguments: Scene.Kind.allCases)
        func search(kind: Scene.Kind) async throws {
            let scene = try await Scene(kind, try Practice.current)
            try await scene.acts(9)
            // In the order of the search: ids of one millisecond are in any.
            let entries = try await scene.all().sorted { $0.at < $1.at }
            try await scene.plant(zip(Self.entrySettings, entries).map { setting, entry in changing(entry.id, setting, in: scene) })
            try await scene.superuser(["update " + scene.trail.entries + " set at = \(entries[1].at) where id = \(entries[1].id)"])
            var query = AuditQuery(action: "patient.updated", limit: 2)
            let first = try await scene.access.search(scene.trail, query, by: scene.caller)
            #expect(first.map(\.id) == [entries[8].id, entries[7].id])
            query.after = first.last.map { AuditCursor(at: $0.at, id: $0.id) }
            let second = try await scene.access.search(scene.trail, query, by: scene.caller)
            #expect(second.map(\.id) == [entries[1].id])
        }

        @Test("a trail with what cannot be read is not archived")
        func archived() async throws {
            let scene = try await Scene(.location, try Practice.current)
            let folder = try TemporaryFolder()
            let entries = try await scene.sealedTwice()
            try await scene.plant([changing(entries[8].id, "at = 'infinity'", in: scene)])
            let refusal = try await problem {
                _ = try await scene.access.archive(
                    scene.trail,
                    before: scene.practice.clock.now.adding(seconds: 1),
                    in: folder.trail,
                    owner: scene.practice.owner,
                    by: scene.practice.commandLine()
                )
            }
            #expect(refusal == "trail_damaged")
        }
    }
}
