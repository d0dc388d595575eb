import Glibc
import NIOCore
import NIOPosix

/// A raw connection: what is sent is exactly what a test writes.
struct Wire {
    private let descriptor: Int32
    /// Enough for every test that waits for an answer at the same time.
    private static let threads: NIOThreadPool = {
        let threads = NIOThreadPool(numberOfThreads: 32)
        threads.start()
        return threads
    }()

    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: String
    }

    struct Failed: Error {
        let what: String
    }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard code == 0 else {
            let reason = errno
            close()
            throw Failed(what: "connect \(reason)")
        }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func close() { _ = Glibc.close(descriptor) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw Failed(what: "send \(errno)") }
    }

    /// A request with more than fits into the buffers: sent from a thread of its own while the answer is awaited.
    func sendAll(_ bytes: [UInt8]) async throws {
        let wire = self
        try await Wire.threads.runIfActive { try wire.send(bytes) }
    }

    /// Ends the client's half of the connection.
    func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// One answer; blocking calls run on a thread for them.
    func answer(hasBody: Bool = true) async throws -> Answer {
        let descriptor = descriptor
        return try await Wire.threads.runIfActive { try Wire.read(descriptor, hasBody) }
    }

    /// Everything until the server ends the connection.
    func rest() async throws -> String {
        let descriptor = descriptor
        return try await Wire.threads.runIfActive {
            var bytes: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &part, part.count, 0)
                guard count >= 0 else { throw Failed(what: "reset after \(bytes.count) bytes") }
                guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                bytes += part[..<count]
            }
        }
    }

    /// Whether the server has ended the connection properly, so that nothing it said was lost.
    func isFinished() async throws -> Bool {
        let descriptor = descriptor
        return try await Wire.threads.runIfActive {
            var byte: UInt8 = 0
            return recv(descriptor, &byte, 1, 0) == 0
        }
    }

    /// Whether the server has closed the connection.
    func isClosed() async throws -> Bool {
        let descriptor = descriptor
        return try await Wire.threads.runIfActive {
            var byte: UInt8 = 0
            errno = 0
            return recv(descriptor, &byte, 1, 0) <= 0 && errno != EAGAIN
        }
    }

    private static func read(_ descriptor: Int32, _ hasBody: Bool) throws -> Answer {
        var bytes: [UInt8] = []
        func more() throws {
            var part = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &part, part.count, 0)
            guard count > 0 else { throw Failed(what: "closed after \(bytes.count) bytes") }
            bytes += part[..<count]
        }
        let mark = Array("\r\n\r\n".utf8)
        func headEnd() -> Int? { bytes.indices.first { bytes[$0...].starts(with: mark) } }
        while headEnd() == nil { try more() }
        let end = headEnd() ?? 0
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count == 2 ? parts[1].drop { $0 == " " }.description : ""
        }
        let length = hasBody ? Int(headers["content-length"] ?? "0") ?? 0 : 0
        while bytes.count < end + 4 + length { try more() }
        return Answer(
            status: Int(lines[0].split(separator: " ")[1]) ?? 0,
            headers: headers,
            body: String(decoding: bytes[(end + 4)..<(end + 4 + length)], as: UTF8.self)
        )
    }
}

extension SampleServer {
    /// One request on a connection of its own.
    func ask(_ method: String, _ path: String, _ headers: [String] = [], body: String? = nil) async throws -> Wire.Answer {
        let wire = try Wire(port: port)
        defer { wire.close() }
        var lines = ["\(method) \(path) HTTP/1.1", "Host: test"] + headers
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !headers.contains(where: { $0.hasPrefix("Content-Type") }) { lines.append("Content-Type: application/json") }
        }
        try wire.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try await wire.answer(hasBody: method != "HEAD")
    }
}
