import Assembly
import Foundation
import TestSupport
import Values

/// A worker as a process of its own, so that it can be killed like one.
final class WorkerProgram: Sendable {
    private let process: Process
    private let secrets: URL

    /// Starts it; its output goes to `worker.log` in a folder of its own.
    init(_ settings: Settings) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "worker-" + hex(Ambient.system.bytes(6)),
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        secrets = folder.appending(path: "secrets", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: secrets, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let log = folder.appending(path: "worker.log")
        try Data().write(to: log)
        process = Process()
        process.executableURL = WorkerProgram.executable
        process.environment = ["POLYCLINIC_ENVIRONMENT_FILE": try WorkerProgram.environment(settings, in: secrets)]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    /// A test that failed leaves no worker and no secrets behind; its log stays.
    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: secrets)  // in a temporary folder that only its owner reads
    }

    /// kill -9; returns when it is gone.
    func kill() async throws {
        Foundation.kill(process.processIdentifier, SIGKILL)
        try await eventually("the killed worker is gone") { !process.isRunning }
    }

    /// SIGTERM; its exit status when it has ended by itself.
    func stop(within limit: Duration = .seconds(60)) async throws -> Int32 {
        process.terminate()
        try await eventually("the worker ends", within: limit) { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    private static let executable = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: ".build/debug/polyclinic-worker")

    /// The file of settings that names the clinic's databases; secrets lie beside it, readable by their owner only.
    static func environment(_ settings: Settings, in folder: URL, port: Int = 0) throws -> String {
        func secret(_ name: String, _ text: String) throws -> String {
            let path = folder.path(percentEncoded: false) + name
            guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]) else {
                throw Problem(.failed, "no_secret", "\(path) cannot be written.")
            }
            return path
        }
        let servers = settings.servers
        let values = [
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
            ("WORKER_METRICS_PORT", "0"),
            ("METRICS_PORT", "0"),
            ("HTTP_PORT", String(port)),
            ("OUTBOUND_FOLDER", settings.folders.outbound),
            ("INBOUND_FOLDER", settings.folders.inbound),
            ("FILES_FOLDER", settings.folders.files),
            ("MIGRATIONS_FOLDER", settings.folders.migrations),
        ]
        let path = folder.path(percentEncoded: false) + "environment"
        try Data(values.map { "POLYCLINIC_\($0)=\($1)\n" }.joined().utf8).write(to: URL(filePath: path))
        return path
    }
}
