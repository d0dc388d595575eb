import TestSupport
import Testing

@testable import Web

@Suite("router")
struct RouterTests {
    private let router: Router<String> = {
        var router = Router<String>()
        for (method, path) in [
            ("GET", "/v1/things"), ("POST", "/v1/things"), ("POST", "/v1/things/search"), ("GET", "/v1/things/{thing}"),
            ("PATCH", "/v1/things/{thing}"), ("GET", "/v1/things/{thing}/parts/{part}"), ("GET", "/livez"),
        ] {
            router.add(method, PathTemplate(path), method + " " + path)
        }
        return router
    }()

    private func found(_ method: String, _ path: String) -> String {
        switch router.match(method, path[...]) {
        case .found(let target, let values): target + values.map { " \($0.name)=\($0.value)" }.joined()
        case .otherMethods(let methods): "405 " + methods.sorted().joined(separator: ",")
        case .none: "404"
        }
    }

    @Test("paths are found with the values of their names")
    func matches() {
        #expect(found("GET", "/v1/things") == "GET /v1/things")
        #expect(found("HEAD", "/v1/things/7") == "GET /v1/things/{thing} thing=7")
        #expect(found("GET", "/v1/things/7/parts/8") == "GET /v1/things/{thing}/parts/{part} thing=7 part=8")
        #expect(found("POST", "/v1/things/search") == "POST /v1/things/search")
        #expect(found("GET", "/livez") == "GET /livez")
    }

    @Test("another method of a known path is 405 with those it has", .shows("AZ-9"))
    func methods() {
        #expect(found("DELETE", "/v1/things") == "405 GET,POST")
        #expect(found("GET", "/v1/things/search") == "405 POST")
        #expect(found("OPTIONS", "/livez") == "405 GET")
        #expect(found("get", "/livez") == "405 GET")
    }

    @Test(
        "every other spelling of a path is not found",
        .shows("AZ-9"),
        arguments: [
            "", "/", "//", "/v1", "/v1/", "/v1/things/", "//v1/things", "/v1//things", "/v1/things//", "/V1/things", "/v1/Things",
            "/v1/things%2F7", "/v1%2Fthings",
            "/v1/thing%73", "v1/things", "/v1/things/7/", "/v1/things/7/parts", "/v1/things/;a=1", "/v1/things/a b", "/v1/things/é",
            "/v1/things/a\u{0}", "*",
            "http://x/v1/things", "/v1/things?x", "/v1/things#x", "/v1/things\\7",
        ]
    )
    func spellings(path: String) {
        #expect(found("GET", path) == "404")
    }

    @Test("dots are no way up")
    func dots() {
        #expect(found("GET", "/v1/things/../things") == "404")
        #expect(found("GET", "/v1/things/..") == "GET /v1/things/{thing} thing=..")
    }

    @Test("a path longer than any of ours is not found", .shows("RS-1"))
    func long() {
        #expect(found("GET", "/v1/things/" + String(repeating: "a", count: 2100)) == "404")
    }

    @Test("two routes of one method and path are a clash, whatever their names")
    func clash() {
        var router = router
        router.add("GET", PathTemplate("/v1/things/{other}"), "again")
        #expect(router.clashes == ["GET /v1/things/{other}"])
    }
}

@Suite("path templates")
struct PathTemplateTests {
    private let template = PathTemplate("/v1/locations/{location}/days/{day:day}/settings/{setting:code}")

    @Test("the document shows names without what they stand for")
    func description() {
        #expect(template.description == "/v1/locations/{location}/days/{day}/settings/{setting}")
        #expect(template.names == ["location", "day", "setting"])
    }

    @Test("values must have the form of what they stand for")
    func values() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057"
        #expect(template.accepts([id, "2026-03-02", "clinic.name"]))
        #expect(!template.accepts(["7", "2026-03-02", "a"]))
        #expect(!template.accepts([id, "2026-02-30", "a"]))
        #expect(!template.accepts([id, "2026-03-02", String(repeating: "a", count: 101)]))
    }
}
