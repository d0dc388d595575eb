import Access
import Values

/// The list of routes as a page: no script, no style, nothing fetched.
struct DocsPage {
    let routes: [Route]

    static let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    func html() -> String {
        var out = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Polyclinic API</title><meta name="viewport" content="width=device-width"></head>
            <body>
            <main>
            <h1>Polyclinic API</h1>
            <p>The machine-readable description is <a href="/v1/openapi.json">/v1/openapi.json</a> (OpenAPI 3.1). Send
            <code>Authorization: Bearer …</code>; refusals are problem documents with a stable <code>code</code>.</p>

            """
        var tags: [String] = []
        for route in routes where !tags.contains(route.tag) { tags.append(route.tag) }
        for tag in tags {
            out += "<h2>\(escaped(tag))</h2>\n<table>\n<thead><tr><th scope=\"col\">Route</th><th scope=\"col\">What it does</th>"
            out += "<th scope=\"col\">Who may</th></tr></thead>\n<tbody>\n"
            for route in routes where route.tag == tag {
                out +=
                    "<tr><td><code>\(route.method.rawValue) \(escaped(route.path.description))</code></td><td>\(escaped(route.summary))</td>"
                out += "<td>\(escaped(who(route.authority)))</td></tr>\n"
            }
            out += "</tbody>\n</table>\n"
        }
        return out + "</main>\n</body>\n</html>\n"
    }

    private func who(_ authority: Route.Authority) -> String {
        switch authority {
        case .permission(let permission): permission.rawValue
        case .anywhere(let permission): permission.rawValue + " at one location at least"
        case .signedIn: "whoever is signed in"
        case .everybody: "everybody"
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
