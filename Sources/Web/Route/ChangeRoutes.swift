public import Jobs
public import Values

extension Route {
    /// Makes something at a location: one transaction under an Idempotency-Key. 201 (or `status`), with a Location header when `place`
    /// names the new thing's path below this route's, and the answer's version as ETag.
    public static func create<Body, Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        body: Shape<Body>,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        status: Int = 201,
        version: VersionUse = .none,
        place: (@Sendable (Answer) -> String)? = nil,
        _ handle: @escaping @Sendable (Call, Work, Body) async throws -> Answer
    ) -> Route {
        Route(.post, path, summary, authority, errors, form(.create, body, answer, status, version)) { exchange in
            let value = try exchange.read(body)
            return try await exchange.once(version) { work in
                try exchange.reply(try await handle(exchange.call, work, value), answer, status, place)
            }
        }
    }

    /// The same for something of the organization.
    public static func createInOrganization<Body, Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        body: Shape<Body>,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        status: Int = 201,
        version: VersionUse = .none,
        place: (@Sendable (Answer) -> String)? = nil,
        _ handle: @escaping @Sendable (Call, OrganizationWork, Body) async throws -> Answer
    ) -> Route {
        Route(.post, path, summary, authority, errors, form(.create, body, answer, status, version)) { exchange in
            let value = try exchange.read(body)
            return try await exchange.onceInOrganization(version) { work in
                try exchange.reply(try await handle(exchange.call, work, value), answer, status, place)
            }
        }
    }

    /// Changes one thing of a location: `If-Match` names the version it was read in (`work.expectedVersion`).
    public static func change<Body, Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        method: Method = .patch,
        body: Shape<Body>,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        version: VersionUse = .required,
        _ handle: @escaping @Sendable (Call, Work, Body) async throws -> Answer
    ) -> Route {
        Route(method, path, summary, authority, errors, form(.change, body, answer, 200, version)) { exchange in
            let value = try exchange.read(body)
            return try await exchange.work(version) { work in
                try exchange.reply(try await handle(exchange.call, work, value), answer, 200, nil)
            }
        }
    }

    public static func changeInOrganization<Body, Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        method: Method = .patch,
        body: Shape<Body>,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        version: VersionUse = .required,
        _ handle: @escaping @Sendable (Call, OrganizationWork, Body) async throws -> Answer
    ) -> Route {
        Route(method, path, summary, authority, errors, form(.change, body, answer, 200, version)) { exchange in
            let value = try exchange.read(body)
            return try await exchange.organizationWork(version) { work in
                try exchange.reply(try await handle(exchange.call, work, value), answer, 200, nil)
            }
        }
    }

    /// Takes something away; answers 204.
    public static func remove(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        errors: [Problem] = [],
        version: VersionUse = .required,
        _ handle: @escaping @Sendable (Call, Work) async throws -> Void
    ) -> Route {
        Route(.delete, path, summary, authority, errors, removal(version)) { exchange in
            try await exchange.work(version) { work in
                try await handle(exchange.call, work)
                return Reply(status: 204)
            }
        }
    }

    public static func removeInOrganization(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        errors: [Problem] = [],
        version: VersionUse = .required,
        _ handle: @escaping @Sendable (Call, OrganizationWork) async throws -> Void
    ) -> Route {
        Route(.delete, path, summary, authority, errors, removal(version)) { exchange in
            try await exchange.organizationWork(version) { work in
                try await handle(exchange.call, work)
                return Reply(status: 204)
            }
        }
    }

    /// An act that opens its own transactions and may be repeated safely, such as signing in or out, or a question with a body.
    public static func act<Body, Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        method: Method = .post,
        body: Shape<Body>,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        status: Int = 200,
        _ handle: @escaping @Sendable (Call, Body) async throws -> Answer
    ) -> Route {
        var form = form(.act, body, answer, status, .none)
        form.needsIdempotencyKey = false
        return Route(method, path, summary, authority, errors, form) { exchange in
            let value = try exchange.read(body)
            return try exchange.reply(try await handle(exchange.call, value), answer, status, nil)
        }
    }

    /// An act without body and answer, such as ending a session; answers 204.
    public static func act(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        method: Method = .post,
        errors: [Problem] = [],
        _ handle: @escaping @Sendable (Call) async throws -> Void
    ) -> Route {
        var form = Form(.act)
        form.status = 204
        return Route(method, path, summary, authority, errors, form) { exchange in
            try exchange.refuseBody()
            try await handle(exchange.call)
            return Reply(status: 204)
        }
    }

    /// Takes a file as the body, under an Idempotency-Key, in one transaction of the organization.
    public static func uploadInOrganization<Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        media: [StaticString],
        bytes: Int,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        status: Int = 201,
        place: (@Sendable (Answer) -> String)? = nil,
        _ handle: @escaping @Sendable (Call, OrganizationWork, [UInt8]) async throws -> Answer
    ) -> Route {
        Route(.post, path, summary, authority, errors, upload(media, answer, status)) { exchange in
            let file = try exchange.file(media)
            return try await exchange.onceInOrganization(.none) { work in
                try exchange.reply(try await handle(exchange.call, work, file), answer, status, place)
            }
        }.taking(bytes: bytes)
    }

    /// The same, in one transaction of the location.
    public static func upload<Answer>(
        _ path: StaticString,
        _ summary: StaticString,
        _ authority: Authority,
        media: [StaticString],
        bytes: Int,
        answer: Shape<Answer>,
        errors: [Problem] = [],
        status: Int = 201,
        place: (@Sendable (Answer) -> String)? = nil,
        _ handle: @escaping @Sendable (Call, Work, [UInt8]) async throws -> Answer
    ) -> Route {
        Route(.post, path, summary, authority, errors, upload(media, answer, status)) { exchange in
            let file = try exchange.file(media)
            return try await exchange.once(.none) { work in
                try exchange.reply(try await handle(exchange.call, work, file), answer, status, place)
            }
        }.taking(bytes: bytes)
    }

    private static func form<Body, Answer>(
        _ act: Form.Act,
        _ body: Shape<Body>,
        _ answer: Shape<Answer>,
        _ status: Int,
        _ version: VersionUse
    ) -> Form {
        var form = Form(act)
        form.body = Described(body)
        form.answer = Described(answer)
        form.status = status
        form.version = version
        form.needsIdempotencyKey = act == .create
        form.hasETag = Answer.self is any Versioned.Type
        return form
    }

    private static func removal(_ version: VersionUse) -> Form {
        var form = Form(.remove)
        form.status = 204
        form.version = version
        return form
    }

    private static func upload<Answer>(_ media: [StaticString], _ answer: Shape<Answer>, _ status: Int) -> Form {
        var form = Form(.upload)
        form.bodyMedia = media.map(\.description)
        form.answer = Described(answer)
        form.status = status
        form.needsIdempotencyKey = true
        return form
    }
}
