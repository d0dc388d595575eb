import FoundationEssentials
import Logging
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

/// A control database and a location database of this suite's own, with two organizations; and a clock that tests set forward.
final class Practice: Sendable {
    let tenancy: Tenancy
    let owner: Owner
    let ownerControl: Database
    let ownerLocations: Database
    let superControl: Database
    let superLocations: Database
    let clock = Clock()
    let keys: KeyRing
    let logger: Logger
    let organization: OrganizationID
    let stranger: OrganizationID
    let north: Location
    let south: Location
    let foreign: Location
    private let databases: [Database]
    private let reactor: Reactor
    private let names: [String]

    @TaskLocal static var shared: Practice?

    static var current: Practice { get throws { try #require(shared) } }

    init() async throws {
        let servers = try TestServers.current()
        var logger = Logger(label: "access-test")
        logger.logLevel = .critical
        self.logger = logger
        let suffix = String(UInt64.random(in: 0...0xFFFF_FFFF), radix: 16)
        names = ["actest_control_" + suffix, "actest_clinics_" + suffix]
        reactor = Reactor(name: "access-test")
        let reactor = reactor
        let connect = { (database: String, login: TestServers.Login) -> Database in
            var settings = DatabaseSettings(
                host: servers.databaseHost,
                port: servers.databasePort,
                database: database,
                user: login.user,
                password: login.password,
                tls: .verifyFull(caFile: servers.databaseCA),
                applicationName: "access-test"
            )
            settings.leasedConnections = 4
            settings.leaseDeadline = .seconds(60)
            return Database(settings, reactor: reactor, logger: logger)
        }
        let main = connect(servers.controlDatabase, servers.owner)
        for name in names {
            try await main.script(SQLFile(text: "create database \(name) template template0 encoding 'UTF8' locale 'C.UTF-8'"))
        }
        await main.close()
        ownerControl = connect(names[0], servers.owner)
        ownerLocations = connect(names[1], servers.owner)
        superControl = connect(names[0], servers.superuser)
        superLocations = connect(names[1], servers.superuser)
        for database in [ownerControl, ownerLocations] {
            try await database.script(
                SQLFile(text: "create schema ext; create extension btree_gist with schema ext; create extension pg_trgm with schema ext;")
            )
        }
        let clock = clock
        let ambient = Ambient(now: { clock.now }, random: Ambient.system.random)
        owner = Owner(
            control: ownerControl,
            databases: [names[1]: ownerLocations],
            files: try MigrationFiles(folder: servers.migrationsFolder),
            ambient: ambient
        )
        let gateway = try Installer.Login(name: servers.gateway.user, password: servers.gateway.password)
        let worker = try Installer.Login(name: servers.worker.user, password: servers.worker.password)
        try await Installer(owner: owner, gateway: gateway, worker: worker).run { _ in }
        let provisioner = Provisioner(owner: owner, logins: [servers.gateway.user, servers.worker.user])
        organization = try await provisioner.createOrganization(name: "Riverside", kind: .medical)
        stranger = try await provisioner.createOrganization(name: "Hillside", kind: .dental)
        let zone = try #require(ZoneName("America/New_York"))
        let currency = try #require(Currency("USD"))
        let location = { (name: String, organization: OrganizationID) in
            try await provisioner.createLocation(
                Provisioner.NewLocation(name: name, kind: .medical, timeZone: zone, currency: currency),
                in: organization
            )
        }
        north = try await location("North", organization)
        south = try await location("South", organization)
        foreign = try await location("Hill", stranger)
        let control = connect(names[0], servers.gateway)
        let clinics = connect(names[1], servers.gateway)
        databases = [control, clinics]
        tenancy = Tenancy(control: control, databases: [names[1]: clinics])
        keys = try KeyRing(text: String(repeating: "5c", count: 32))
    }

    func close() async throws {
        for database in databases + [ownerControl, ownerLocations, superControl, superLocations] { await database.close() }
        let servers = try TestServers.current()
        let settings = DatabaseSettings(
            host: servers.databaseHost,
            port: servers.databasePort,
            database: servers.controlDatabase,
            user: servers.owner.user,
            password: servers.owner.password,
            tls: .verifyFull(caFile: servers.databaseCA)
        )
        let main = Database(settings, reactor: reactor, logger: logger)
        for name in names { try await main.script(SQLFile(text: "drop database \(name) with (force)")) }
        for location in [north, south, foreign] { try await main.script(SQLFile(text: "drop role \(location.role.name)")) }
        await main.close()
        await reactor.shutdown()
    }

    var ambient: Ambient {
        let clock = clock
        return Ambient(now: { clock.now }, random: Ambient.system.random)
    }

    /// What one gateway has.
    func access(_ change: (inout AccessSettings) -> Void = { _ in }) -> Access {
        var settings = AccessSettings()
        settings.hashingQueue = 1000
        change(&settings)
        return Access(tenancy: tenancy, keys: keys, settings: settings, ambient: ambient, logger: logger)
    }
}

/// The machine's time, set forward by tests.
final class Clock: Sendable {
    private let ahead = Atomic<Int64>(0)

    var now: Instant { Ambient.system.now().adding(seconds: ahead.load(ordering: .sequentiallyConsistent)) }

    func advance(seconds: Int64) { ahead.add(seconds, ordering: .sequentiallyConsistent) }
}

/// Makes the databases once for all suites within, and drops them at the end.
struct PracticeTrait: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void) async throws
    {
        let practice = try await Practice()
        do {
            try await Practice.$shared.withValue(practice) { try await function() }
        } catch {
            try await practice.close()
            throw error
        }
        try await practice.close()
    }
}

extension Trait where Self == PracticeTrait {
    static var practice: PracticeTrait { PracticeTrait() }
}

/// Tests against PostgreSQL. One after another, because they share one clock.
@Suite("access on a database", .practice, .serialized)
struct OnDatabase {}
