public import Logging
import Postgres
public import Tenancy
public import Values

/// The owner's connections, for the command line only: provisioning, migrations, removal.
public struct OwnerConnections: Sendable {
    public let owner: Owner
    private let databases: [Database]
    private let reactor: Reactor

    /// Errors: `owner_missing` where this machine has no owner login; unreadable migrations.
    public init(_ settings: Settings, ambient: Ambient = .system, logger: Logger) throws {
        guard let login = settings.owner else {
            throw Problem(.failed, "owner_missing", "This needs POLYCLINIC_OWNER_PASSWORD_FILE, which gateway and worker do not have.")
        }
        let reactor = Reactor(name: "owner")
        let control = Database(settings.servers.ownerDatabase(settings.servers.controlDatabase, login), reactor: reactor, logger: logger)
        var locations: [String: Database] = [:]
        for name in settings.servers.locationDatabases {
            locations[name] = Database(settings.servers.ownerDatabase(name, login), reactor: reactor, logger: logger)
        }
        owner = Owner(
            control: control,
            databases: locations,
            files: try MigrationFiles(folder: settings.folders.migrations),
            ambient: ambient
        )
        databases = [control] + locations.values
        self.reactor = reactor
    }

    public func installer(_ settings: Settings) throws -> Installer {
        Installer(
            owner: owner,
            gateway: try .init(name: settings.gateway.user, password: settings.gateway.password),
            worker: try .init(name: settings.worker.user, password: settings.worker.password)
        )
    }

    public func provisioner(_ settings: Settings) -> Provisioner {
        Provisioner(owner: owner, logins: [settings.gateway.user, settings.worker.user])
    }

    public func close() async {
        for database in databases { await database.close() }
        await reactor.shutdown()
    }
}
