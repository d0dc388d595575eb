import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import Values

/// Requests to a gateway over real HTTP.
public struct TestHTTP: Sendable {
    public let port: Int
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1000
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    public init(port: Int) {
        self.port = port
    }

    @discardableResult
    public func send(
        _ method: String,
        _ path: String,
        token: String? = nil,
        body: JSON? = nil,
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(method, path, token: token, bytes: body?.bytes, headers: headers)
    }

    public func send(
        _ method: String,
        _ path: String,
        token: String? = nil,
        bytes: [UInt8]?,
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if method == "POST", headers["Idempotency-Key"] == nil {
            request.headers.add(name: "Idempotency-Key", value: hex(Ambient.system.bytes(12)))
        }
        if let bytes {
            if headers["Content-Type"] == nil { request.headers.add(name: "Content-Type", value: "application/json") }
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        let response = try await TestHTTP.client.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 32 * 1024 * 1024)
        return TestAnswer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }),
            bytes: Array(body.readableBytesView)
        )
    }
}

/// What a gateway answered.
public struct TestAnswer: Sendable {
    public let status: Int
    /// By lower-case name.
    public let headers: [String: String]
    public let bytes: [UInt8]

    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// null when the body is not JSON.
    // Not JSON: the status tells.
    public var json: JSON { (try? JSON.parse(bytes, limits: JSON.Limits(bytes: 32 * 1024 * 1024, values: 1_000_000))) ?? .null }
    public var code: String? { json["code"]?.text }
    public var id: String { json["id"]?.text ?? "" }
    public var etag: String { headers["etag"] ?? "" }
}
