public import Assembly
import Foundation
import Synchronization
import Values

/// One of our programs as a process of its own, so that it can be killed like one. It gets a clinic's settings, the owner's login included.
public final class Program: Sendable {
    private let process: Process
    private let folder: URL
    private let text = Mutex<[UInt8]>([])
    private let ended = Mutex(false)

    /// Starts `.build/debug/NAME`.
    public init(_ name: String, _ arguments: [String], _ settings: Settings, migrations: String? = nil) throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "program-" + hex(Ambient.system.bytes(6)),
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        process = Process()
        process.executableURL = Program.products.appending(path: name)
        process.arguments = arguments
        process.environment = ["POLYCLINIC_ENVIRONMENT_FILE": try Program.environment(settings, migrations, in: folder), "USER": "tests"]
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        pipe.fileHandleForReading.readabilityHandler = { [self] handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                ended.withLock { $0 = true }
            } else {
                text.withLock { $0 += Array(data) }
            }
        }
        try process.run()
    }

    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)  // in a temporary folder that only its owner reads
    }

    /// What it printed so far, to either stream.
    public var output: String { text.withLock { String(decoding: $0, as: UTF8.self) } }

    public var isRunning: Bool { process.isRunning }

    /// kill -9; returns when it is gone.
    public func kill() async throws {
        Foundation.kill(process.processIdentifier, SIGKILL)
        try await eventually("the killed program is gone") { !process.isRunning }
    }

    /// Waits until it ends by itself; its exit status, -1 when a signal ended it.
    public func finish(within limit: Duration = .seconds(120)) async throws -> Int32 {
        try await eventually("the program ends", within: limit) { !process.isRunning && ended.withLock { $0 } }
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    private static let products = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build/debug", directoryHint: .isDirectory)

    /// The file of settings that names the clinic's databases; secrets lie beside it, readable by their owner only.
    private static func environment(_ settings: Settings, _ migrations: String?, in folder: URL) throws -> String {
        func secret(_ name: String, _ text: String) throws -> String {
            let path = folder.path(percentEncoded: false) + name
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
                throw Problem(.failed, "no_secret", "\(path) cannot be written.")
            }
            return path
        }
        let servers = settings.servers
        var values = [
            ("ENVIRONMENT", settings.environment.rawValue), ("DATABASE_HOST", servers.databaseHost),
            ("DATABASE_PORT", String(servers.databasePort)), ("DATABASE_CA", servers.databaseCA ?? ""),
            ("CONTROL_DATABASE", servers.controlDatabase), ("LOCATION_DATABASES", servers.locationDatabases.joined(separator: ",")),
            ("GATEWAY_USER", settings.gateway.user), ("GATEWAY_PASSWORD_FILE", try secret("gateway", settings.gateway.password)),
            ("WORKER_USER", settings.worker.user), ("WORKER_PASSWORD_FILE", try secret("worker", settings.worker.password)),
            ("REDIS_HOST", servers.redisHost), ("REDIS_PORT", String(servers.redisPort)), ("REDIS_CA", servers.redisCA ?? ""),
            ("REDIS_PASSWORD_FILE", try secret("redis", servers.redisPassword ?? "")), ("KEY_FILE", try secret("key", settings.keys)),
            ("METRICS_PORT", "0"), ("WORKER_METRICS_PORT", "0"), ("OUTBOUND_FOLDER", settings.folders.outbound),
            ("INBOUND_FOLDER", settings.folders.inbound), ("FILES_FOLDER", settings.folders.files),
            ("MIGRATIONS_FOLDER", migrations ?? settings.folders.migrations),
        ]
        if let owner = settings.owner {
            values += [("OWNER_USER", owner.user), ("OWNER_PASSWORD_FILE", try secret("owner", owner.password))]
        }
        let path = folder.path(percentEncoded: false) + "environment"
        try Data(values.map { "POLYCLINIC_\($0)=\($1)\n" }.joined().utf8).write(to: URL(filePath: path))
        return path
    }
}
