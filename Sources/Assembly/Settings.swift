/// How this process is set up: read once at start, from the environment and then from the file that POLYCLINIC_ENVIRONMENT_FILE names.
/// config/*.env documents every name.
public struct Settings: Sendable {
    /// What the installation is for: `demo` has demo accounts and refuses any address but 127.0.0.1; `production` refuses unsafe settings.
    public enum Environment: String, Sendable, CaseIterable {
        case demo, production, test
    }

    public struct Login: Sendable {
        public let user: String
        public let password: String

        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    public struct Servers: Sendable {
        public let databaseHost: String
        public var databasePort: Int
        /// Where the owner reaches PostgreSQL itself: the same, unless the above is a pooler.
        public let ownerHost: String
        public let ownerPort: Int
        /// The certificate authority of PostgreSQL; nil turns TLS off, which only a test may.
        public let databaseCA: String?
        public var controlDatabase: String
        public var locationDatabases: [String]
        /// false behind a pooler in transaction mode.
        public var preparedStatements: Bool
        public let redisHost: String
        public var redisPort: Int
        public var redisPassword: String?
        public let redisCA: String?
    }

    public struct HTTP: Sendable {
        public let host: String
        public var port: Int
        public var metricsPort: Int
        public var workerMetricsPort: Int
        /// Where browsers and integrators reach the gateway; links in messages begin with it.
        public let publicURL: String
        public let maximumConnections: Int
        public var requestsPerMinute: Int
    }

    public struct Folders: Sendable {
        public var outbound: String
        public var inbound: String
        public var files: String
        public let migrations: String
        /// Where signed checkpoints of the trails are added each hour, best on another machine; nil is nowhere.
        public var checkpoints: String?
    }

    /// How long proofs and emergencies last, in minutes. A deployment may be stricter, never laxer.
    public struct Security: Sendable {
        public var stepUpMinutes: Int
        public var breakGlassMinutes: Int
    }

    public let environment: Environment
    public var servers: Servers
    public var gateway: Login
    public var worker: Login
    /// Only where the command line runs; gateway and worker must not have it.
    public let owner: Login?
    public var http: HTTP
    public var folders: Folders
    public var security: Security
    /// The text of the key file: master keys for sealed columns, cursors and tokens.
    public let keys: String
    /// Where they stand; a process looks again while it runs, so that a rotation needs no restart.
    public var keyFile: String?
}

/// Everything that is wrong with the settings, at once.
public struct SettingsFault: Error, CustomStringConvertible {
    public let faults: [String]

    public var description: String { (["The settings cannot be used:"] + faults.map { "  - " + $0 }).joined(separator: "\n") }
}
