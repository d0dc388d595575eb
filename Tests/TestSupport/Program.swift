public import Assembly
import Foundation
import Synchronization
import Values

/// One of our programs as a process of its own, so that it can be killed and paused like one. It gets a clinic's settings; the command line also
/// gets the owner's login.
public final class Program: Sendable {
    private let process: Process
    private let settings: SettingsFile
    private let text = Mutex<[UInt8]>([])
    private let ended = Mutex(false)

    /// Starts `.build/debug/NAME`. `descriptors`: how many open files it may have at most.
    public init(_ name: String, _ arguments: [String] = [], _ settings: Settings, migrations: String? = nil, descriptors: Int? = nil) throws
    {
        self.settings = try SettingsFile(settings, asOwner: name == "polyclinic", migrations: migrations)
        let executable = Program.products.appending(path: name)
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        if let descriptors {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments =
                ["-c", "ulimit -n \(descriptors) && exec \"$0\" \"$@\"", executable.path(percentEncoded: false)] + arguments
        }
        process.environment = ["POLYCLINIC_ENVIRONMENT_FILE": self.settings.path, "USER": "tests"]
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

    /// A test that failed leaves no process behind.
    deinit {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// What it printed so far, to either stream.
    public var output: String { text.withLock { String(decoding: $0, as: UTF8.self) } }

    public var isRunning: Bool { process.isRunning }
    public var id: Int32 { process.processIdentifier }

    /// kill -9; returns when it is gone.
    public func kill() async throws {
        Foundation.kill(process.processIdentifier, SIGKILL)
        try await eventually("the killed program is gone") { !process.isRunning }
    }

    /// Stops it where it is, like a machine that is too busy; `resume` lets it go on.
    public func pause() { Foundation.kill(process.processIdentifier, SIGSTOP) }

    public func resume() { Foundation.kill(process.processIdentifier, SIGCONT) }

    /// SIGTERM, then waits until it has ended by itself; its exit status.
    public func stop(within limit: Duration = .seconds(60)) async throws -> Int32 {
        process.terminate()
        return try await finish(within: limit)
    }

    /// Waits until it ends by itself; its exit status, -1 when a signal ended it.
    public func finish(within limit: Duration = .seconds(120)) async throws -> Int32 {
        try await eventually("the program ends", within: limit) { !process.isRunning && ended.withLock { $0 } }
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    private static let products = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build/debug", directoryHint: .isDirectory)
}
