public import Access
public import Values

/// One route, declared once (DESIGN L2): router, permission check, OpenAPI and the role matrix are made from it.
public struct Route: Sendable {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What somebody must be or may do to use the route.
    public enum Authority: Sendable, Hashable {
        /// At the location or in the organization that the path names.
        case permission(Permission)
        /// At one location of the organization at least; the use case shows only those where the caller has it. Of a location's routes only that
        /// for emergencies has this: the right to break glass reaches every location of the organization.
        case anywhere(Permission)
        /// Anybody who is signed in: the route is about themselves.
        case signedIn
        /// Everybody, also without a token.
        case everybody

        public var permission: Permission? {
            switch self {
            case .permission(let permission), .anywhere(let permission): permission
            case .signedIn, .everybody: nil
            }
        }
    }

    /// What the path says the request is about.
    public enum Scope: Sendable, Hashable {
        case location
        case organization
        case account
    }

    public let method: Method
    public let path: PathTemplate
    public let summary: String
    public let authority: Authority
    /// Refusals of its own, beyond those every route has.
    public let errors: [Problem]
    let form: Form
    private(set) var respond: @Sendable (Exchange) async throws -> Reply
    /// The largest body it takes, in bytes.
    public private(set) var bodyLimit = 256 * 1024
    /// Whether only a person may use it, and only with a proof (password or code) of the last minutes.
    public private(set) var needsStepUp = false
    /// How long its handler may run; nil means the server's setting.
    public private(set) var deadline: Duration?
    /// Whether pages ask for it again and again by themselves. Such requests keep nobody's session alive (AU-10).
    public private(set) var isPolled = false

    init(
        _ method: Method,
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        _ errors: [Problem],
        _ form: Form,
        respond: @escaping @Sendable (Exchange) async throws -> Reply
    ) {
        self.method = method
        self.path = PathTemplate(path.description)
        self.summary = summary.description
        self.authority = authority
        self.errors = errors
        self.form = form
        self.respond = respond
    }

    public var scope: Scope {
        if path.names.contains("location") { return .location }
        return path.names.contains("organization") ? .organization : .account
    }

    /// The same route, for those only who have just proved again who they are (AU-12).
    public func afterStepUp() -> Route {
        var copy = self
        copy.needsStepUp = true
        return copy
    }

    /// The same route, and `act` before its transaction begins. A request that is repeated does it again.
    public func preceded(by act: @escaping @Sendable (Call) async throws -> Void) -> Route {
        var copy = self
        let respond = respond
        copy.respond = { exchange in
            try await act(exchange.call)
            return try await respond(exchange)
        }
        return copy
    }

    /// The same route, and `act` after its transaction has committed, before it is answered. When `act` fails or the process dies, the same
    /// request is sent again under its Idempotency-Key: the transaction is not repeated then, `act` is.
    public func followed(by act: @escaping @Sendable (Call) async throws -> Void) -> Route {
        var copy = self
        let respond = respond
        copy.respond = { exchange in
            let reply = try await respond(exchange)
            try await act(exchange.call)
            return reply
        }
        return copy
    }

    /// The same route; what it refuses as a conflict may be completed before it is answered, when its transaction has been undone.
    public func refusing<Body>(
        _ body: Shape<Body>,
        _ complete: @escaping @Sendable (Call, Body, Problem) async throws -> Problem
    ) -> Route {
        var copy = self
        let respond = respond
        copy.respond = { exchange in
            do {
                return try await respond(exchange)
            } catch let refusal as Problem where refusal.kind == .conflict {
                throw try await complete(exchange.call, try exchange.read(body), refusal)
            }
        }
        return copy
    }

    /// The same route with another limit for its body.
    public func taking(bytes: Int) -> Route {
        var copy = self
        copy.bodyLimit = bytes
        return copy
    }

    /// The same route, asked for again and again by pages that nobody may be looking at.
    public func polled() -> Route {
        var copy = self
        copy.isPolled = true
        return copy
    }

    /// The same route with another time limit.
    public func within(_ deadline: Duration) -> Route {
        var copy = self
        copy.deadline = deadline
        return copy
    }
}

/// A route's path: fixed segments and `{names}`. A name stands for an id, unless it says otherwise: `{day:day}`, `{setting:code}`.
public struct PathTemplate: Sendable, Hashable, CustomStringConvertible {
    enum Value: String, Sendable, Hashable {
        case id
        case day
        /// 1...100 of `A-Za-z0-9._-`.
        case code
    }

    enum Segment: Sendable, Hashable {
        case fixed(String)
        case named(String, Value)
    }

    /// As the document and the logs show it.
    public let description: String
    let segments: [Segment]

    init(_ text: String) {
        segments = text.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .fixed(String(part)) }
            let words = part.dropFirst().dropLast().split(separator: ":")
            return .named(String(words.first ?? ""), words.count == 2 ? Value(rawValue: String(words[1])) ?? .code : .id)
        }
        description = segments.reduce(into: "") { text, segment in
            switch segment {
            case .fixed(let part): text += "/" + part
            case .named(let name, _): text += "/{\(name)}"
            }
        }
    }

    var parameters: [(name: String, value: Value)] {
        segments.compactMap { if case .named(let name, let value) = $0 { (name, value) } else { nil } }
    }

    public var names: [String] { parameters.map(\.name) }

    /// Whether every value has the form its name stands for. What has not is not found, as what does not exist.
    func accepts(_ values: [String]) -> Bool {
        zip(parameters, values).allSatisfy { parameter, text in
            switch parameter.value {
            case .id: UUID(text) != nil
            case .day: Day(text) != nil
            case .code: text.utf8.count <= 100
            }
        }
    }
}

/// What the OpenAPI document needs to know of a route.
struct Form: Sendable {
    enum Act: String, Sendable {
        case get, list, search, create, change, remove, act, upload, file, stream
    }

    let act: Act
    var query: Described?
    var body: Described?
    var bodyMedia = ["application/json", "application/x-www-form-urlencoded"]
    var answer: Described?
    var answerMedia = "application/json"
    var status = 200
    /// Sent with If-Match: never, when the caller likes, always.
    var version = VersionUse.none
    var hasETag = false
    var needsIdempotencyKey = false

    init(_ act: Act) {
        self.act = act
    }

    /// The parameters of other routes are read by their own closures.
    var takesNoQuery: Bool { query == nil && act != .search && act != .stream }
}

/// How a changing route uses `If-Match`.
public enum VersionUse: Sendable {
    case none
    case optional
    case required
}

/// A shape without its type.
struct Described: Sendable {
    struct Parameter: Sendable {
        let name: String
        let isRequired: Bool
        let schema: JSON
        let example: JSON?
        let isWritable: Bool
    }

    let name: String
    let parameters: [Parameter]
    let components: [Component]
    let isReadable: Bool

    init<Value>(_ shape: Shape<Value>) {
        name = shape.name
        parameters = shape.fields.map {
            Parameter(
                name: $0.name,
                isRequired: $0.isRequired && $0.visible == nil,
                schema: $0.schema,
                example: $0.example,
                isWritable: $0.isSettable
            )
        }
        components = shape.components
        isReadable = shape.blank != nil
    }
}
