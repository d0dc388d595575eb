public import Assembly
import FoundationEssentials
import Values

/// Settings written down for a program of its own process: an environment file, and the secrets it names beside it, which only we read.
public final class SettingsFile: Sendable {
    public let path: String
    public let keyFile: String
    private let folder: String

    /// `asOwner`: with the owner's login, which only the command line has.
    public init(_ settings: Settings, asOwner: Bool = false, migrations: String? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/settings-" + hex(Ambient.system.bytes(6))
        self.folder = folder
        path = folder + "/environment"
        keyFile = folder + "/key"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        func secret(_ name: String, _ text: String) throws -> String {
            let path = folder + "/" + name
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
                throw Problem(.failed, "no_secret", "\(path) cannot be written.")
            }
            return path
        }
        let servers = settings.servers
        var values = [
            ("ENVIRONMENT", settings.environment.rawValue),
            ("DATABASE_HOST", servers.databaseHost),
            ("DATABASE_PORT", String(servers.databasePort)),
            ("DATABASE_CA", servers.databaseCA ?? ""),
            ("CONTROL_DATABASE", servers.controlDatabase),
            ("LOCATION_DATABASES", servers.locationDatabases.joined(separator: ",")),
            ("GATEWAY_USER", settings.gateway.user),
            ("GATEWAY_PASSWORD_FILE", try secret("gateway", settings.gateway.password)),
            ("WORKER_USER", settings.worker.user),
            ("WORKER_PASSWORD_FILE", try secret("worker", settings.worker.password)),
            ("REDIS_HOST", servers.redisHost),
            ("REDIS_PORT", String(servers.redisPort)),
            ("REDIS_CA", servers.redisCA ?? ""),
            ("REDIS_PASSWORD_FILE", try secret("redis", servers.redisPassword ?? "")),
            ("KEY_FILE", try secret("key", settings.keys)),
            // Nobody listens there.
            ("PUBLIC_URL", "http://127.0.0.1:9"),
            ("HTTP_PORT", String(settings.http.port)),
            ("METRICS_PORT", "0"),
            ("WORKER_METRICS_PORT", "0"),
            ("REQUESTS_PER_MINUTE", String(settings.http.requestsPerMinute)),
            ("OUTBOUND_FOLDER", settings.folders.outbound),
            ("INBOUND_FOLDER", settings.folders.inbound),
            ("FILES_FOLDER", settings.folders.files),
            ("MIGRATIONS_FOLDER", migrations ?? settings.folders.migrations),
        ]
        if asOwner, let owner = settings.owner {
            values += [
                ("OWNER_USER", owner.user), ("OWNER_PASSWORD_FILE", try secret("owner", owner.password)), ("OWNER_HOST", servers.ownerHost),
                ("OWNER_PORT", String(servers.ownerPort)),
            ]
        }
        try values.map { "POLYCLINIC_\($0)=\($1)\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// No secrets are left behind; a folder that is gone already is no fault.
    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
