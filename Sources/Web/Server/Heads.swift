import HTTPTypes
import Values

/// The parts of a request's head that decide what it is, read once.
struct RequestHead: Sendable {
    let method: String
    /// Without the query string.
    let path: Substring
    let query: [UInt8]
    var headers = RequestHeaders()
    let token: String?
    let isAuthorizationForeign: Bool
    let contentLength: Int?
    let isEncoded: Bool
    /// Sent in another transfer coding than `chunked` alone.
    let isForeignCoding: Bool
    let expectsContinue: Bool
    let userAgent: String?
    let forwardedFor: String?
    /// Exactly one, as RFC 9112 asks (section 3.2), of characters that hosts and ports have.
    let hasHost: Bool
    /// The page asks by itself; its reader may have left (AU-10).
    let isBackground: Bool
    let site: CrossSite

    init(_ head: HTTPRequest) {
        method = head.method.rawValue
        let target = head.path ?? ""
        let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        path = target[..<(mark ?? target.endIndex)]
        query = mark.map { Array(target.utf8[target.utf8.index(after: $0)...]) } ?? []
        let fields = head.headerFields
        let authorization = fields[.authorization]
        token = authorization.flatMap { $0.lowercased().hasPrefix("bearer ") ? String($0.dropFirst(7)) : nil }
        isAuthorizationForeign = authorization != nil && token == nil
        contentLength = fields[.contentLength].flatMap { Int($0) }
        isEncoded = fields[.contentEncoding].map { $0.lowercased() != "identity" } ?? false
        // Whoever reads only the last coding sees chunks; a proxy that undoes all of them sees another body (RFC 9112, section 6.1).
        isForeignCoding = fields[.transferEncoding].map { $0.lowercased() != "chunked" } ?? false
        expectsContinue = fields[.expect]?.lowercased() == "100-continue"
        userAgent = fields[.userAgent].map { String($0.prefix(200)) }
        forwardedFor = fields.value(Names.forwardedFor)
        // The first Host header is the authority; a second one is left among the fields.
        hasHost =
            fields.value(Names.host) == nil
            && head.authority.map { (1...255).contains($0.utf8.count) && $0.utf8.allSatisfy(isHostByte) } ?? false
        isBackground = fields.value(Names.activity)?.lowercased() == "background"
        site = CrossSite(head)
        if let type = fields[.contentType] {
            let parts = type.lowercased().split(separator: ";").map { part in part.drop { $0 == " " }.prefix { $0 != " " } }
            headers.media = parts.first.map(String.init)
            headers.charset = parts.dropFirst().first { $0.hasPrefix("charset=") }.map { $0.dropFirst(8).filter { $0 != "\"" } }
        }
        headers.ifMatch = fields[.ifMatch]
        headers.ifNoneMatch = fields[.ifNoneMatch]
        headers.idempotencyKey = fields.value(Names.idempotencyKey)
        headers.lastEventID = fields.value(Names.lastEventID)
    }

    /// The client's address: the peer's, or what trusted proxies say, from the last hop backwards (RS-4).
    func source(peer: String?, trusted: Set<String>) -> String? {
        guard let peer, trusted.contains(peer), let forwardedFor else { return peer }
        let hops = forwardedFor.split(separator: ",").map { $0.filter { $0 != " " } }
        let first = hops.last { !trusted.contains($0) } ?? hops.first ?? peer
        // What a proxy passes on is still outside text: only what looks like an address is one.
        let isAddress = first.utf8.count <= 45 && first.utf8.allSatisfy { hexadecimalOrMark.contains($0) }
        return isAddress ? first : peer
    }
}

private func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
        true
    default: false
    }
}

private let hexadecimalOrMark = Set("0123456789abcdefABCDEF.:".utf8)

/// Names of headers that have no constant. All are valid, which the type cannot know.
enum Names {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")
    static let lastEventID = HTTPField.Name("Last-Event-ID")
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")
    static let host = HTTPField.Name("Host")
    static let activity = HTTPField.Name("X-Activity")
    static let requestID = HTTPField.Name("X-Request-Id")
    static let rateLimit = HTTPField.Name("RateLimit")
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")
    static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")
    static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")
}

extension HTTPFields {
    func value(_ name: HTTPField.Name?) -> String? { name.flatMap { self[$0] } }

    mutating func set(_ name: HTTPField.Name?, _ value: String) {
        if let name { self[name] = value }
    }
}
