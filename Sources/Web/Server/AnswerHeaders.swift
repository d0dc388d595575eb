import HTTPTypes
import Values

/// The headers that every answer has.
struct AnswerHeaders: Sendable {
    /// The API shows nothing in a browser.
    static let apiPolicy = "default-src 'none'; frame-ancestors 'none'"

    private let base: HTTPFields

    init(_ settings: WebSettings) {
        var fields = HTTPFields()
        fields[.cacheControl] = "no-store"
        fields.set(Names.contentTypeOptions, "nosniff")
        fields.set(Names.referrerPolicy, "no-referrer")
        fields.set(Names.resourcePolicy, "same-origin")
        fields.set(Names.permissionsPolicy, "camera=(), geolocation=(), microphone=()")
        fields[.contentSecurityPolicy] = AnswerHeaders.apiPolicy
        // TLS ends in front of us; where it does, browsers are to insist on it.
        if settings.publicURL?.hasPrefix("https://") == true { fields[.strictTransportSecurity] = "max-age=31536000" }
        base = fields
    }

    func of(_ reply: Reply, _ requestID: UUID, date: String, closes: Bool) -> HTTPFields {
        var fields = base
        fields[.date] = date
        fields.set(Names.requestID, requestID.description)
        if reply.status != 204, reply.status != 304 {
            fields[.contentType] = reply.media
            if reply.events == nil { fields[.contentLength] = String(reply.body.count) }
        }
        if let etag = reply.etag { fields[.eTag] = "\"\(etag)\"" }
        if let location = reply.location { fields[.location] = location }
        for (name, value) in reply.headers { fields.set(HTTPField.Name(name), value) }
        if closes { fields[.connection] = "close" }
        return fields
    }
}
