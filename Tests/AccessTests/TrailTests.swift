import Postgres
import Tenancy
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("the trail")
    struct TrailTests {
        private func caller(_ practice: Practice) throws -> Caller {
            try Caller.system("trail-test", requestID: practice.origin().requestID, organization: practice.organization).acting(
                in: practice.organization
            )
        }

        /// Seven acts on patients that do not exist: the trail does not ask.
        private func acts(_ practice: Practice, at location: Location, _ count: Int = 7) async throws -> [PatientID] {
            let patients = (0..<count).map { _ in practice.ambient.id(PatientID.self) }
            let caller = try caller(practice)
            for patient in patients {
                try await practice.tenancy.transaction(location) { tx in
                    tx.audit(
                        Act("patient.updated", "patient", patient, patients: [patient], changed: ["phone"]),
                        by: caller,
                        at: practice.clock.now,
                        ambient: practice.ambient
                    )
                }
            }
            return patients
        }

        @Test("an audited read is one flight, keeps its order, and writes one entry with the ids shown")
        func read() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let caller = try caller(practice)
            let ids = (0..<3).map { _ in practice.ambient.id(PatientID.self).uuid }.sorted().reversed().map { $0 }
            let counter = FlightCounter()
            let rows = try await FlightCounter.$current.withValue(counter) {
                try await access.read(
                    practice.north,
                    "select id, name from unnest(\(ids), \(["c", "b", "a"])) as t (id, name) order by name desc",
                    ReadAct("patient.list", "patient", patients: .same),
                    by: caller
                )
            }
            #expect(try rows.map { try $0.value("name", as: String.self) } == ["c", "b", "a"])
            #expect(counter.count <= 2, "the read, and the flush it shares with others")
            let found = try await access.search(.location(practice.north), AuditQuery(patient: PatientID(ids[0])), by: caller)
            #expect(found.count == 1)
            #expect(found.first?.objects == ids)
            #expect(found.first?.patients == ids.map { PatientID($0) })
            let none = try await access.read(
                practice.north,
                "select id from {location}.patient where false",
                ReadAct("patient.searched_nothing", "patient", patients: .same),
                by: caller
            )
            #expect(none.isEmpty)
            #expect(try await access.search(.location(practice.north), AuditQuery(action: "patient.searched_nothing"), by: caller).isEmpty)
        }

        @Test("typing records each patient once in ten seconds, and never misses one")
        func typeAhead() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let caller = try caller(practice)
            let ids = (0..<4).map { _ in practice.ambient.id(PatientID.self).uuid }
            let type = { (shown: [UUID]) in
                _ = try await access.read(
                    practice.north,
                    "select id from unnest(\(shown)) as t (id)",
                    ReadAct("patient.typed", "patient", patients: .same, coalesced: true),
                    by: caller
                )
            }
            try await type(Array(ids[0...2]))
            try await type(Array(ids[0...1]))
            try await type(Array(ids[0...3]))
            let found = try await access.search(.location(practice.north), AuditQuery(action: "patient.typed"), by: caller)
            #expect(found.map(\.objects) == [[ids[3]], Array(ids[0...2])])
        }

        @Test("sealed entries verify, and waiting ones are counted")
        func sound() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let trail = Trail.location(practice.south)
            _ = try await acts(practice, at: practice.south)
            let before = try await access.verify(trail)
            #expect(before.isSound)
            #expect(before.unsealed >= 7)
            #expect(before.oldestUnsealed != nil)
            #expect(try await access.seal(trail) >= 7)
            #expect(try await access.seal(trail) == 0)
            let after = try await access.verify(trail)
            #expect(after.isSound)
            #expect(after.unsealed == 0)
            #expect(after.entries >= 7)
            #expect(try await access.seal(.organization(practice.organization)) > 0)
            #expect(try await access.verify(.organization(practice.organization)).isSound)
        }

        @Test("two sealers at once seal each entry once")
        func twoSealers() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let trail = Trail.location(practice.south)
            _ = try await acts(practice, at: practice.south, 20)
            let sealed = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 { group.addTask { try await access.seal(trail) } }
                return try await group.reduce(0, +)
            }
            #expect(sealed == 20)
            #expect(try await access.verify(trail).isSound)
        }

        /// Does something to the trail of a fresh location as the owner of its tables, and says what verification finds.
        private func tampered(
            _ practice: Practice,
            _ tamper: ([AuditEntry], [PatientID]) -> [Statement],
            sealedBefore: Bool = true
        ) async throws -> (Verification.Finding?, [AuditEntry]) {
            let access = practice.access()
            let trail = Trail.location(practice.foreign)
            let owner = Scope.login(schema: practice.foreign.schema)
            try await practice.ownerLocations.transaction(owner) { tx in
                try await tx.query([
                    "delete from {location}.audit_seal", "delete from {location}.audit_entry", "delete from {location}.audit_unsealed",
                ])
            }
            var patients = try await acts(practice, at: practice.foreign)
            if sealedBefore { try await access.seal(trail) }
            patients += try await acts(practice, at: practice.foreign)
            if sealedBefore { try await access.seal(trail) }
            #expect(try await access.verify(trail).isSound)
            let rows = try await practice.tenancy.read(
                practice.foreign,
                "select " + TrailColumns.names + " from {location}.audit_entry order by id"
            )
            let entries = try rows.map(AuditEntry.init)
            try await practice.ownerLocations.transaction(owner) { tx in _ = try await tx.query(tamper(entries, patients)) }
            return (try await access.verify(trail).finding, entries)
        }

        @Test("a changed entry is named")
        func changed() async throws {
            let practice = try Practice.current
            let settings: [Statement] = [
                "action = 'patient.read'", "patients = '{}'", "at = at + interval '1 second'", "actor_name = null", "changed = '{phon,e}'",
                "reason_text = ''", "result = 'refused'", "object_id = null",
            ]
            for setting in settings {
                let (finding, entries) = try await tampered(practice) { entries, _ in
                    ["update {location}.audit_entry set " + setting + " where id = \(entries[9].id)"]
                }
                #expect(finding == .changed(entry: entries[9].id, batch: 2))
            }
        }

        @Test("a removed entry is named, sealed or not")
        func removed() async throws {
            let practice = try Practice.current
            let (sealed, entries) = try await tampered(practice) { entries, _ in
                ["delete from {location}.audit_entry where id = \(entries[3].id)"]
            }
            #expect(sealed == .removed(entry: entries[3].id, batch: 1))
            let (waiting, others) = try await tampered(
                practice,
                { entries, _ in ["delete from {location}.audit_entry where id = \(entries[3].id)"] },
                sealedBefore: false
            )
            #expect(waiting == .removed(entry: others[3].id, batch: nil))
        }

        @Test("an added entry is named")
        func added() async throws {
            let practice = try Practice.current
            let id = practice.ambient.id(AuditEntryID.self)
            let (finding, _) = try await tampered(practice) { entries, _ in
                [
                    """
                    insert into {location}.audit_entry (id, at, actor_kind, request_id, action) \
                    select \(id), at, actor_kind, request_id, action from {location}.audit_entry where id = \(entries[2].id)
                    """
                ]
            }
            #expect(finding == .added(entry: id))
        }

        @Test("exchanged entries are named")
        func reordered() async throws {
            let practice = try Practice.current
            let (contents, entries) = try await tampered(practice) { entries, _ in
                let spare = practice.ambient.id(AuditEntryID.self)
                return [
                    "update {location}.audit_entry set id = \(spare) where id = \(entries[1].id)",
                    "update {location}.audit_entry set id = \(entries[1].id) where id = \(entries[4].id)",
                    "update {location}.audit_entry set id = \(entries[4].id) where id = \(spare)",
                ]
            }
            #expect(contents == .reordered(entry: entries[1].id, batch: 1))
            let (places, others) = try await tampered(practice) { entries, _ in
                let ids = entries.prefix(7).map(\.id.uuid)
                return ["update {location}.audit_seal set ids = \([ids[1], ids[0]] + ids[2...]) where batch = 1"]
            }
            #expect(places == .reordered(entry: others[1].id, batch: 1))
        }

        @Test("a broken chain is named by its batch")
        func brokenChain() async throws {
            let practice = try Practice.current
            let (missing, _) = try await tampered(practice) { entries, _ in ["delete from {location}.audit_seal where batch = 1"] }
            #expect(missing == .brokenChain(batch: 1))
            let (changed, _) = try await tampered(practice) { entries, _ in
                ["update {location}.audit_seal set sealed_at = sealed_at + interval '1 hour' where batch = 2"]
            }
            #expect(changed == .changedSeal(batch: 2))
        }

        @Test("a cut tail and a rewritten chain are seen with a checkpoint kept elsewhere, and a forged one is refused")
        func checkpoints() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let trail = Trail.location(practice.foreign)
            _ = try await tampered(practice) { _, _ in ["select 1"] }
            let made = try #require(try await access.checkpoint(trail))
            let kept = try #require(Checkpoint(made.text))
            #expect(try await access.verify(trail, checkpoints: [kept]).isSound)
            let forged = try #require(Checkpoint(kept.text.replacing(" 2 ", with: " 3 ")))
            #expect(try await access.verify(trail, checkpoints: [forged]).finding == .forgedCheckpoint(batch: 3))
            let owner = Scope.login(schema: practice.foreign.schema)
            try await practice.ownerLocations.transaction(owner) { tx in
                try await tx.query([
                    "delete from {location}.audit_entry where id = any (select unnest(ids) from {location}.audit_seal where batch = 2)",
                    "delete from {location}.audit_seal where batch = 2",
                ])
            }
            #expect(try await access.verify(trail).isSound, "without the checkpoint nobody can know")
            #expect(try await access.verify(trail, checkpoints: [kept]).finding == .cutTail(expected: 2, last: 1))
            _ = try await acts(practice, at: practice.foreign)
            try await access.seal(trail)
            #expect(try await access.verify(trail, checkpoints: [kept]).finding == .rewritten(batch: 2))
        }

        @Test("the trail is found by patient, actor, action and day, page by page")
        func search() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let start = practice.clock.now
            let patients = try await acts(practice, at: practice.north, 5)
            let caller = try caller(practice)
            var query = AuditQuery(action: "patient.updated", from: start, limit: 2)
            var seen: [PatientID] = []
            while true {
                let page = try await access.search(.location(practice.north), query, by: caller)
                seen += page.flatMap(\.patients)
                guard page.count == 2, let last = page.last else { break }
                query.after = AuditCursor(at: last.at, id: last.id)
            }
            #expect(seen == patients.reversed())
            let looked = try await access.search(.location(practice.north), AuditQuery(action: "audit.read", from: start), by: caller)
            #expect(looked.count == 3, "looking is recorded")
        }
    }
}
