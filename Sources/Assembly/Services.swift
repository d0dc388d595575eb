public import Access
public import Jobs
public import Logging
import Postgres
public import Redis
public import Tenancy
public import Values

/// What every process of the product stands on, built once.
public struct Services: Sendable {
    /// Which program this is: it decides the login and the number of connections.
    public enum Program: String, Sendable {
        case gateway, worker, admin
    }

    public let settings: Settings
    public let ambient: Ambient
    public let tenancy: Tenancy
    public let access: Access
    public let keys: KeyRing
    public let redis: Redis
    public let wake: Wake
    public let logger: Logger
    private let databases: [Database]
    private let reactor: Reactor

    /// Connects nothing yet: connections are made when they are first needed.
    public init(_ settings: Settings, as program: Program, ambient: Ambient = .system, logger: Logger) throws {
        self.settings = settings
        self.ambient = ambient
        self.logger = logger
        let login = program == .gateway ? settings.gateway : settings.worker
        let reactor = Reactor(name: program.rawValue)
        let control = Database(
            settings.servers.database(settings.servers.controlDatabase, login, program),
            reactor: reactor,
            logger: logger
        )
        var locations: [String: Database] = [:]
        for name in settings.servers.locationDatabases {
            locations[name] = Database(settings.servers.database(name, login, program), reactor: reactor, logger: logger)
        }
        self.reactor = reactor
        databases = [control] + locations.values
        keys = if let file = settings.keyFile { try KeyRing(file: file) } else { try KeyRing(text: settings.keys) }
        tenancy = Tenancy(control: control, databases: locations)
        access = Access(tenancy: tenancy, keys: keys, settings: settings.access, ambient: ambient, logger: logger)
        redis = Redis(settings.servers.redis(program), logger: logger)
        wake = Wake(redis: redis)
    }

    /// What must hold before this process serves anybody.
    public var startCheck: StartCheck { StartCheck(settings, databases, logger: logger) }

    /// Looking into the queues and steering them, for operators.
    public var jobOperations: JobOperations { JobOperations(tenancy: tenancy, ambient: ambient, wake: wake) }

    /// Ends connections and the thread that owns them. Call it last.
    public func close() async {
        for database in databases { await database.close() }
        await reactor.shutdown()
    }
}

extension Settings {
    var access: AccessSettings {
        var access = AccessSettings()
        access.checkpointFolder = folders.checkpoints
        access.stepUpSeconds = Int64(security.stepUpMinutes) * 60
        access.breakGlassSeconds = Int64(security.breakGlassMinutes) * 60
        return access
    }
}

extension Settings.Servers {
    func database(_ name: String, _ login: Settings.Login, _ program: Services.Program) -> DatabaseSettings {
        var settings = DatabaseSettings(
            host: databaseHost,
            port: databasePort,
            database: name,
            user: login.user,
            password: login.password,
            tls: databaseCA.map { .verifyFull(caFile: $0) } ?? .off
        )
        settings.applicationName = "polyclinic-" + program.rawValue
        settings.prepared = preparedStatements
        return settings
    }

    /// Provisioning and migrations hold session locks and copy databases: never through a pooler.
    func ownerDatabase(_ name: String, _ owner: Settings.Login) -> DatabaseSettings {
        var settings = database(name, owner, .admin)
        settings.host = ownerHost
        settings.port = ownerPort
        settings.prepared = true
        return settings
    }

    func redis(_ program: Services.Program) -> RedisSettings {
        var settings = RedisSettings(host: redisHost, port: redisPort)
        settings.password = redisPassword
        settings.tls = redisCA.map { .verify(caFile: $0, hostname: redisHost) } ?? .off
        settings.clientName = "polyclinic-" + program.rawValue
        return settings
    }
}
