import Access
import Values

/// One operation of the document.
struct Operation {
    let route: Route
    let routes: [Route]

    var json: JSON {
        var members: [(key: String, value: JSON)] = [
            ("operationId", .string(route.operationID)), ("tags", .array([.string(route.tag)])), ("summary", .string(route.summary)),
            ("description", .string(description)),
        ]
        if route.authority == .everybody { members.append(("security", .array([.object([]), .object([("bearer", .array([]))])]))) }
        if let permission = route.authority.permission { members.append(("x-permission", .string(permission.rawValue))) }
        if route.needsStepUp { members.append(("x-step-up", .bool(true))) }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body { members.append(("requestBody", body)) }
        members.append(("responses", .object(responses)))
        return .object(members)
    }

    private var description: String { route.needsStepUp ? rights + " Needs a step-up: `POST /v1/sessions/current/step-up`." : rights }

    private var rights: String {
        switch route.authority {
        case .permission(let permission): "Needs the permission `\(permission.rawValue)`."
        case .anywhere(let permission):
            "Needs the permission `\(permission.rawValue)` at one location at least; shows only what belongs to such locations."
        case .signedIn: "For everybody who is signed in."
        case .everybody: "Needs no sign-in."
        }
    }

    // MARK: What is sent

    private var parameters: [JSON] {
        let form = route.form
        var all = route.path.parameters.map { parameter($0.name, "path", true, Operation.pathSchema($0.value)) }
        all += (form.query?.parameters ?? []).map { parameter($0.name, "query", $0.isRequired, $0.schema, $0.example) }
        if form.act == .list || form.act == .search {
            all.append(
                parameter(
                    "limit",
                    "query",
                    false,
                    .object([("type", .string("integer")), ("minimum", .integer(1)), ("maximum", .integer(200)), ("default", .integer(50))])
                )
            )
            all.append(
                parameter(
                    "cursor",
                    "query",
                    false,
                    .object([("type", .string("string")), ("maxLength", .integer(4096)), ("pattern", .string("^[A-Za-z0-9_-]+$"))])
                )
            )
        }
        if form.needsIdempotencyKey {
            all.append(
                parameter(
                    "Idempotency-Key",
                    "header",
                    true,
                    .object([
                        ("type", .string("string")), ("minLength", .integer(1)), ("maxLength", .integer(128)),
                        ("pattern", .string("^[!-~]+$")),
                        (
                            "description",
                            .string("New for each thing made; the same request with the same key gets the same answer for 72 hours.")
                        ),
                    ]),
                    .string("5f0c6f0e-8a52-4d5b-9a53-3f1c1d7b0f10")
                )
            )
        }
        if form.version != .none {
            all.append(
                parameter(
                    "If-Match",
                    "header",
                    form.version == .required,
                    .object([("type", .string("string")), ("pattern", .string("^(W/)?\"[!#-~]*\"$"))]),
                    .string("\"3\"")
                )
            )
        }
        if form.act == .stream {
            all.append(parameter("Last-Event-ID", "header", false, .object([("type", .string("string")), ("maxLength", .integer(100))])))
        }
        if form.act == .get || form.act == .list {
            all.append(parameter("If-None-Match", "header", false, .object([("type", .string("string"))])))
        }
        return all
    }

    private func parameter(_ name: String, _ place: String, _ isRequired: Bool, _ schema: JSON, _ example: JSON? = nil) -> JSON {
        var members: [(key: String, value: JSON)] = [
            ("name", .string(name)), ("in", .string(place)), ("required", .bool(isRequired)), ("schema", schema),
        ]
        if let example { members.append(("example", example)) }
        return .object(members)
    }

    private static func pathSchema(_ value: PathTemplate.Value) -> JSON {
        switch value {
        case .id: Kind<UUID>.uuid.schema
        case .day: Kind<Day>.day.schema
        case .code: Kind<String>.code(1...100).schema
        }
    }

    private var body: JSON? {
        let form = route.form
        let content: [(key: String, value: JSON)]
        if let body = form.body {
            // Forms are for pages; the document offers what programs send.
            content = [("application/json", .object([("schema", reference(body.name))]))]
        } else if form.act == .upload {
            content = form.bodyMedia.map {
                ($0, .object([("schema", .object([("type", .string("string")), ("minLength", .integer(1))]))]))
            }
        } else {
            return nil
        }
        return .object([("required", .bool(true)), ("content", .object(content))])
    }

    private func reference(_ name: String) -> JSON { .object([("$ref", .string("#/components/schemas/\(name)"))]) }

    // MARK: What is answered

    private var responses: [(key: String, value: JSON)] {
        let form = route.form
        var success: [(key: String, value: JSON)] = [("description", .string(route.summary))]
        var headers: [(key: String, value: JSON)] = [("X-Request-Id", header("RequestId")), ("RateLimit", header("RateLimit"))]
        if form.hasETag { headers.append(("ETag", header("ETag"))) }
        if form.needsIdempotencyKey { headers.append(("Idempotent-Replayed", header("Replayed"))) }
        success.append(("headers", .object(headers)))
        if let schema = answerSchema { success.append(("content", .object([(form.answerMedia, .object([("schema", schema)]))]))) }
        if !links.isEmpty { success.append(("links", .object(links))) }
        var all: [(key: String, value: JSON)] = [(String(form.status), .object(success))]
        if form.act == .get || form.act == .list { all.append(("304", .object([("description", .string("You already have it."))]))) }
        return all + refusals.sorted { $0.key < $1.key }.map { (String($0.key), refusal($0.key, $0.value)) }
    }

    private func header(_ name: String) -> JSON { .object([("$ref", .string("#/components/headers/\(name)"))]) }

    private var answerSchema: JSON? {
        let form = route.form
        if form.act == .file || form.act == .stream { return .object([("type", .string("string"))]) }
        guard let answer = form.answer else { return nil }
        guard form.act == .list || form.act == .search else { return reference(answer.name) }
        return .object([
            ("type", .string("object")), ("additionalProperties", .bool(false)),
            ("required", .array([.string("items"), .string("next_cursor")])),
            (
                "properties",
                .object([
                    ("items", .object([("type", .string("array")), ("maxItems", .integer(200)), ("items", reference(answer.name))])),
                    ("next_cursor", .object([("type", .array([.string("string"), .string("null")]))])),
                ])
            ),
        ])
    }

    /// Status → codes.
    private var refusals: [Int: [String]] {
        let form = route.form
        var all: [Int: [String]] = [400: [], 422: ["invalid_request"], 429: ["too_many_requests"], 503: []]
        if route.authority != .everybody { all[401] = ["not_signed_in"] }
        if route.authority.permission != nil || route.scope != .account { all[403] = ["permission_denied"] }
        if route.needsStepUp { all[403, default: []] += ["step_up_required", "person_required"] }
        if !route.path.names.isEmpty { all[404] = ["not_found"] }
        if form.needsIdempotencyKey {
            all[400, default: []].append("idempotency_key_required")
            all[409, default: []].append("request_running")
            all[422, default: []].append("idempotency_key_reused")
        }
        if form.act == .change || form.act == .create || form.act == .remove { all[409, default: []].append("conflict") }
        if form.version != .none { all[412] = ["stale"] }
        if form.version == .required { all[428] = ["version_required"] }
        if form.act == .stream {
            all[400, default: []].append(Route.eventIDUnknown.code)
            all[429, default: []].append(StreamSlots.tooMany.code)
            all[503, default: []].append(StreamSlots.full.code)
        }
        if route.method != .get {
            all[400, default: []].append("invalid_json")
            all[413] = ["body_too_large"]
            all[415] = ["unsupported_media_type"]
        }
        for error in route.errors { all[error.kind.status, default: []].append(error.code) }
        return all
    }

    private func refusal(_ status: Int, _ codes: [String]) -> JSON {
        guard !codes.isEmpty, let kind = Problem.Kind.allCases.first(where: { $0.status == status }) else {
            return .object([("$ref", .string("#/components/responses/Problem\(status)"))])
        }
        var unique: [String] = []
        for code in codes where !unique.contains(code) { unique.append(code) }
        let text = kind.title + ": " + unique.map { "`\($0)`" }.joined(separator: ", ")
        return .object([("description", .string(text)), ("content", ProblemSchema.content)])
    }

    /// From what this answers to the route that shows it.
    private var links: [(key: String, value: JSON)] {
        guard route.form.act == .create || route.form.act == .list || route.form.act == .upload else { return [] }
        let pointer = route.form.act == .list ? "$response.body#/items/0/id" : "$response.body#/id"
        guard route.form.answer?.parameters.contains(where: { $0.name == "id" }) == true else { return [] }
        return routes.compactMap { other in
            guard other.path.segments.count == route.path.segments.count + 1, other.path.segments.dropLast() == route.path.segments[...],
                case .named(let name, _) = other.path.segments.last
            else { return nil }
            let parameters =
                route.path.names.map { (key: $0, value: JSON.string("$request.path.\($0)")) } + [(key: name, value: .string(pointer))]
            return (other.operationID, .object([("operationId", .string(other.operationID)), ("parameters", .object(parameters))]))
        }
    }
}
