import Configuration
import FoundationEssentials
import SystemPackage
import Values

extension Settings {
    /// Reads and checks all settings. Errors: `SettingsFault` with every fault found.
    public static func read(file: String? = nil) async throws -> Settings {
        let variables = EnvironmentVariablesProvider()
        let named = file ?? ConfigReader(provider: variables).string(forKey: "polyclinic.environment.file")
        var providers: [any ConfigProvider] = [variables]
        if let named {
            guard FileManager.default.isReadableFile(atPath: named) else { throw SettingsFault(faults: ["\(named) cannot be read."]) }
            providers.append(try await EnvironmentVariablesProvider(environmentFilePath: FilePath(named)))
        }
        return try Settings(Reader(ConfigReader(providers: providers)))
    }

    fileprivate init(_ reader: Reader) throws {
        let environment = Environment(rawValue: reader.text("environment", "production"))
        if environment == nil { reader.fault("environment", "must be demo, production or test") }
        let databaseHost = reader.text("database.host")
        let databasePort = reader.number("database.port", 5432, in: 1...65535)
        servers = Servers(
            databaseHost: databaseHost,
            databasePort: databasePort,
            ownerHost: reader.text("owner.host", databaseHost),
            ownerPort: reader.number("owner.port", databasePort, in: 1...65535),
            databaseCA: reader.optional("database.ca"),
            controlDatabase: reader.text("control.database", "polyclinic_control"),
            locationDatabases: reader.text("location.databases").split(separator: ",").map { $0.trimmingSpaces },
            preparedStatements: reader.text("prepared.statements", "on") != "off",
            redisHost: reader.text("redis.host"),
            redisPort: reader.number("redis.port", 6379, in: 1...65535),
            redisPassword: reader.secret("redis.password.file", required: environment != .test),
            redisCA: reader.optional("redis.ca")
        )
        gateway = Login(user: reader.text("gateway.user", "polyclinic_gateway"), password: reader.secret("gateway.password.file") ?? "")
        worker = Login(user: reader.text("worker.user", "polyclinic_worker"), password: reader.secret("worker.password.file") ?? "")
        owner = reader.secret("owner.password.file", required: false).map {
            Login(user: reader.text("owner.user", "polyclinic_owner"), password: $0)
        }
        http = HTTP(
            host: reader.text("http.host", "127.0.0.1"),
            port: reader.number("http.port", 8910, in: 0...65535),
            metricsPort: reader.number("metrics.port", 8911, in: 0...65535),
            workerMetricsPort: reader.number("worker.metrics.port", 8912, in: 0...65535),
            publicURL: reader.text("public.url", "http://127.0.0.1:8910"),
            maximumConnections: reader.number("maximum.connections", 2500, in: 1...100_000),
            requestsPerMinute: reader.number("requests.per.minute", 6000, in: 1...100_000_000)
        )
        folders = Folders(
            outbound: reader.folder("outbound.folder"),
            inbound: reader.folder("inbound.folder"),
            files: reader.folder("files.folder"),
            migrations: reader.folder("migrations.folder"),
            checkpoints: reader.optional("checkpoint.folder") == nil ? nil : reader.folder("checkpoint.folder")
        )
        security = Security(
            stepUpMinutes: reader.number("step.up.minutes", 10, in: 1...10),
            breakGlassMinutes: reader.number("break.glass.minutes", 60, in: 1...60)
        )
        keys = reader.secret("key.file") ?? ""
        keyFile = reader.optional("key.file")
        self.environment = environment ?? .production
        if environment == .production {
            if servers.databaseCA == nil { reader.fault("database.ca", "is needed: PostgreSQL must be reached over TLS") }
            if servers.redisCA == nil { reader.fault("redis.ca", "is needed: Redis must be reached over TLS") }
        }
        if environment == .demo, http.host != "127.0.0.1" {
            reader.fault("http.host", "must be 127.0.0.1: demo accounts are known to everybody")
        }
        guard reader.faults.isEmpty else { throw SettingsFault(faults: reader.faults) }
    }
}

/// Reads one value after another and remembers what is wrong instead of stopping at it.
private final class Reader {
    private let config: ConfigReader
    private(set) var faults: [String] = []

    init(_ config: ConfigReader) {
        self.config = config
    }

    func fault(_ key: String, _ words: String) {
        faults.append("POLYCLINIC_\(key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()) \(words).")
    }

    func optional(_ key: String) -> String? {
        config.string(forKey: ConfigKey("polyclinic." + key)).flatMap { $0.isEmpty ? nil : $0 }
    }

    func text(_ key: String, _ fallback: String? = nil) -> String {
        if let value = optional(key) ?? fallback { return value }
        fault(key, "is missing")
        return ""
    }

    func number(_ key: String, _ fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = optional(key) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            fault(key, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return value
    }

    /// The content of the file that the setting names, without the line's end. Secrets never stand in the settings themselves.
    func secret(_ key: String, required: Bool = true) -> String? {
        guard let path = optional(key) else {
            if required { fault(key, "is missing") }
            return nil
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {  // the fault says so
            if required { fault(key, "names a file that cannot be read") }
            return nil
        }
        let secret = text.trimmingSpaces
        if secret.utf8.count < 16 { fault(key, "names a file with less than 16 characters: too short for a secret") }
        return secret
    }

    func folder(_ key: String) -> String {
        let path = text(key)
        var isFolder = false
        if !path.isEmpty, !(FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder) {
            fault(key, "names no folder")
        }
        return path
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String {
        var rest = Substring(self)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
