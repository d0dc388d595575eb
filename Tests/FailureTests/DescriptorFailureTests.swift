import Assembly
import Foundation
import Glibc
import TestSupport
import Testing
import Values

@Suite("A gateway without descriptors", .serialized)
struct DescriptorFailureTests {
    @Test("more connections than it has descriptors do not end it, and once they are gone it serves as before", .shows("RS-3"))
    func exhausted() async throws {
        let clinic = try await TestClinic.open()
        var settings = clinic.settings
        settings.http.port = try await FreePort.choose()
        let port = settings.http.port
        let gateway = try Program("polyclinic-gateway", [], settings, descriptors: 128)
        let http = TestHTTP(port: port)
        try await eventually("the gateway serves") { (try? await http.send("GET", "/readyz"))?.status == 200 }

        let held = try (0..<300).map { _ in try Self.connected(port) }
        // One that waits in the backlog is not answered; meanwhile the others hold every descriptor.
        let descriptors = "/proc/\(gateway.id)/fd"
        try await eventually("no descriptor is left") { try FileManager.default.contentsOfDirectory(atPath: descriptors).count >= 127 }
        #expect(gateway.isRunning)
        for descriptor in held { close(descriptor) }
        try await eventually("it serves again") { (try? await http.send("GET", "/readyz"))?.status == 200 }
        let token = try await clinic.token("owner")
        #expect(try await http.send("GET", "/v1/organizations/\(clinic.organization)", token: token).status == 200)
        #expect(try await gateway.stop() == 0)
        await clinic.close()
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func connected(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(port)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else { throw Problem(.failed, "connect", "No connection: \(errno).") }
        return descriptor
    }
}
