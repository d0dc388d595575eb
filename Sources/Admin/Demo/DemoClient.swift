import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Values

/// Requests to the running gateway over HTTP, as any client of the API makes them.
struct DemoClient {
    /// POLYCLINIC_PUBLIC_URL.
    let base: String
    let http: HTTPClient

    /// A client that `body` uses and that is closed afterwards. It does not wait for a gateway that is not there.
    static func with<T>(_ base: String, _ body: (DemoClient) async throws -> T) async throws -> T {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await body(DemoClient(base: base.hasSuffix("/") ? String(base.dropLast()) : base, http: http))
            try await http.shutdown()
            return value
        } catch {
            try await http.shutdown()
            throw error
        }
    }

    /// Errors: nobody listens there.
    func send(_ method: String, _ path: String, token: String? = nil, body: JSON? = nil) async throws -> DemoAnswer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "User-Agent", value: "polyclinic-demo")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if method == "POST" { request.headers.add(name: "Idempotency-Key", value: hex(Ambient.system.bytes(12))) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.bytes))
        }
        do {
            let response = try await http.execute(request, timeout: .seconds(30))
            let bytes = Array(try await response.body.collect(upTo: 8 * 1024 * 1024).readableBytesView)
            let json = bytes.isEmpty ? JSON.null : try JSON.parse(bytes, limits: JSON.Limits(bytes: 8 * 1024 * 1024, values: 200_000))
            return DemoAnswer(
                status: Int(response.status.code),
                json: json,
                retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) }
            )
        } catch let failure as JSONFailure {
            throw Problem.unexpected("\(method) \(path) answered with what is no JSON: \(failure).")
        } catch {
            throw Problem(
                .unavailable,
                "gateway_unreachable",
                "\(base) does not answer (\(error)). Is the gateway running? `deploy/up` starts it."
            )
        }
    }
}

struct DemoAnswer {
    let status: Int
    let json: JSON
    /// Seconds.
    let retryAfter: Int?

    var code: String { json.text("code") }

    /// Status, code and detail, with every wrong member.
    var words: String {
        let members = (json["errors"]?.items ?? []).map { "; \($0.text("pointer")): \($0.text("detail"))" }
        return "\(status) \(code) \(json.text("detail"))" + members.joined()
    }
}

/// Somebody who is signed in.
struct DemoPerson {
    let client: DemoClient
    let account: DemoAccount
    let token: String

    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> DemoAnswer {
        try await client.send(method, path, token: token, body: body)
    }

    /// Errors: any status but 2xx.
    @discardableResult
    func ask(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await send(method, path, body)
        guard (200..<300).contains(answer.status) else {
            throw Problem.unexpected("\(account.email): \(method) \(path) was answered \(answer.words)")
        }
        return answer.json
    }

    func get(_ path: String) async throws -> JSON { try await ask("GET", path) }

    /// All items of a list, part by part.
    func list(_ path: String) async throws -> [JSON] {
        let path = path + (path.contains("?") ? "&" : "?") + "limit=200"
        var items: [JSON] = []
        var cursor: String?
        repeat {
            let page = try await get(path + (cursor.map { "&cursor=" + $0 } ?? ""))
            items += page["items"]?.items ?? []
            cursor = page["next_cursor"]?.text
        } while cursor != nil
        return items
    }

    /// The item of a list whose member has this value, made when there is none. Tells whether it was made.
    func findOrMake(_ path: String, _ key: String, _ value: String, _ body: JSON) async throws -> (item: JSON, isNew: Bool) {
        if let found = try await list(path).first(where: { $0.text(key) == value }) { return (found, false) }
        return (try await ask("POST", path, body), true)
    }
}
