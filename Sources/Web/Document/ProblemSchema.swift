import Values

/// The parts of the document that all operations share.
enum ProblemSchema {
    static let content = JSON.object([
        ("application/problem+json", .object([("schema", .object([("$ref", .string("#/components/schemas/Problem"))]))]))
    ])

    static var schema: JSON {
        func text(_ description: String) -> JSON { .object([("type", .string("string")), ("description", .string(description))]) }
        let member = JSON.object([
            ("type", .string("object")), ("required", .array([.string("pointer"), .string("code"), .string("detail")])),
            (
                "properties",
                .object([
                    ("pointer", text("A JSON pointer into the body, or the name of a parameter.")), ("code", text("Stable.")),
                    ("detail", text("What to do about it.")),
                ])
            ),
        ])
        return .object([
            ("type", .string("object")), ("description", .string("RFC 9457. A problem may have further members that help to go on.")),
            ("required", .array(["type", "title", "status", "detail", "code", "request_id"].map(JSON.string))),
            (
                "properties",
                .object([
                    ("type", text("A URN of the code.")), ("title", text("The same for every problem of the status.")),
                    ("status", .object([("type", .string("integer"))])), ("detail", text("What to do about it.")),
                    ("code", text("Stable; decide by it.")),
                    ("request_id", text("Name it when you report a failure.")),
                    ("errors", .object([("type", .string("array")), ("items", member)])),
                ])
            ),
        ])
    }

    static var responses: [(key: String, value: JSON)] {
        Problem.Kind.allCases.map { kind in
            ("Problem\(kind.status)", .object([("description", .string(kind.title)), ("content", content)]))
        }
    }

    static var headers: [(key: String, value: JSON)] {
        func header(_ description: String) -> JSON {
            .object([("description", .string(description)), ("schema", .object([("type", .string("string"))]))])
        }
        return [
            ("RequestId", header("The id of this request.")),
            ("RateLimit", header("What is left of the caller's rate (r) and until when (t).")),
            ("ETag", header("The version; send it back as If-Match or If-None-Match.")),
            ("Replayed", header("`true`: the answer of an earlier request with this key.")),
        ]
    }
}
