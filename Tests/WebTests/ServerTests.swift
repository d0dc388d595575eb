import ServiceLifecycle
import TestSupport
import Testing
import Values

@testable import Web

@Suite("server")
struct ServerTests {
    private let visit = "{\(Visit.required)}"

    @Test("an answer has the headers that every answer has, and nothing tells what made it", .shows("AZ-13", "IO-4"))
    func headers() async throws {
        try await SampleServer.running { (sample, _) async throws in
            for path in ["/livez", "/v1/kept", "/nowhere", "/v1/docs"] {
                let answer = try await sample.ask("GET", path)
                #expect(answer.headers["cache-control"] == "no-store")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "no-referrer")
                #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
                #expect(answer.headers["server"] == nil)
                #expect(answer.headers["x-request-id"].flatMap { UUID($0) } != nil)
                #expect(answer.headers["date"]?.hasSuffix("GMT") == true)
            }
        }
    }

    @Test("a body goes in and comes out; a form is the same body")
    func echo() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let json = try await sample.ask("POST", "/v1/echo", body: visit)
            #expect(json.status == 200 && json.body.contains(#""name":"Ada""#))
            let form = "id=01890a5d-ac96-774b-bcce-b302099a8057&name=Ada&at=2026-03-02T09%3A00%3A00Z&count=3"
            let same = try await sample.ask("POST", "/v1/echo", ["Content-Type: application/x-www-form-urlencoded"], body: form)
            #expect(same.body == json.body)
        }
    }

    @Test("problems are RFC 9457 with code, request id and every wrong member")
    func problems() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let answer = try await sample.ask("POST", "/v1/echo", body: #"{"id":1}"#)
            let problem = try JSON.parse(Array(answer.body.utf8))
            #expect(answer.status == 422 && answer.headers["content-type"] == "application/problem+json")
            #expect(problem["code"]?.text == "invalid_request" && problem["status"]?.integer == 422)
            #expect(problem["request_id"]?.text == answer.headers["x-request-id"])
            guard case .array(let errors)? = problem["errors"] else { return #expect(Bool(false)) }
            #expect(errors.map { $0["pointer"]?.text } == ["/id", "/name", "/at", "/count"])
            let conflict = try await sample.ask("POST", "/v1/echo", body: visit.replacing("Ada", with: "taken"))
            #expect(conflict.status == 409 && conflict.body.contains("slot_taken"))
        }
    }

    @Test("what fails on our side says only that, what is away says when to try again", .shows("IO-13"))
    func failures() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let broken = try await sample.ask("POST", "/v1/echo", body: visit.replacing("Ada", with: "broken"))
            #expect(broken.status == 500 && broken.body.contains(#""code":"internal""#) && !broken.body.contains("XX000"))
            let away = try await sample.ask("POST", "/v1/echo", body: visit.replacing("Ada", with: "away"))
            #expect(away.status == 503 && away.headers["retry-after"] != nil)
        }
    }

    @Test("bodies that cannot be taken are refused by what is wrong with them", .shows("IO-2"))
    func bodies() async throws {
        try await SampleServer.running { (sample, _) async throws in
            #expect(try await sample.ask("POST", "/v1/echo", body: "{").status == 400)
            #expect(try await sample.ask("POST", "/v1/echo?x=1", body: visit).status == 422)
            #expect(try await sample.ask("POST", "/v1/echo", body: "").status == 400)
            #expect(try await sample.ask("POST", "/v1/echo", ["Content-Type: text/plain"], body: visit).status == 415)
            #expect(try await sample.ask("POST", "/v1/echo", ["Content-Type: application/json; charset=utf-16"], body: visit).status == 415)
            #expect(try await sample.ask("POST", "/v1/echo", ["Content-Type: Application/JSON;charset=UTF-8"], body: visit).status == 200)
            #expect(try await sample.ask("POST", "/v1/echo", ["Content-Encoding: gzip"], body: visit).status == 415)
            let large = "{\"name\":\"" + String(repeating: "a", count: 300_000) + "\"}"
            #expect(try await sample.ask("POST", "/v1/echo", body: large).status == 413)
            let chunk = String(repeating: "a", count: 300_000)
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            let head = "POST /v1/echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            try wire.send(head + String(chunk.utf8.count, radix: 16) + "\r\n" + chunk + "\r\n0\r\n\r\n")
            #expect(try await wire.answer().status == 413)
        }
    }

    @Test("other spellings of a path are not found; other methods name those there are; HEAD is GET without a body", .shows("AZ-9"))
    func paths() async throws {
        try await SampleServer.running { (sample, _) async throws in
            for path in ["/v1/kept/", "//v1/kept", "/V1/kept", "/v1/%6Bept", "/v1//kept", "/v1/kept/../kept"] {
                #expect(try await sample.ask("GET", path).status == 404)
            }
            let wrong = try await sample.ask("DELETE", "/v1/kept")
            #expect(wrong.status == 405 && wrong.headers["allow"] == "GET, HEAD")
            #expect(try await sample.ask("POST", "/v1/kept", ["X-HTTP-Method-Override: GET"], body: "").status == 405)
            let options = try await sample.ask("OPTIONS", "/v1/echo", ["Origin: https://evil.example"])
            #expect(options.status == 204 && options.headers["allow"] == "POST" && options.headers["access-control-allow-origin"] == nil)
            let head = try await sample.ask("HEAD", "/v1/kept")
            #expect(head.status == 200 && head.headers["content-length"].flatMap { Int($0) } ?? 0 > 0)
        }
    }

    @Test("without a token only what is for everybody answers, and the unknown stays unknown")
    func tokens() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let id = "01890a5d-ac96-774b-bcce-b302099a8057"
            let answer = try await sample.ask("GET", "/v1/locations/\(id)/patients/\(id)")
            #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer")
            #expect(try await sample.ask("GET", "/v1/locations/\(id)/patients/\(id)", ["Authorization: Bearer nonsense"]).status == 401)
            #expect(try await sample.ask("GET", "/v1/kept", ["Authorization: Basic YTpi"]).status == 401)
            #expect(try await sample.ask("DELETE", "/v1/session").status == 401)
            #expect(try await sample.ask("GET", "/v1/nothing").status == 404)
        }
    }

    @Test("an ETag that is known answers 304 without a body")
    func etags() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let first = try await sample.ask("GET", "/v1/kept")
            #expect(first.headers["etag"] == "\"3\"")
            for known in ["\"3\"", "W/\"3\"", "\"1\", \"3\"", "*"] {
                let again = try await sample.ask("GET", "/v1/kept", ["If-None-Match: \(known)"])
                #expect(again.status == 304 && again.body.isEmpty && again.headers["etag"] == "\"3\"")
            }
            #expect(try await sample.ask("GET", "/v1/kept", ["If-None-Match: \"4\""]).status == 200)
            let list = try await sample.ask("GET", "/v1/numbers?milliseconds=1")
            #expect(
                try await sample.ask("GET", "/v1/numbers?milliseconds=1", ["If-None-Match: \(list.headers["etag"] ?? "")"]).status == 304
            )
            let document = try await sample.ask("GET", "/v1/openapi.json")
            #expect(try await sample.ask("GET", "/v1/openapi.json", ["If-None-Match: \(document.headers["etag"] ?? "")"]).status == 304)
        }
    }

    @Test("the metrics count by route template, never by path, and the log says no more than that", .shows("AZ-13", "IO-12", "AP-4"))
    func traces() async throws {
        let log = SampleServer.Lines()
        try await SampleServer.running(log: log) { (sample, _) async throws in
            let id = "01890a5d-ac96-774b-bcce-b302099a8057"
            _ = try await sample.ask("GET", "/v1/locations/\(id)/patients/\(id)?name=Canary", ["User-Agent: a\t\"b\\é"])
            _ = try await sample.ask("GET", "/canary")
            let text = await sample.metrics.exposition()
            #expect(
                text.contains(#"polyclinic_http_requests_total{route="GET /v1/locations/{location}/patients/{patient}",status="401"} 1"#)
            )
            #expect(text.contains(#"polyclinic_http_requests_total{route="unmatched",status="404"} 1"#))
            #expect(text.contains(#"le="+Inf"} 1"#) && !text.contains(id))
        }
        let lines = log.text.split(separator: "\n")
        #expect(lines.count == 2 && !log.text.contains("anary"))
        for line in lines { #expect(try JSON.parse(Array(line.utf8))["request_id"] != nil) }
    }
}
