import FoundationEssentials

/// The throw-away PostgreSQL and Redis that `deploy/test` made, read from the POLYCLINIC_* environment. Nothing here starts one.
public struct TestServers: Sendable {
    /// A database user.
    public struct Login: Sendable {
        public let user: String
        public let password: String
    }

    public let databaseHost: String
    public let databasePort: Int
    /// PEM file of the authority that signed the server's certificate.
    public let databaseCA: String
    public let controlDatabase: String
    /// Names of the location databases; two.
    public let locationDatabases: [String]
    /// Owns the databases, may make roles and databases; no superuser.
    public let owner: Login
    /// May do everything: for tests of what even this must not do unseen.
    public let superuser: Login
    public let gateway: Login
    public let worker: Login

    public let redisHost: String
    public let redisPort: Int
    public let redisCA: String
    public let redisPassword: String

    /// The file that holds the master key in hexadecimal.
    public let keyFile: String
    public let migrationsFolder: String
    /// Whether `deploy/test --long` runs.
    public let isLong: Bool

    /// - Throws: `TestServersMissing` with everything that is lacking.
    public static func current() throws -> TestServers { try found.get() }

    private static let found = Result { try TestServers(environment: ProcessInfo.processInfo.environment) }

    init(environment: [String: String]) throws(TestServersMissing) {
        // Suites empty tables and stop servers: never those of a demo or of people.
        guard environment["POLYCLINIC_ENVIRONMENT"] == "test" else {
            throw TestServersMissing(complaints: ["POLYCLINIC_ENVIRONMENT is not test"])
        }
        var reader = EnvironmentReader(environment: environment)
        databaseHost = reader.text("DATABASE_HOST")
        databasePort = reader.number("DATABASE_PORT")
        databaseCA = reader.text("DATABASE_CA")
        controlDatabase = reader.text("CONTROL_DATABASE")
        locationDatabases = reader.text("LOCATION_DATABASES").split(separator: ",").map(String.init)
        owner = reader.login("OWNER")
        superuser = reader.superuser()
        gateway = reader.login("GATEWAY")
        worker = reader.login("WORKER")
        redisHost = reader.text("REDIS_HOST")
        redisPort = reader.number("REDIS_PORT")
        redisCA = reader.text("REDIS_CA")
        redisPassword = reader.secret("REDIS_PASSWORD_FILE")
        keyFile = reader.text("KEY_FILE")
        migrationsFolder = reader.text("MIGRATIONS_FOLDER")
        isLong = environment["POLYCLINIC_TEST_LONG"] == "1"
        if !reader.complaints.isEmpty { throw TestServersMissing(complaints: reader.complaints) }
    }
}

/// The suites were started without servers of their own.
public struct TestServersMissing: Error, CustomStringConvertible {
    public let complaints: [String]

    public var description: String { "no test servers; run deploy/test (\(complaints.joined(separator: ", ")))" }
}

/// Reads settings and remembers every complaint, so that all are told at once.
private struct EnvironmentReader {
    let environment: [String: String]
    private(set) var complaints: [String] = []

    init(environment: [String: String]) { self.environment = environment }

    mutating func refuse(_ complaint: String) { complaints.append(complaint) }

    mutating func text(_ name: String) -> String {
        if let value = environment["POLYCLINIC_" + name], !value.isEmpty { return value }
        refuse("POLYCLINIC_\(name) is not set")
        return ""
    }

    mutating func number(_ name: String) -> Int {
        let value = text(name)
        if let number = Int(value) { return number }
        if !value.isEmpty { refuse("POLYCLINIC_\(name) is not a number") }
        return 0
    }

    mutating func secret(_ name: String) -> String {
        let path = text(name)
        guard !path.isEmpty else { return "" }
        guard let data = try? Data(contentsOf: URL(filePath: path)), let value = String(data: data, encoding: .utf8) else {
            refuse("POLYCLINIC_\(name) names a file that cannot be read")
            return ""
        }
        return String(value.prefix { !$0.isNewline })
    }

    /// No setting names the superuser: its password lies beside the owner's.
    mutating func superuser() -> TestServers.Login {
        let beside = URL(filePath: text("OWNER_PASSWORD_FILE")).deletingLastPathComponent().appending(path: "superuser")
        guard let value = try? String(contentsOf: beside, encoding: .utf8) else {
            refuse("the superuser's password cannot be read")
            return TestServers.Login(user: "", password: "")
        }
        return TestServers.Login(user: "polyclinic_superuser", password: String(value.prefix { !$0.isNewline }))
    }

    mutating func login(_ role: String) -> TestServers.Login {
        TestServers.Login(user: text(role + "_USER"), password: secret(role + "_PASSWORD_FILE"))
    }
}
