import Access
import Values

/// The OpenAPI 3.1 document, made of the route declarations alone.
struct OpenAPI {
    let routes: [Route]
    let server: String?

    func document() -> JSON {
        .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Polyclinic")), ("version", .string("1")),
                    (
                        "description",
                        .string(
                            "Front office and back office of clinics. Times are RFC 3339, ids UUIDs, amounts integers in minor units. Refusals are problem documents (RFC 9457) with a stable `code`; all wrong members are listed. Unknown members are refused. A page that asks by itself, without its reader, sends `X-Activity: background`: that does not keep a session from ending."
                        )
                    ),
                ])
            ),
            ("servers", .array([.object([("url", .string(server ?? "/"))])])),
            ("security", .array([.object([("bearer", .array([]))])])),
            ("tags", .array(tags.map { .object([("name", .string($0))]) })),
            ("paths", .object(paths)),
            ("components", .object(components)),
        ])
    }

    private var tags: [String] {
        var seen: [String] = []
        for route in routes where !seen.contains(route.tag) { seen.append(route.tag) }
        return seen
    }

    private var paths: [(key: String, value: JSON)] {
        var order: [String] = []
        var items: [String: [(key: String, value: JSON)]] = [:]
        for route in routes {
            let path = route.path.description
            if items[path] == nil { order.append(path) }
            items[path, default: []].append((route.method.rawValue.lowercased(), Operation(route: route, routes: routes).json))
        }
        return order.map { ($0, .object(items[$0] ?? [])) }
    }

    private var components: [(key: String, value: JSON)] {
        var schemas: [String: JSON] = ["Problem": ProblemSchema.schema]
        for route in routes {
            for shape in [route.form.body, route.form.answer].compactMap(\.self) {
                for component in shape.components { schemas[component.name] = component.schema }
            }
        }
        return [
            ("schemas", .object(schemas.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
            ("responses", .object(ProblemSchema.responses)),
            ("headers", .object(ProblemSchema.headers)),
            (
                "securitySchemes",
                .object([
                    (
                        "bearer",
                        .object([
                            ("type", .string("http")), ("scheme", .string("bearer")),
                            ("description", .string("The token of a session (signing in) or an API key.")),
                        ])
                    )
                ])
            ),
        ]
    }
}

extension Route {
    /// The noun a route is about: the last fixed part of its path that is not an act.
    var tag: String {
        let fixed: [String] = path.segments.compactMap { if case .fixed(let text) = $0 { text } else { nil } }
        let own = fixed.filter { !["v1", "locations", "organizations", "search"].contains($0) }
        return own.first ?? fixed.last ?? "api"
    }

    /// Unique, for generated clients: `create_location_patient`.
    var operationID: String {
        var words: [String] = []
        for segment in path.segments.dropFirst() {
            switch segment {
            case .fixed(let text): words.append(text.replacing("-", with: "_").replacing(".", with: "_"))
            // A value names one of what the part before it names: `patients/{patient}`.
            case .named(let name, _):
                if !words.isEmpty { words.removeLast() }
                words.append(name)
            }
        }
        let verb =
            switch form.act {
            case .search: "post"
            case .act, .upload, .change: method.rawValue.lowercased()
            case .file: "download"
            default: form.act.rawValue
            }
        return ([verb] + words).joined(separator: "_")
    }
}
