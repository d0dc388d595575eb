import Postgres
import Tenancy
import TestSupport
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

        @Test("an audited read is one flight, keeps its order, and writes one entry with the ids shown", .shows("AP-1"))
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

        @Test("typing records each patient once in ten seconds, and never misses one", .shows("AP-1"))
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
