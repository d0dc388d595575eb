import Postgres
import Synchronization
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite("Migrator", .serialized)
struct MigratorTests {
    @Test("a fleet is brought to the next version, and an up-to-date one costs nothing")
    func fleet() async throws {
        let estate = try await Estate()
        #expect(try await Migrator(owner: estate.owner).plan().isEmpty)
        let owner = try estate.withNext("create table {location}.later (id uuid primary key);\n")
        let target = owner.files.latest(.location)
        let behind = try await Migrator(owner: owner).plan()
        #expect(behind.count == 3)
        #expect(behind.allSatisfy { $0.target == target && $0.location.schemaVersion == target - 1 && $0.failure == nil })
        let seen = Mutex<[Int]>([])
        let report = try await Migrator(owner: owner).run(parallel: 2) { done, total in seen.withLock { $0.append(done * 10 + total) } }
        #expect(report.upgraded == 3 && report.failed.isEmpty)
        #expect(seen.withLock { $0 } == [13, 23, 33])
        #expect(try await Migrator(owner: owner).plan().isEmpty)
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 0)
        for location in try await owner.locations() { #expect(location.schemaVersion == target) }
        await estate.close()
    }

    @Test("when the canary fails nothing else is touched, and the reason is shown")
    func canary() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext("create table {location}.later (id uuid primary key);\n")
        let first = try #require(try await Migrator(owner: owner).plan().first?.location)
        try await spoil(first, owner)
        let report = try await Migrator(owner: owner).run { _, _ in }
        #expect(report.upgraded == 0 && report.failed.map(\.location.id) == [first.id])
        let behind = try await Migrator(owner: owner).plan()
        #expect(behind.count == 3)
        #expect(behind.first { $0.location.id == first.id }?.failure?.contains("42P07") == true)
        await estate.close()
    }

    @Test("one that fails stays behind, visibly; run again it goes on where it was", .shows("JF-9"))
    func oneFails() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext("create table {location}.later (id uuid primary key);\n")
        let last = try #require(try await Migrator(owner: owner).plan().last?.location)
        try await spoil(last, owner)
        let report = try await Migrator(owner: owner).run { _, _ in }
        #expect(report.upgraded == 2 && report.failed.map(\.location.id) == [last.id])
        #expect(try await Migrator(owner: owner).plan().map(\.location.id) == [last.id])
        // The failed migration left nothing of itself; it works once its cause is gone.
        try await owner.database(last.database).script(SQLFile(text: "drop table \(last.schema).later;"))
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 1)
        #expect(try await Migrator(owner: owner).plan().isEmpty)
        await estate.close()
    }

    @Test("killed after the schema and before control knows, it goes on from what the schema says")
    func killed() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext("create table {location}.later (id uuid primary key);\n")
        _ = try await Migrator(owner: owner).run { _, _ in }
        let north = estate.clinic.north
        try await owner.control.transaction(.login) { tx in
            _ = try await tx.query("update control.location_directory set schema_version = 1 where id = \(north.id)")
        }
        #expect(try await Migrator(owner: owner).plan().map(\.location.id) == [north.id])
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 1)
        #expect(try await Migrator(owner: owner).plan().isEmpty)
        await estate.close()
    }

    @Test("when control thinks a schema further than it is, no migration is left out")
    func ahead() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext(
            "create table {location}.later (id uuid primary key);\n",
            "alter table {location}.later add column more text;\n"
        )
        let north = estate.clinic.north
        let latest = owner.files.latest(.location)
        try await owner.control.transaction(.login) { tx in
            _ = try await tx.query("update control.location_directory set schema_version = \(latest - 1) where id = \(north.id)")
        }
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 3)
        let versions = try await owner.database(north.database).flight(
            .login(schema: north.schema),
            "select version::int8 from {location}.schema_version where version > \(latest - 2) order by version"
        ).decode(Int.self)
        #expect(versions == [latest - 1, latest])
        await estate.close()
    }

    @Test("where control is behind, nobody who uses a table is disturbed to find out")
    func undisturbed() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext("alter table {location}.patient add column later text;\n")
        let north = estate.clinic.north
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 3)
        let latest = owner.files.latest(.location)
        try await owner.control.transaction(.login) { tx in
            _ = try await tx.query("update control.location_directory set schema_version = \(latest - 1) where id = \(north.id)")
        }
        let watch = Stopwatch()
        try await estate.tenancy.transaction(north) { tx in
            try await tx.query("select count(*) from {location}.patient")
            #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 1)
        }
        #expect(watch.elapsed < .seconds(2), "it waited for a lock")
        await estate.close()
    }

    @Test("what is upgraded without control being told is said")
    func untold() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext("create table {location}.later (id uuid primary key);\n")
        try await owner.control.script(
            SQLFile(
                text: """
                    create function control.refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
                    create trigger refuse before update of schema_version on control.location_directory execute function control.refuse();
                    """
            )
        )
        let report = try await Migrator(owner: owner).run { _, _ in }
        #expect(report.upgraded == 0 && report.failed.count == 3)
        #expect(report.failed.allSatisfy { $0.failure.contains("P0001") })
        try await owner.control.script(SQLFile(text: "drop function control.refuse() cascade;"))
        #expect(try await Migrator(owner: owner).run { _, _ in }.upgraded == 3)
        #expect(try await Migrator(owner: owner).plan().isEmpty)
        await estate.close()
    }

    @Test("a migration is refused by a schema that is not where it is thought to be")
    func top() async throws {
        let estate = try await Estate()
        let owner = try estate.withNext("create table {location}.later (id uuid primary key);\n")
        let migration = try #require(owner.files.all(.location).last)
        let north = estate.clinic.north
        let script = try SQLFile(text: Provisioner.script(migration, north))
        try await owner.database(north.database).script(script)
        try await owner.database(north.database).script(SQLFile(text: "drop table \(north.schema).later;"))
        let error = await #expect(throws: PostgresError.self) { try await owner.database(north.database).script(script) }
        #expect(error?.sqlState?.code == "23502")
        await estate.close()
    }

    /// Something of the migration's name is there already.
    private func spoil(_ location: Location, _ owner: Owner) async throws {
        try await owner.database(location.database).script(SQLFile(text: "create table \(location.schema).later (id int);"))
    }
}

extension Owner {
    fileprivate func locations() async throws -> [Location] {
        try await control.flight(.login, [Location.columns + " where state = 'active'"])[0].map(Location.init(row:))
    }
}
