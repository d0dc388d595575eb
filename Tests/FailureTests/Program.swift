import Assembly
import Foundation
import TestSupport
import Values

/// A gateway or worker as a process of its own, so that it can be killed and paused like one.
final class Program: Sendable {
    enum Kind: String { case gateway, worker }

    private let process: Process
    private let settings: SettingsFile

    /// Starts it; its output goes to a log in a folder of its own. `descriptors`: how many open files it may have at most.
    init(_ kind: Kind, _ settings: Settings, descriptors: Int? = nil) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: kind.rawValue + "-" + hex(Ambient.system.bytes(6)),
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        self.settings = try SettingsFile(settings)
        let log = folder.appending(path: kind.rawValue + ".log")
        try Data().write(to: log)
        let executable = Program.built.appending(path: "polyclinic-" + kind.rawValue)
        process = Process()
        process.executableURL = executable
        if let descriptors {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(descriptors) && exec \"$0\"", executable.path(percentEncoded: false)]
        }
        process.environment = ["POLYCLINIC_ENVIRONMENT_FILE": self.settings.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    /// A test that failed leaves no process behind; its log stays.
    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    var isRunning: Bool { process.isRunning }
    var id: Int32 { process.processIdentifier }

    /// kill -9; returns when it is gone.
    func kill() async throws {
        Foundation.kill(process.processIdentifier, SIGKILL)
        try await eventually("the killed process is gone") { !process.isRunning }
    }

    /// Stops it where it is, like a machine that is too busy; `resume` lets it go on.
    func pause() { Foundation.kill(process.processIdentifier, SIGSTOP) }

    func resume() { Foundation.kill(process.processIdentifier, SIGCONT) }

    /// SIGTERM; its exit status when it has ended by itself.
    func stop(within limit: Duration = .seconds(60)) async throws -> Int32 {
        process.terminate()
        try await eventually("the process ends", within: limit) { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    private static let built = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: ".build/debug")
}
