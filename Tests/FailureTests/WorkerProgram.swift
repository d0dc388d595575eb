import Assembly
import Foundation
import TestSupport
import Values

/// A worker as a process of its own, so that it can be killed like one.
final class WorkerProgram: Sendable {
    private let process: Process
    private let settings: SettingsFile

    /// Starts it; its output goes to `worker.log` in a folder of its own.
    init(_ settings: Settings) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "worker-" + hex(Ambient.system.bytes(6)),
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        self.settings = try SettingsFile(settings)
        let log = folder.appending(path: "worker.log")
        try Data().write(to: log)
        process = Process()
        process.executableURL = WorkerProgram.executable
        process.environment = ["POLYCLINIC_ENVIRONMENT_FILE": self.settings.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    /// A test that failed leaves no worker behind; its log stays.
    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
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
}
