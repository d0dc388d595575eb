import Assembly
import FoundationEssentials
import Logging
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Values

/// A test clinic with many more locations, the owner's connections, and migrations of its own beyond the product's.
final class Fleet: Sendable {
    let clinic: TestClinic
    let owner: OwnerConnections
    let folder: String
    let locations: [LocationID]

    /// `count` more locations of the clinic's organization, spread over both databases; 1,000 when the long tests run.
    static func open(_ count: Int) async throws -> Fleet {
        let clinic = try await TestClinic.open()
        let owner = try OwnerConnections(clinic.settings, logger: quiet)
        let provisioner = owner.provisioner(clinic.settings)
        guard let zone = ZoneName("America/New_York") else { throw Problem(.failed, "no_zone", "There are no time zones.") }
        var locations: [LocationID] = []
        for number in 0..<count {
            let new = Provisioner.NewLocation(name: "Site \(number)", kind: .dental, timeZone: zone, currency: .usd)
            locations.append(try await provisioner.createLocation(new, in: clinic.organization).id)
        }
        let folder = FileManager.default.temporaryDirectory.path() + "/fleet-" + hex(Ambient.system.bytes(6))
        try FileManager.default.copyItem(atPath: clinic.settings.folders.migrations, toPath: folder)
        return Fleet(clinic: clinic, owner: owner, folder: folder, locations: locations)
    }

    private init(clinic: TestClinic, owner: OwnerConnections, folder: String, locations: [LocationID]) {
        self.clinic = clinic
        self.owner = owner
        self.folder = folder
        self.locations = locations
    }

    static var quiet: Logger {
        var logger = Logger(label: "tests")
        logger.logLevel = .critical
        return logger
    }

    /// The next migration of locations. What a test adds is in its own copy of the folder.
    func add(_ name: String, _ sql: String) throws {
        let number = try MigrationFiles(folder: folder).latest(.location) + 1
        let path = folder + "/location/" + String(String(10_000 + number).dropFirst()) + "_\(name).sql"
        try Data(sql.utf8).write(to: URL(filePath: path))
    }

    /// The version of a location that has every migration, those added by the test too.
    func newest() throws -> Int { try MigrationFiles(folder: folder).latest(.location) }

    /// An owner that knows the migrations added so far.
    func upgraded() throws -> Owner { try owner.owner.knowing(MigrationFiles(folder: folder)) }

    func migrator(attempts: Int = 2) throws -> Migrator { Migrator(owner: try upgraded(), attempts: attempts) }

    /// Runs SQL as the owner in a location's schema.
    func script(_ location: Location, _ sql: String) async throws {
        try await Fleet.withOwner(clinic.settings, location.database) {
            try await $0.script(SQLFile(text: sql, schema: location.schema))
        }
    }

    static func withOwner<T>(_ settings: Settings, _ name: String, _ body: (Database) async throws -> T) async throws -> T {
        guard let login = settings.owner else { throw Problem(.failed, "no_owner", "There is no owner.") }
        let reactor = Reactor(name: "fleet-owner")
        let place = DatabaseSettings(
            host: settings.servers.databaseHost,
            port: settings.servers.databasePort,
            database: name,
            user: login.user,
            password: login.password,
            tls: settings.servers.databaseCA.map { .verifyFull(caFile: $0) } ?? .off
        )
        let database = Database(place, reactor: reactor, logger: quiet)
        do {
            let value = try await body(database)
            await database.close()
            await reactor.shutdown()
            return value
        } catch {
            await database.close()
            await reactor.shutdown()
            throw error
        }
    }

    /// How many locations are at a version, by what their own schemas say.
    func schemas(at version: Int) async throws -> Int {
        var count = 0
        for location in try await owner.provisioner(clinic.settings).locations(of: nil) {
            let found = try await Fleet.withOwner(clinic.settings, location.database) {
                try await $0.flight(.login(schema: location.schema), "select max(version)::int8 from {location}.schema_version").first?
                    .value(0, as: Int.self)
            }
            if found == version { count += 1 }
        }
        return count
    }

    func close() async {
        await owner.close()
        await clinic.close()
        try? FileManager.default.removeItem(atPath: folder)  // a temporary folder
    }
}

/// Counts, from any task.
final class Tally: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }
    func add(_ more: Int = 1) { value.withLock { $0 += more } }
}
