public import Values

extension Route {
    /// Shows one thing. The ETag is its version when the answer is `Versioned`, else a hash of the body. With `version`, a caller who
    /// already has the current version gets 304 from that query alone: nothing is read or audited, for nothing is shown.
    public static func get<Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        version: (@Sendable (Call) async throws -> Int?)? = nil,
        _ handle: @escaping @Sendable (Call) async throws -> Answer
    ) -> Route {
        get(path, summary, authority, query: noQuery, answer: answer, errors: errors, version: version) { call, _ in try await handle(call)
        }
    }

    /// The same with parameters in the query string.
    public static func get<Query, Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        query: Shape<Query>,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        version: (@Sendable (Call) async throws -> Int?)? = nil,
        _ handle: @escaping @Sendable (Call, Query) async throws -> Answer
    ) -> Route {
        var form = Form(.get)
        form.query = Described(query)
        form.answer = Described(answer)
        form.hasETag = true
        return Route(.get, path, summary, authority, errors, form) { exchange in
            let call = exchange.call
            let query = try query.read(query: exchange.query, for: call.viewer)
            if let version, let known = exchange.knownETags, let current = try await version(call), known.contains(String(current)) {
                return Reply(status: 304, etag: String(current))
            }
            let value = try await handle(call, query)
            let body = answer.bytes(value, for: call.viewer)
            return Reply(body: body, etag: (value as? any Versioned).map { String($0.version) } ?? digest(body)).unlessKnown(exchange)
        }
    }

    /// A list in parts: `{"items": […], "next_cursor": …}`; the parameters `limit` and `cursor` are added.
    public static func list<Query, Item>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        query: Shape<Query>,
        item: Shape<Item>,
        errors: [Problem] = [],
        _ handle: @escaping @Sendable (Call, Query, PageRequest) async throws -> Page<Item>
    ) -> Route {
        var form = Form(.list)
        form.query = Described(query)
        form.answer = Described(item)
        form.hasETag = true
        return Route(.get, path, summary, authority, errors, form) { exchange in
            let (own, page) = try exchange.page(own: exchange.query)
            let query = try query.read(own, isQuery: true, exchange.call.viewer)
            return try exchange.reply(try await handle(exchange.call, query, page), item, own).unlessKnown(exchange)
        }
    }

    /// A list without parameters of its own.
    public static func list<Item>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        item: Shape<Item>,
        errors: [Problem] = [],
        _ handle: @escaping @Sendable (Call, PageRequest) async throws -> Page<Item>
    ) -> Route {
        list(path, summary, authority, query: noQuery, item: item, errors: errors) { call, _, page in try await handle(call, page) }
    }

    /// A search whose terms are personal, so they travel in a body and never in a URL. `limit` and `cursor` are in the query.
    public static func search<Body, Item>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        body: Shape<Body>,
        item: Shape<Item>,
        errors: [Problem] = [],
        _ handle: @escaping @Sendable (Call, Body, PageRequest) async throws -> Page<Item>
    ) -> Route {
        var form = Form(.search)
        form.body = Described(body)
        form.answer = Described(item)
        return Route(.post, path, summary, authority, errors, form) { exchange in
            let terms = try exchange.read(body)
            let (own, page) = try exchange.page(own: exchange.query)
            _ = try noQuery.read(own, isQuery: true, exchange.call.viewer)
            var reply = try exchange.reply(try await handle(exchange.call, terms, page), item, own)
            reply.etag = nil
            return reply
        }
    }

    /// A file. With `version`, a caller who has the current one gets 304 from that query alone, as of `get`.
    public static func file<Query>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        query: Shape<Query>,
        media: StaticString,
        errors: [Problem] = [],
        version: (@Sendable (Call) async throws -> Int?)? = nil,
        _ handle: @escaping @Sendable (Call, Query) async throws -> Attachment
    ) -> Route {
        var form = Form(.file)
        form.query = Described(query)
        form.answerMedia = media.description
        form.hasETag = version != nil
        return Route(.get, path, summary, authority, errors, form) { exchange in
            let query = try query.read(query: exchange.query, for: exchange.call.viewer)
            if let version, let known = exchange.knownETags, let current = try await version(exchange.call), known.contains(String(current))
            {
                return Reply(status: 304, etag: String(current))
            }
            let file = try await handle(exchange.call, query)
            return Reply(
                body: file.bytes,
                media: file.media,
                etag: file.version.map { String($0) },
                headers: [("Content-Disposition", "attachment; filename=\"\(file.name)\"")]
            )
        }
    }
}

/// The shape of nothing: a query string without parameters.
public struct NoMembers: Sendable {
    public init() {}
}

let noQuery = Shape("NoParameters", NoMembers()) {}
