import Assembly
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Upgrades of a fleet", .serialized)
struct MigrationFailureTests {
    private static let isLong = (try? TestServers.current().isLong) ?? false
    private static let size = isLong ? 1000 : 24

    @Test("a column is added everywhere under live requests, none of which fails; afterwards a look costs one query", .shows("JF-9"))
    func live() async throws {
        let started = ContinuousClock.now
        let fleet = try await Fleet.open(Self.size)
        let provisioned = ContinuousClock.now - started
        let traffic = try await Traffic(fleet.clinic, at: fleet.clinic.north)
        try await eventually("people work") { traffic.now.reads > 3 }
        try fleet.add("reminder_time", "alter table {location}.patient add column reminder_time time;")
        let migrator = try fleet.migrator(attempts: 10)
        let steps = Mutex<[Int]>([])
        let began = ContinuousClock.now
        let report = try await migrator.run(parallel: 4) { done, total in
            #expect(total == Self.size + 3)
            steps.withLock { $0.append(done) }
        }
        let took = ContinuousClock.now - began
        let before = traffic.now.reads
        try await eventually("people go on") { traffic.now.reads > before + 3 }
        let seen = try await traffic.stop()
        #expect(seen.failures == [] && seen.refusals == 0)
        #expect(report.upgraded == Self.size + 3 && report.failed.isEmpty)
        #expect(steps.withLock { $0 } == Array(1...(Self.size + 3)))
        if !Self.isLong { #expect(try await fleet.schemas(at: fleet.newest()) == Self.size + 3) }

        let counter = FlightCounter()
        let looked = ContinuousClock.now
        let again = try await FlightCounter.$current.withValue(counter) { try await migrator.run { _, _ in } }
        #expect(counter.count == 1 && again.upgraded == 0)
        print(
            "fleet: \(Self.size) locations provisioned in \(provisioned), ADD COLUMN with 4 workers \(took), up to date seen in \(ContinuousClock.now - looked),",
            "\(seen.registered.count) registrations and \(seen.reads) reads meanwhile, slowest \(seen.slowest)"
        )
        await fleet.close()
    }

    @Test("one that somebody locks and one that fails stay behind, each with its reason; later they follow", .shows("JF-9"))
    func behind() async throws {
        let fleet = try await Fleet.open(6)
        let all = try await fleet.owner.provisioner(fleet.clinic.settings).locations(of: fleet.clinic.organization)
        let locked = try #require(all.first { $0.name == "Site 4" })
        let broken = try #require(all.first { $0.name == "Site 5" })
        try fleet.add("note", "alter table {location}.patient add column odd text; create table {location}.odd_note (id uuid primary key);")
        try await fleet.script(broken, "create table {location}.odd_note (id uuid primary key)")
        let migrator = try fleet.migrator()
        try await fleet.clinic.services.tenancy.transaction(locked) { tx in
            try await tx.query("select count(*) from {location}.patient")
            let report = try await migrator.run(parallel: 3) { _, _ in }
            #expect(report.upgraded == 7)
            #expect(Set(report.failed.map(\.location.id)) == [locked.id, broken.id])
        }
        let left = try await migrator.plan()
        let target = try fleet.newest()
        #expect(left.map(\.target) == [target, target])
        let name = String(String(10_000 + target).dropFirst()) + "_note"
        #expect(left.first { $0.location.id == locked.id }?.failure == "\(name): somebody holds a lock (55P03)")
        #expect(left.first { $0.location.id == broken.id }?.failure?.contains("42P07") == true)
        // Nothing of the failed migration is left: DDL and version row are one transaction.
        let columns = try await Fleet.withOwner(fleet.clinic.settings, broken.database) {
            try await $0.flight(
                .login,
                "select 1 from information_schema.columns where table_schema = \(broken.schema.name) and column_name = 'odd'"
            ).count
        }
        #expect(columns == 0)

        try await fleet.script(broken, "drop table {location}.odd_note")
        let report = try await migrator.run { _, _ in }
        #expect(report.upgraded == 2 && report.failed.isEmpty)
        #expect(try await fleet.schemas(at: fleet.newest()) == 9)
        await fleet.close()
    }

    @Test("a migration that fails at the canary touches nobody else, and the next run tries another first")
    func canary() async throws {
        let fleet = try await Fleet.open(2)
        let first = try #require(try await fleet.migrator().plan().first?.location ?? fleet.clinic.north)
        try fleet.add("odd", "create table {location}.odd_note (id uuid primary key);")
        try await fleet.script(first, "create table {location}.odd_note (id uuid primary key)")
        let migrator = try fleet.migrator()
        #expect(try await migrator.plan().first?.location.id == first.id)
        let stopped = try await migrator.run { _, _ in }
        #expect(stopped.upgraded == 0 && stopped.failed.count == 1)
        #expect(try await fleet.schemas(at: fleet.newest()) == 0)
        let next = try await migrator.run { _, _ in }
        #expect(next.upgraded == 4 && next.failed.map(\.location.id) == [first.id])
        await fleet.close()
    }

    @Test("an upgrade that is killed leaves every location whole, and the next run finishes it", .shows("JF-9"))
    func killed() async throws {
        let fleet = try await Fleet.open(Self.isLong ? 200 : 20)
        try fleet.add("odd", "alter table {location}.patient add column odd text; select pg_sleep(0.05);")
        let total = fleet.locations.count + 3
        let program = try Program("polyclinic", ["migrate", "run", "--parallel", "4"], fleet.clinic.settings, migrations: fleet.folder)
        let migrator = try fleet.migrator()
        try await eventually("some are upgraded", within: .seconds(60)) { try await migrator.plan().count < total - 4 }
        try await program.kill()
        let left = try await migrator.plan().count
        #expect(left > 0)
        for location in try await fleet.owner.provisioner(fleet.clinic.settings).locations(of: nil) {
            let row = try await Fleet.withOwner(fleet.clinic.settings, location.database) {
                try await $0.flight(
                    .login(schema: location.schema),
                    """
                    select (select max(version)::int8 from {location}.schema_version), (select count(*) from information_schema.columns
                        where table_schema = \(location.schema.name) and table_name = 'patient' and column_name = 'odd')
                    """
                ).first?.decode((Int, Int).self)
            }
            // One version more where the column is.
            let before = try fleet.newest() - 1
            #expect(row.map { $0 == $1 + before } == true)
        }
        let again = try Program("polyclinic", ["migrate", "run"], fleet.clinic.settings, migrations: fleet.folder)
        #expect(try await again.finish() == 0)
        #expect(again.output.contains(" upgraded, 0 failed"))
        #expect(try await fleet.schemas(at: fleet.newest()) == total)
        let status = try Program("polyclinic", ["migrate", "status", "--json"], fleet.clinic.settings, migrations: fleet.folder)
        #expect(try await status.finish() == 0)
        await fleet.close()
    }
}
