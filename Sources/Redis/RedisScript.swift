internal import Synchronization

/// A Lua script, fixed in the source. Keep it in a `static let`: it remembers its digest.
public final class RedisScript: Sendable {
    let name: StaticString
    let source: StaticString
    /// What the server calls the script: the SHA-1 of its source, so the same on every server and after every restart.
    private let digest = Mutex<String?>(nil)

    /// - Parameters:
    ///   - name: What errors call it.
    ///   - source: Lua. Keys only from `KEYS`, values only from `ARGV`.
    public init(_ name: StaticString, _ source: StaticString) {
        self.name = name
        self.source = source
    }

    var knownDigest: String? { digest.withLock { $0 } }

    func remember(_ digest: String) {
        self.digest.withLock { $0 = digest }
    }
}

extension Redis {
    /// Runs a script by its digest, and by its source when the server does not know it (first use, restart, `SCRIPT FLUSH`). A
    /// script the server does not know did nothing, so sending it again is safe.
    /// - Throws: As ``command(_:_:)``, with the script's name for the command's.
    public func run(_ script: RedisScript, keys: [RedisKey], arguments: [RedisArgument] = []) async throws -> RedisValue {
        do {
            let tail = [.integer(keys.count)] + keys.map { RedisArgument.key($0) } + arguments
            let digest = try await digest(of: script)
            do {
                return try await command(RedisCommand("EVALSHA", arguments: [.string(digest)] + tail))
            } catch let error as RedisError where error.kind == .server(code: "NOSCRIPT") {
                return try await command(RedisCommand("EVAL", arguments: [.string(script.source.description)] + tail))
            }
        } catch let error as RedisError {
            throw RedisError(error.kind, script.name.description)
        }
    }

    private func digest(of script: RedisScript) async throws -> String {
        if let known = script.knownDigest { return known }
        let reply = try await command("SCRIPT", "LOAD", .string(script.source.description))
        guard let digest = reply.string else { throw RedisError(.protocolViolation) }
        script.remember(digest)
        return digest
    }
}
