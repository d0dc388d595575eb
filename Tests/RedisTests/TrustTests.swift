import Foundation
import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct TrustTests {
    @Test("a server whose certificate another authority signed is refused", .shows("AP-5"))
    func wrongAuthority() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "polyclinic-ca-\(UUID().uuidString).pem")
        try Data(Self.anotherAuthority.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var settings = try SharedServer.settings()
        settings.tls = .verify(caFile: file.path(), hostname: settings.host)
        let failure = try await connectFailure(settings)
        #expect(failure?.kind == .untrusted)
    }

    @Test("a certificate must carry the name that was asked for")
    func wrongName() async throws {
        let server = try RedisServer(certifiedAs: "redis.test")
        var settings = server.settings
        for (name, expected) in [("redis.test", nil), ("redis.example", RedisError.Kind.untrusted), ("127.0.0.1", .untrusted)] {
            settings.tls = .verify(caFile: server.certificate, hostname: name)
            let failure = try await connectFailure(settings)
            #expect(failure?.kind == expected, "\(name)")
        }
    }

    @Test("an address to verify that is not the host's ends the client at its start")
    func wrongAddress() async throws {
        var settings = try SharedServer.settings()
        guard case .verify(let caFile, _) = settings.tls else { return }
        settings.tls = .verify(caFile: caFile, hostname: "192.0.2.1")
        let redis = Redis(settings, logger: silent)
        await #expect(throws: RedisError.self) { try await redis.run() }
    }

    @Test("a server without TLS is not used where TLS is asked for", .shows("AP-5"))
    func noTLS() async throws {
        let server = try RedisServer()
        var settings = server.settings
        settings.connectTimeout = .milliseconds(500)
        settings.tls = try SharedServer.settings().tls
        let failure = try await connectFailure(settings)
        #expect(failure?.kind == .timeout || failure?.kind == .untrusted || failure?.kind == .closed)
    }

    @Test("a wrong password is refused and printed nowhere", .shows("AP-6"))
    func wrongPassword() async throws {
        var settings = try SharedServer.settings()
        settings.password = "not the password"
        let error = try await connectFailure(settings)
        #expect(error?.kind == .server(code: "WRONGPASS"))
        var printed = error.map { "\($0) \(String(reflecting: $0))" } ?? ""
        dump(settings, to: &printed)
        #expect(!(printed + "\(settings) \(String(reflecting: settings))").contains("not the password"))
    }

    @Test("no password where one is needed is refused")
    func noPassword() async throws {
        var settings = try SharedServer.settings()
        settings.password = nil
        let failure = try await connectFailure(settings)
        #expect(failure?.kind == .server(code: "NOAUTH"))
    }

    @Test("a CA file that cannot be read ends the client at its start")
    func missingAuthorityFile() async throws {
        var settings = try SharedServer.settings()
        settings.tls = .verify(caFile: "/nonexistent/ca.pem", hostname: settings.host)
        let redis = Redis(settings, logger: silent)
        await #expect(throws: (any Error).self) { try await redis.run() }
    }

    /// Why no connection came about; nil if there was one.
    private func connectFailure(_ settings: RedisSettings) async throws -> RedisError? {
        let redis = Redis(settings, logger: silent)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await redis.run() }
            defer { group.cancelAll() }
            while true {
                do {
                    try await redis.waitUntilReady(within: .milliseconds(100))
                    return nil
                } catch let error as RedisError where error.kind != .unavailable {
                    // A server that is just starting is only unavailable.
                    return error
                } catch is RedisError {}
            }
        }
    }

    private static let anotherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBjTCCATOgAwIBAgIUJamEGkl+twb6FNXpsdhRRHybTjkwCgYIKoZIzj0EAwIw
        HDEaMBgGA1UEAwwRQW5vdGhlciBhdXRob3JpdHkwHhcNMjYxMTIxMTkxMTI4WhcN
        MzYxMTE4MTkxMTI4WjAcMRowGAYDVQQDDBFBbm90aGVyIGF1dGhvcml0eTBZMBMG
        ByqGSM49AgEGCCqGSM49AwEHA0IABCL8oI/ZfTGM0y47H2qvt9H2tFTSoFtdIAy0
        qIx/ntnzKIsh7Wf2S03eu+x4Hv3SchFFCi5rLNF9p/IzcOg+kHejUzBRMB0GA1Ud
        DgQWBBQKckSZUbSL+aNp2UAocn2SS8eFWzAfBgNVHSMEGDAWgBQKckSZUbSL+aNp
        2UAocn2SS8eFWzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAhH
        gt3Z3D6l9qtal6hU2+i+Re3AZ2tH1J8KVD/qQJUUAiEAt0ZcB8O6edppI9RvG4KO
        KSPgxukUZQxSUUalDda8wpQ=
        -----END CERTIFICATE-----
        """
}
