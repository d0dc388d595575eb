import Foundation
import Logging
import Redis
import Testing

/// The Redis that deploy/test starts for all suites, with TLS and a password.
enum SharedServer {
    static func settings() throws -> RedisSettings {
        let host = try variable("HOST")
        var settings = RedisSettings(host: host, port: try #require(Int(try variable("PORT"))))
        settings.password = try String(contentsOfFile: try variable("PASSWORD_FILE"), encoding: .utf8).trimmingCharacters(in: .newlines)
        settings.connectTimeout = .seconds(10)
        settings.commandTimeout = .seconds(10)
        settings.tls = .verify(caFile: try variable("CA"), hostname: host)
        return settings
    }

    private static func variable(_ name: String) throws -> String {
        try #require(ProcessInfo.processInfo.environment["POLYCLINIC_REDIS_\(name)"], "deploy/test sets POLYCLINIC_REDIS_\(name)")
    }
}

let silent = Logger(label: "redis-tests") { _ in SwiftLogNoOpLogHandler() }

/// Runs a client around a test.
func withRedis<Result: Sendable>(
    _ settings: RedisSettings,
    _ body: (Redis) async throws -> Result
) async throws -> Result {
    let redis = Redis(settings, logger: silent)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await redis.run() }
        defer { group.cancelAll() }
        try await redis.waitUntilReady(within: .seconds(30))
        return try await body(redis)
    }
}

/// The failure of a command, or nil if it had a result.
func failure(of body: () async throws -> some Any) async -> RedisError.Kind? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? RedisError)?.kind
    }
}

/// A location nobody else has, so that tests on one server do not meet.
func someLocation() -> String { UUID().uuidString }
