import Assembly
import FoundationEssentials
import Logging
import Postgres
import TestSupport
import Testing
import Values

@testable import Tenancy

/// A clinic's databases, the owner's connections to them, and connections of a login behind no door.
final class Estate: Sendable {
    let clinic: TestClinic
    let owners: OwnerConnections

    init() async throws {
        clinic = try await TestClinic.open()
        owners = try OwnerConnections(clinic.settings, logger: Estate.quiet)
    }

    func close() async {
        await owners.close()
        await clinic.close()
    }

    var owner: Owner { owners.owner }
    var provisioner: Provisioner { owners.provisioner(clinic.settings) }
    var tenancy: Tenancy { clinic.services.tenancy }

    static var quiet: Logger {
        var logger = Logger(label: "tenancy-tests")
        logger.logLevel = .critical
        return logger
    }

    /// The database a location lives in, as its owner.
    func database(of location: Location) throws -> Database { try owner.database(location.database) }

    func newLocation(_ name: String) async throws -> Location {
        try await provisioner.createLocation(try Estate.new(name), in: clinic.organization)
    }

    static func new(_ name: String) throws -> Provisioner.NewLocation {
        Provisioner.NewLocation(name: name, kind: .dental, timeZone: try #require(ZoneName("America/Denver")), currency: .usd)
    }

    /// Runs `body` with plain connections of the gateway's login.
    func asGateway(_ name: String, _ body: (Database) async throws -> Void) async throws {
        let servers = try TestServers.current()
        let settings = DatabaseSettings(
            host: servers.databaseHost,
            port: servers.databasePort,
            database: name,
            user: servers.gateway.user,
            password: servers.gateway.password,
            tls: .verifyFull(caFile: servers.databaseCA)
        )
        let reactor = Reactor(name: "plain-gateway")
        let database = Database(settings, reactor: reactor, logger: Estate.quiet)
        do { try await body(database) } catch {
            await database.close()
            await reactor.shutdown()
            throw error
        }
        await database.close()
        await reactor.shutdown()
    }

    /// The owner with more migrations for locations than there are.
    func withNext(_ scripts: String...) throws -> Owner {
        let servers = try TestServers.current()
        let folder = FileManager.default.temporaryDirectory.path() + "/migrations-" + hex(Ambient.system.bytes(6))
        try FileManager.default.copyItem(atPath: servers.migrationsFolder, toPath: folder)
        for (next, sql) in zip((owner.files.latest(.location) + 1)..., scripts) {
            let name = String(repeating: "0", count: 4 - String(next).count) + "\(next)_later.sql"
            try sql.write(toFile: folder + "/location/" + name, atomically: true, encoding: .utf8)
        }
        return Owner(control: owner.control, databases: owner.databases, files: try MigrationFiles(folder: folder), ambient: owner.ambient)
    }
}

/// The SQLSTATE with which it is refused; nil when it is not.
func refusal(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let error as PostgresError {
        return error.sqlState?.code ?? "none"
    }
}

/// The code of the problem that is thrown; nil when nothing is.
func problem(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let problem as Problem {
        return problem.code
    }
}
