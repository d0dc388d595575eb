import HTTPTypes
import Values

/// The headers that every answer has.
enum AnswerHeaders {
    /// The API shows nothing in a browser.
    static let apiPolicy = "default-src 'none'; frame-ancestors 'none'"

    static let base: HTTPFields = {
        var fields = HTTPFields()
        fields[.cacheControl] = "no-store"
        fields.set(Names.contentTypeOptions, "nosniff")
        fields.set(Names.referrerPolicy, "no-referrer")
        fields.set(Names.resourcePolicy, "same-origin")
        fields.set(Names.permissionsPolicy, "camera=(), geolocation=(), microphone=()")
        fields[.contentSecurityPolicy] = apiPolicy
        return fields
    }()

    static func of(_ reply: Reply, _ requestID: UUID, date: String, closes: Bool) -> HTTPFields {
        var fields = base
        fields[.date] = date
        fields.set(Names.requestID, requestID.description)
        if !reply.body.isEmpty { fields[.contentType] = reply.media }
        if reply.status != 204, reply.status != 304 { fields[.contentLength] = String(reply.body.count) }
        if let etag = reply.etag { fields[.eTag] = "\"\(etag)\"" }
        if let location = reply.location { fields[.location] = location }
        for (name, value) in reply.headers { fields.set(HTTPField.Name(name), value) }
        if closes { fields[.connection] = "close" }
        return fields
    }
}
