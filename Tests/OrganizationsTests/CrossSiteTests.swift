import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values
import Web

@Suite("What browsers could be made to do")
struct CrossSiteTests {
    private static let shared = Task { try await TestClinic.open() }

    private func setting(_ clinic: TestClinic) -> String { clinic.path(clinic.north, "settings/scheduling.late_cancellation_hours") }

    @Test("another site's page changes nothing, whatever it sends; programs and our own pages do", .shows("AU-11"))
    func origins() async throws {
        let clinic = try await Self.shared.value
        let token = try await clinic.token("owner")
        let put = { (headers: [String: String]) in
            try await clinic.http.send("PUT", setting(clinic), token: token, body: ["value": 12], headers: headers)
        }
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1.evil.example"] {
            let answer = try await put(["Origin": origin])
            #expect(answer.status == 403 && answer.code == "cross_site", "\(origin): \(answer.text)")
        }
        for site in ["cross-site", "same-site"] { #expect(try await put(["Sec-Fetch-Site": site]).code == "cross_site") }
        #expect(try await put([:]).status == 200, "a program")
        #expect(try await put(["Origin": "http://127.0.0.1:\(clinic.http.port)", "Sec-Fetch-Site": "same-origin"]).status == 200)
        #expect(try await put(["Origin": clinic.settings.http.publicURL]).status == 200)
        let signIn = try await clinic.http.send(
            "POST",
            "/v1/sessions",
            bytes: Array("email=owner%40clinic.example&password=x&code=123456".utf8),
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"]
        )
        #expect(signIn.code == "cross_site", "nobody is signed in by a foreign form")
    }

    @Test("a cookie signs nobody in", .shows("AU-11"))
    func cookies() async throws {
        let clinic = try await Self.shared.value
        let token = try await clinic.token("owner")
        for name in ["session", "__Host-session", "token"] {
            #expect(try await clinic.http.send("GET", "/v1/account", headers: ["Cookie": "\(name)=\(token)"]).status == 401)
        }
    }

    @Test("a body says what it is: JSON as text is refused, and so is a form with files", .shows("AU-11"))
    func media() async throws {
        let clinic = try await Self.shared.value
        let token = try await clinic.token("owner")
        let body = Array("{\"value\":true}".utf8)
        for media in ["text/plain", "text/plain;charset=utf-8", "multipart/form-data; boundary=x", "application/jsonp", "text/json"] {
            let headers = ["Content-Type": media]
            let put = try await clinic.http.send("PUT", setting(clinic), token: token, bytes: body, headers: headers)
            #expect(put.status == 415, "\(media): \(put.text)")
            let act = try await clinic.http.send("DELETE", "/v1/sessions/others", token: token, bytes: body, headers: headers)
            #expect(act.status == 415, "\(media): \(act.text)")
        }
    }

    @Test("every answer has the headers that keep browsers from guessing, framing, telling and keeping", .shows("IO-4"))
    func headers() async throws {
        let clinic = try await Self.shared.value
        let token = try await clinic.token("owner")
        let answers = [
            try await clinic.http.send("GET", "/v1/account", token: token),
            try await clinic.http.send("GET", "/v1/account"),
            try await clinic.http.send("GET", "/v1/nowhere"),
            try await clinic.http.send("POST", "/v1/sessions", body: ["more": true]),
            try await clinic.http.send("DELETE", "/v1/sessions/others", token: token),
            try await clinic.http.send("PUT", "/v1/account", token: token, body: [:]),
            try await clinic.http.send("GET", "/v1/openapi.json"),
            try await clinic.http.send("GET", "/v1/docs"),
            try await clinic.http.send("GET", "/livez"),
        ]
        for answer in answers {
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["referrer-policy"] == "no-referrer")
            #expect(answer.headers["cache-control"]?.contains("no-store") == true, "\(answer.text.prefix(80))")
            let policy = answer.headers["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(policy)")
            #expect(!policy.contains("unsafe"), "\(policy)")
            #expect(answer.headers["server"] == nil && answer.headers["set-cookie"] == nil)
        }
    }

    @Test("GET changes nothing but the trail", .shows("AU-11"))
    func safe() async throws {
        let clinic = try await TestClinic.open()
        _ = try await clinic.token("owner")
        let before = try await rows(clinic)
        let routes = clinic.gateway.server.routes.filter { $0.method == .get }
        #expect(routes.count > 20)
        for route in routes {
            let path = route.path.names.reduce(route.path.description) { path, name in
                let id =
                    switch name {
                    case "organization": clinic.organization.description
                    case "location": clinic.north.id.description
                    case "day": "2026-03-02"
                    case "setting": "scheduling.late_cancellation_hours"
                    default: clinic.services.ambient.id(EventID.self).description
                    }
                return path.replacing("{\(name)}", with: id)
            }
            #expect(try await clinic.send("owner", "GET", path).status < 500, "\(path)")
        }
        #expect(try await rows(clinic) == before)
        await clinic.close()
    }

    /// Every table the doors may read, but the trails, as one hash each.
    private func rows(_ clinic: TestClinic) async throws -> [String] {
        let tables: Statement =
            """
            select c.relname::text || ' ' || (xpath('/row/h/text()', query_to_xml(format('select md5(coalesce(string_agg(t::text, chr(10) \
            order by t::text), '''')) as h from %I.%I t', n.nspname, c.relname), false, true, '')))[1]::text from pg_catalog.pg_class c \
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and c.relname not like 'audit%' \
            and c.relname <> 'refusal_count' and pg_catalog.has_table_privilege(c.oid, 'SELECT')
            """
        let north = try await clinic.services.tenancy.read(
            clinic.north,
            tables + " and n.nspname = \(clinic.north.schema.name) order by 1"
        )
        let control = try await clinic.services.tenancy.organizationRead(
            clinic.organization,
            tables + " and n.nspname = 'control' order by 1"
        )
        let rows = try north.decode((String).self) + control.decode((String).self)
        #expect(rows.count > 30)
        return rows
    }
}
