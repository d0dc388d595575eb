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

    /// One statement as the superuser.
    static func superuser(_ database: String, _ statement: String) async throws {
        try await run("superuser_sql", database, "--command=\(statement)")
    }

    private static func run(_ function: String, _ arguments: String...) async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let script = #"source "$0/deploy/lib/servers.sh"; "$1" "${POLYCLINIC_TEST_STATE:-$0/.local/test}" "${@:2}""#
        let program = try Program(
            command: ["/bin/bash", "-c", script, root.path(percentEncoded: false).droppingLastSlash, function] + arguments
        )
        let status = try await program.finish(within: .seconds(180))
        guard status == 0 else { throw Problem(.failed, "script", "\(function) ended with \(status): \(program.output)") }
    }
}

extension String {
    fileprivate var droppingLastSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
