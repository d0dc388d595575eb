import Foundation
import TestSupport
import Values

/// Stops and starts the throw-away servers, by the scripts that made them. Only tests that run alone may.
enum Servers {
    /// Shuts PostgreSQL down as a power cut would: no checkpoint, nobody is told.
    static func cutPostgreSQL() async throws { try await run("stop_postgres", "immediate") }

    static func startPostgreSQL() async throws { try await run("start_postgres") }

    static func killRedis() async throws { try await run("kill_redis") }

    static func startRedis() async throws { try await run("start_redis") }

    private static func run(_ function: String, _ arguments: String...) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments =
            [
                "-c", #"source "$0/deploy/lib/servers.sh"; "$1" "$0/.local/test" "${@:2}""#,
                root.path(percentEncoded: false).droppingLastSlash, function,
            ] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await eventually("\(function) ends", within: .seconds(90)) { !process.isRunning }
        guard process.terminationStatus == 0 else {
            throw Problem(.failed, "script", "\(function) ended with \(process.terminationStatus).")
        }
    }
}

extension String {
    fileprivate var droppingLastSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
