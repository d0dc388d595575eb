import Foundation
import Glibc
import Redis

/// A redis-server of one test, to be killed, paused and started again. Listens on 127.0.0.1, keeps its files in a folder of its
/// own, and goes with the test.
final class RedisServer {
    let port: Int
    let password = "a test's own password"
    private let folder: URL
    private let isTLS: Bool
    private var process: Process?

    /// - Parameter name: With a name, the server speaks TLS only and its certificate carries this DNS name and no address.
    init(certifiedAs name: String? = nil) throws {
        port = try Self.freePort()
        folder = FileManager.default.temporaryDirectory.appending(path: "polyclinic-redis-\(UUID().uuidString)")
        isTLS = name != nil
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if let name { try makeCertificate(for: name) }
        try start()
    }

    deinit {
        kill9()
        try? FileManager.default.removeItem(at: folder)
    }

    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/redis-server")
        process.arguments = [
            "--bind", "127.0.0.1", "--dir", folder.path(), "--save", "", "--requirepass", password, "--logfile", file("log"),
        ]
        if isTLS {
            process.arguments? += ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no"]
            process.arguments? += ["--tls-cert-file", certificate, "--tls-key-file", file("key"), "--tls-ca-cert-file", certificate]
        } else {
            process.arguments? += ["--port", "\(port)"]
        }
        try process.run()
        self.process = process
    }

    /// The certificate of this server, which is its own authority.
    var certificate: String { file("certificate") }

    private func makeCertificate(for name: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test",
            "-addext", "subjectAltName=DNS:\(name)", "-keyout", file("key"), "-out", certificate,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw POSIXError(.EIO) }
    }

    private func file(_ name: String) -> String { folder.appending(path: name).path() }

    func kill9() {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func pause() {
        if let process { kill(process.processIdentifier, SIGSTOP) }
    }

    func resume() {
        if let process { kill(process.processIdentifier, SIGCONT) }
    }

    /// Patient, so that a busy machine fails no test; tests of time-outs shorten what they are about.
    var settings: RedisSettings {
        var settings = RedisSettings(host: "127.0.0.1", port: port)
        settings.password = password
        settings.connectTimeout = .seconds(10)
        settings.commandTimeout = .seconds(10)
        settings.reconnectMinimum = .milliseconds(10)
        settings.reconnectMaximum = .milliseconds(100)
        return settings
    }

    /// Asks the kernel for a port nobody listens on.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
            }
        }
        guard descriptor >= 0, result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
