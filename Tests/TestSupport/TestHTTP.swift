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
        if response.headers.first(name: "content-type") == "text/event-stream" {
            // It goes on; that it began is its answer.
            return TestAnswer(status: Int(response.status.code), headers: TestHTTP.headers(response), bytes: [])
        }
        let body = try await response.body.collect(upTo: 32 * 1024 * 1024)
        return TestAnswer(
            status: Int(response.status.code),
            headers: TestHTTP.headers(response),
            bytes: Array(body.readableBytesView)
        )
    }

    private static func headers(_ response: HTTPClientResponse) -> [String: String] {
        Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Follows an event stream until it ends, or until `isEnough` of what came so far; at most a minute.
    public func follow(
        _ path: String,
        token: String?,
        last: String? = nil,
        until isEnough: ([TestEvent]) async throws -> Bool
    ) async throws -> [TestEvent] {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let last { request.headers.add(name: "Last-Event-ID", value: last) }
        let response = try await TestHTTP.client.execute(request, timeout: .seconds(60))
        guard response.status == .ok else { throw Problem(.failed, "unexpected", "\(path): \(response.status)") }
        var (events, text) = ([TestEvent](), "")
        for try await part in response.body {
            text += String(buffer: part)
            while let end = text.firstRange(of: "\n\n") {
                if let event = TestEvent(text[..<end.lowerBound]) { events.append(event) }
                text.removeSubrange(..<end.upperBound)
            }
            if try await isEnough(events) { break }
        }
        return events
    }
}

/// One message of an event stream.
public struct TestEvent: Sendable {
    public let id: String?
    public let name: String
    public let data: JSON

    /// nil for what is no message: a comment, the time to wait.
    init?(_ block: Substring) {
        var fields: [Substring: String] = [:]
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = String(parts[1].drop { $0 == " " }) }
        }
        guard let name = fields["event"], let data = fields["data"],
            let json = try? JSON.parse(Array(data.utf8), limits: JSON.Limits(bytes: 4096))
        else { return nil }
        (self.id, self.name, self.data) = (fields["id"], name, json)
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
