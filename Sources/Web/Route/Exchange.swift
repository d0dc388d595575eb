import Access
import Crypto
import Jobs
import Postgres
import Tenancy
import Values

/// A call with what the request carried and what answers need: what a route's closure works with.
struct Exchange: Sendable {
    let call: Call
    /// The path as it was sent.
    let path: String
    /// The query string's bytes, without `?`.
    let query: [UInt8]
    let body: [UInt8]
    let headers: RequestHeaders
    let keys: KeyRing
    let wake: Wake?
}

/// The headers that routes look at.
struct RequestHeaders: Sendable {
    /// Lower case, without parameters.
    var media: String?
    /// `charset`, lower case.
    var charset: String?
    var ifMatch: String?
    var ifNoneMatch: String?
    var idempotencyKey: String?
    var lastEventID: String?
}

// MARK: Bodies

extension Exchange {
    /// Reads a JSON body or a form. Errors: 415 for other media, 400 for what is no JSON, 422 with all wrong members.
    func read<Body>(_ shape: Shape<Body>) throws(Problem) -> Body {
        guard headers.charset == nil || headers.charset == "utf-8" else { throw unsupportedMedia(["application/json; charset=utf-8"]) }
        switch headers.media {
        case "application/json":
            let json: JSON
            do {
                json = try JSON.parse(body, limits: JSON.Limits(bytes: body.count))
            } catch {
                throw error.problem
            }
            return try shape.read(json, for: call.viewer)
        case "application/x-www-form-urlencoded": return try shape.read(form: body, for: call.viewer)
        default: throw unsupportedMedia(["application/json", "application/x-www-form-urlencoded"])
        }
    }

    /// A file as the body.
    func file(_ media: [StaticString]) throws(Problem) -> [UInt8] {
        let accepted = media.map(\.description)
        guard let sent = headers.media, accepted.contains(sent) else { throw unsupportedMedia(accepted) }
        guard !body.isEmpty else { throw Problem(.malformed, "empty_body", "Send the file as the body.") }
        return body
    }

    /// For acts without members: an empty body or an empty object.
    func refuseBody() throws(Problem) {
        guard !body.isEmpty else { return }
        _ = try read(noQuery)
    }

    private func unsupportedMedia(_ accepted: [String]) -> Problem {
        Problem(.unsupportedMedia, "unsupported_media_type", "Send a body of type \(accepted.joined(separator: " or ")).")
    }
}

extension JSONFailure {
    var problem: Problem {
        code == .tooLarge
            ? Problem(.tooLarge, "body_too_large", "The body is larger than this route takes.")
            : Problem(.malformed, "invalid_json", "The body is not acceptable JSON: \(code.rawValue) at byte \(offset).")
    }
}

// MARK: Answers

extension Exchange {
    func reply<Answer>(_ value: Answer, _ shape: Shape<Answer>, _ status: Int, _ place: ((Answer) -> String)?) throws -> Reply {
        var reply = Reply(status: status, body: shape.bytes(value, for: call.viewer))
        reply.etag = (value as? any Versioned).map { String($0.version) }
        if let place { reply.location = path + "/" + place(value) }
        return reply
    }
}

extension Reply {
    /// 304 without a body when the caller already has this.
    func unlessKnown(_ exchange: Exchange) -> Reply {
        guard let etag, let known = exchange.knownETags, known.contains(etag) || known.contains("*") else { return self }
        return Reply(status: 304, etag: etag)
    }
}

/// A strong ETag for what has no version of its own.
func digest(_ bytes: [UInt8]) -> String { Base64URL.encode(Array(SHA256.hash(data: bytes).prefix(12))) }

// MARK: Versions

extension Exchange {
    /// What If-None-Match names; weak comparison, as RFC 9110 asks here. nil without the header.
    var knownETags: Set<String>? {
        guard let header = headers.ifNoneMatch else { return nil }
        return Set(
            header.split(separator: ",").map { part in
                let tag = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                return String(tag.starts(with: "W/") ? tag.dropFirst(2) : tag[...]).trimmed("\"")
            }
        )
    }

    /// What If-Match names. Errors: 428 when it must and does not, 400 for what is no ETag, 412 for one that no version has.
    func expectedVersion(_ use: VersionUse) throws(Problem) -> Int? {
        guard let header = headers.ifMatch, header != "*" else {
            guard use != .required else {
                throw Problem(
                    .versionRequired,
                    "version_required",
                    "Send If-Match with the ETag of the version you changed, such as \"3\"."
                )
            }
            return nil
        }
        guard use != .none else { return nil }
        let strong = header.hasPrefix("W/") ? header.dropFirst(2) : header[...]
        guard strong.utf8.count >= 2, strong.hasPrefix("\""), strong.hasSuffix("\""), !strong.dropFirst().dropLast().contains("\"") else {
            throw Problem(.malformed, "invalid_etag", "Send one ETag as it was given, in quotes.")
        }
        // A weak tag never matches here (RFC 9110, section 13.1.1), and ours are numbers.
        guard strong.startIndex == header.startIndex, let version = Int(header.trimmed("\"")), version > 0 else {
            throw Problem(.stale, "stale", "It has changed since: this ETag is not of its current version. Read it again.")
        }
        return version
    }
}

extension String {
    /// Without this character at both ends, once.
    fileprivate func trimmed(_ mark: Character) -> String {
        guard count >= 2, first == mark, last == mark else { return self }
        return String(dropFirst().dropLast())
    }
}

// MARK: Parts of lists

extension Exchange {
    /// Takes `limit` and `cursor` out of the query; what remains is the route's own.
    func page(own query: [UInt8]) throws(Problem) -> (own: FormText, page: PageRequest) {
        var own = try FormText(query, isQuery: true)
        let limit = try own.take("limit")
        let cursor = try own.take("cursor")
        var size = PageRequest.standardLimit
        if let limit {
            guard limit.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(limit), PageRequest.limits.contains(number) else {
                throw .invalid("limit", "out_of_range", "Send a number from 1 to 200.")
            }
            size = number
        }
        let position = try cursor.map { cursor throws(Problem) in try Cursor(self, own).open(cursor) }
        return (own, PageRequest(limit: size, after: position))
    }

    /// The part as the caller gets it, and its ETag: a hash of every member shown, so that it changes with any id and version, and with a
    /// joined name too. The cursor is left out of it, for it is encrypted differently each time.
    func reply<Item>(_ page: Page<Item>, _ shape: Shape<Item>, _ own: FormText) throws -> Reply {
        var writer = JSONWriter(capacity: 512 * (page.items.count + 1))
        let viewer = call.viewer
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for item in page.items { shape.write(item, into: &writer, viewer: viewer) }
        writer.endArray()
        writer.key("next_cursor")
        let tag = digest(writer.bytes + JSON.array(page.next ?? []).bytes)
        if let next = page.next { writer.string(try Cursor(self, own).seal(next)) } else { writer.null() }
        writer.endObject()
        return Reply(body: writer.bytes, etag: tag)
    }
}
