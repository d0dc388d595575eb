public import Assembly
import Foundation
import Synchronization
import Values

/// One of our programs as a process of its own, so that it can be killed and paused like one. It gets a clinic's settings; the command line also
/// gets the owner's login.
public final class Program: Sendable {
    private let pid: pid_t
    private let settings: SettingsFile?
    private let log: String
    /// The raw status once it has ended; asked for once, since it can be had once.
    private let status = Mutex<Int32?>(nil)

    /// Starts NAME as built with the tests. What it prints goes to a file: a pipe would be inherited by whatever else is started at the same time.
    /// `descriptors`: how many open files it may have at most. `clock`: by how many seconds its clock is ahead.
    public init(
        _ name: String,
        _ arguments: [String] = [],
        _ settings: Settings,
        migrations: String? = nil,
        descriptors: Int? = nil,
        clock: Int = 0
    ) throws {
        let file = try SettingsFile(settings, asOwner: name == "polyclinic", migrations: migrations)
        self.settings = file
        log = FileManager.default.temporaryDirectory.path(percentEncoded: false) + "/\(name)-\(hex(Ambient.system.bytes(6))).log"
        let executable = Program.products + "/" + name
        var words = [executable] + arguments
        if let descriptors { words = ["/bin/sh", "-c", "ulimit -n \(descriptors) && exec \"$0\" \"$@\""] + words }
        let environment = ["POLYCLINIC_ENVIRONMENT_FILE=\(file.path)", "USER=tests", "PATH=/usr/bin:/bin"]
        pid = try Program.start(words, environment + Program.clock(ahead: clock), log)
    }

    /// What makes libfaketime answer for the clock; nothing when the clock is right.
    private static func clock(ahead seconds: Int) throws -> [String] {
        guard seconds != 0 else { return [] }
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let library = folders.map { "/usr/lib/\($0)/faketime/libfaketime.so.1" }.first { FileManager.default.fileExists(atPath: $0) }
        guard let library else { throw Problem(.failed, "no_faketime", "libfaketime is not installed.") }
        return ["LD_PRELOAD=\(library)", "FAKETIME=\(seconds > 0 ? "+" : "")\(seconds)s", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
    }

    /// Starts any other program, in our own environment.
    public init(command words: [String]) throws {
        settings = nil
        log = FileManager.default.temporaryDirectory.path(percentEncoded: false) + "/command-\(hex(Ambient.system.bytes(6))).log"
        pid = try Program.start(words, ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }, log)
    }

    private static func start(_ words: [String], _ environment: [String], _ log: String) throws -> pid_t {
        // NIO's sockets are inherited otherwise: a connection that a gateway here closes would stay open in the program, and its client wait.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, words[0], &actions, nil, &arguments, &variables) == 0 else {
            throw Problem(.failed, "no_program", "\(words[0]) cannot be started.")
        }
        return pid
    }

    /// A test that failed leaves no process behind.
    deinit {
        if isRunning {
            Foundation.kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        unlink(log)
    }

    public var id: Int32 { pid }

    /// What it printed so far, to either stream.
    public var output: String { String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self) }

    public var isRunning: Bool {
        status.withLock { status in
            var raw: Int32 = 0
            if status == nil, waitpid(pid, &raw, WNOHANG) == pid { status = raw }
            return status == nil
        }
    }

    /// kill -9; returns when it is gone.
    public func kill() async throws {
        if isRunning { Foundation.kill(pid, SIGKILL) }
        try await eventually("the killed program is gone") { !isRunning }
    }

    /// Stops it where it is, like a machine that is too busy; `resume` lets it go on.
    public func pause() { if isRunning { Foundation.kill(pid, SIGSTOP) } }

    public func resume() { if isRunning { Foundation.kill(pid, SIGCONT) } }

    /// SIGTERM, then waits until it has ended by itself; its exit status.
    public func stop(within limit: Duration = .seconds(60)) async throws -> Int32 {
        if isRunning { Foundation.kill(pid, SIGTERM) }
        return try await finish(within: limit)
    }

    /// Waits until it ends by itself; its exit status, -1 when a signal ended it.
    public func finish(within limit: Duration = .seconds(120)) async throws -> Int32 {
        do {
            try await eventually("the program ends", within: limit) { !isRunning }
        } catch {
            throw Problem(.failed, "never", "The program does not end. It printed: \(output)")
        }
        let raw = status.withLock { $0 } ?? -1
        return raw & 0x7f == 0 ? raw >> 8 & 0xff : -1
    }

    /// Beside the tests themselves, whichever build they are of.
    public static let products =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        .map { String($0.prefix(upTo: $0.lastIndex(of: "/") ?? $0.startIndex)) } ?? "."
}
