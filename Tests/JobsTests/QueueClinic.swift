import Access
import Jobs
import Logging
import Postgres
import Redis
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

/// Databases of this suite's own on the test cluster: control, and two for locations; `north` and `south` share one. Dropped at the end.
final class QueueClinic: Sendable {
    @TaskLocal static var current: QueueClinic?

    let tenancy: Tenancy
    let access: Access
    let organization: OrganizationID
    let north: Location
    let south: Location
    let elsewhere: Location
    private let reactor: Reactor
    private let owners: [String: Database]
    private let workers: [Database]
    private let names: [String]
    var controlName: String { names[0] }

    static func here() throws -> QueueClinic { try #require(current) }

    static func open() async throws -> QueueClinic {
        let servers = try TestServers.current()
        let tag = "jobtest_" + hex(Ambient.system.bytes(4))
        let names = ["control", "a", "b"].map { "\(tag)_\($0)" }
        let reactor = Reactor(name: "jobs-test")
        try await maintenance(servers, reactor) { database in
            for name in names {
                try await database.script(
                    SQLFile(text: "create database \(name) template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
                )
            }
        }
        let owners = Dictionary(uniqueKeysWithValues: names.map { ($0, connect(servers, servers.owner, $0, reactor)) })
        do {
            return try await fill(servers, reactor, names, owners)
        } catch {
            for database in owners.values { await database.close() }
            try await drop(names, servers, reactor)
            throw error
        }
    }

    private static func fill(
        _ servers: TestServers,
        _ reactor: Reactor,
        _ names: [String],
        _ owners: [String: Database]
    ) async throws -> QueueClinic {
        for name in names {
            try await owners[name]?.script(
                SQLFile(text: "create schema ext; create extension btree_gist schema ext; create extension pg_trgm schema ext;")
            )
        }
        let workers = names.map { connect(servers, servers.worker, $0, reactor) }
        return try await QueueClinic(servers, reactor, names, owners, workers)
    }

    private init(
        _ servers: TestServers,
        _ reactor: Reactor,
        _ names: [String],
        _ owners: [String: Database],
        _ workers: [Database]
    ) async throws {
        self.reactor = reactor
        self.names = names
        self.owners = owners
        self.workers = workers
        let owner = Owner(
            control: try #require(owners[names[0]]),
            databases: owners.filter { $0.key != names[0] },
            files: try MigrationFiles(folder: servers.migrationsFolder),
            ambient: .system
        )
        let installer = Installer(
            owner: owner,
            gateway: try Installer.Login(name: servers.gateway.user, password: servers.gateway.password),
            worker: try Installer.Login(name: servers.worker.user, password: servers.worker.password)
        )
        // Other suites may alter the same roles at this moment.
        try await again(10) { try await installer.run { _ in } }
        let provisioner = Provisioner(owner: owner, logins: [servers.gateway.user, servers.worker.user])
        let organization = try await provisioner.createOrganization(name: "Jobs \(names[0])", kind: .medical)
        self.organization = organization
        let zone = try #require(ZoneName("America/New_York"))
        func location(_ name: String, _ database: String) async throws -> Location {
            let new = Provisioner.NewLocation(name: name, kind: .medical, timeZone: zone, currency: .usd, database: database)
            return try await provisioner.createLocation(new, in: organization)
        }
        north = try await location("North", names[1])
        south = try await location("South", names[1])
        elsewhere = try await location("Elsewhere", names[2])
        tenancy = Tenancy(control: workers[0], databases: [names[1]: workers[1], names[2]: workers[2]])
        let keys = try KeyRing(text: hex(Ambient.system.bytes(32)))
        access = Access(tenancy: tenancy, keys: keys, ambient: .system, logger: .quiet)
    }

    func close() async throws {
        for database in workers + owners.values { await database.close() }
        let servers = try TestServers.current()
        try await QueueClinic.drop(names, servers, reactor)
        try await QueueClinic.maintenance(servers, reactor) { database in
            for location in [north, south, elsewhere] { try await database.script(SQLFile(text: "drop role if exists \(location.role)")) }
        }
        await reactor.shutdown()
    }

    /// As the owner, in the database that holds north and south unless another is named.
    @discardableResult
    func sql(_ statement: Statement, in name: String? = nil) async throws -> Rows {
        let database = try #require(owners[name ?? north.database])
        return try await database.flight(.login, [statement])[0]
    }

    /// Runs `body` in a transaction of the owner's.
    func transaction<Value: Sendable>(_ body: (Transaction) async throws -> Value) async throws -> Value {
        try await #require(owners[north.database]).transaction(.login, body)
    }

    /// Empties the queues, so that tests do not meet each other's jobs.
    func empty() async throws {
        for name in names {
            for statement: Statement in [
                "delete from queue.job", "delete from queue.event", "delete from queue.worker", "delete from queue.pause",
            ] {
                try await sql(statement, in: name)
            }
        }
    }

    var operations: JobOperations { JobOperations(tenancy: tenancy, ambient: .system, wake: nil) }

    var caller: Caller { .commandLine(user: "test", requestID: Ambient.system.id(EventID.self).uuid) }

    /// How many jobs of north's database stand where.
    func count(_ state: JobState, kind: String? = nil) async throws -> Int {
        try await operations.counts(database: north.database)
            .filter { $0.state == state && (kind == nil || $0.kind == kind) }
            .reduce(0) { $0 + $1.count }
    }

    @discardableResult
    func start(_ job: some JobDescription, at location: Location? = nil, wake: Wake? = nil) async throws -> JobID {
        try await tenancy.work(location ?? north, by: caller, ambient: .system, wake: wake) { work in work.start(job) }
    }

    // MARK: Connections

    private static func connect(_ servers: TestServers, _ login: TestServers.Login, _ name: String, _ reactor: Reactor) -> Database {
        var settings = DatabaseSettings(
            host: servers.databaseHost,
            port: servers.databasePort,
            database: name,
            user: login.user,
            password: login.password,
            tls: .verifyFull(caFile: servers.databaseCA),
            applicationName: "jobs-test"
        )
        settings.leasedConnections = 6
        return Database(settings, reactor: reactor, logger: .quiet)
    }

    private static func drop(_ names: [String], _ servers: TestServers, _ reactor: Reactor) async throws {
        try await maintenance(servers, reactor) { database in
            for name in names { try await database.script(SQLFile(text: "drop database if exists \(name) with (force)")) }
        }
    }

    private static func maintenance(_ servers: TestServers, _ reactor: Reactor, _ body: (Database) async throws -> Void) async throws {
        let database = connect(servers, servers.owner, servers.controlDatabase, reactor)
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// Opens the clinic around a whole suite.
struct WithQueueClinic: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void) async throws
    {
        let clinic = try await QueueClinic.open()
        do {
            try await QueueClinic.$current.withValue(clinic) { try await function() }
        } catch {
            try? await clinic.close()
            throw error
        }
        try await clinic.close()
    }
}

/// All of it on one set of databases, one test at a time.
@Suite(.serialized, WithQueueClinic()) enum QueueTests {}

extension Logger {
    static var quiet: Logger {
        var logger = Logger(label: "jobs-test")
        logger.logLevel = .critical
        return logger
    }
}

/// Waits for a condition, looking again every few milliseconds.
func eventually(_ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
    let watch = Stopwatch()
    while try await !condition() {
        guard watch.elapsed < limit else { throw NotInTime(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

struct NotInTime: Error { let what: String }

func again(_ times: Int, _ body: () async throws -> Void) async throws {
    for _ in 1..<times {
        do { return try await body() } catch { try await Task.sleep(for: .milliseconds(100)) }
    }
    try await body()
}
