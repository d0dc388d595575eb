import ServiceLifecycle
import TestSupport
import Testing
import Values

@testable import Web

private let post = "POST /v1/echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"

/// What is not HTTP/1.1, or not in our measure, is told so and shown out; whoever comes next is served.
@Suite("edge")
struct EdgeTests {
    /// Sends bytes on a connection of their own, and expects a problem, the end of the connection, and a server that goes on.
    private func refusal(_ bytes: [UInt8], _ settings: WebSettings = WebSettings()) async throws -> Wire.Answer {
        var answer: Wire.Answer?
        try await SampleServer.running(settings) { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            async let sent: Void = wire.sendAll(bytes)
            let refused = try await wire.answer()
            try await sent
            #expect(try await wire.isFinished(), "reset, or still open")
            let problem = try JSON.parse(Array(refused.body.utf8))
            #expect(refused.headers["content-type"] == "application/problem+json" && refused.headers["connection"] == "close")
            #expect(problem["status"]?.integer == refused.status)
            #expect(problem["request_id"]?.text == refused.headers["x-request-id"])
            #expect(try await sample.ask("GET", "/livez").status == 200)
            answer = refused
        }
        return try #require(answer)
    }

    private func refusal(_ text: String) async throws -> Wire.Answer { try await refusal(Array(text.utf8)) }

    @Test(
        "framing that can be read in two ways is refused",
        .shows("WB-1"),
        arguments: [
            post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            post + "Transfer-Encoding: gzip\r\n\r\nabc",
            post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            post + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            post + "Transfer-Encoding: identity, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            post + "Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            post + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}{}{}",
            post + "Content-Length: 2, 2\r\n\r\n{}",
            post + "Content-Length: +2\r\n\r\n{}",
            post + "Content-Length: 0x2\r\n\r\n{}",
            post + "Content-Length: -1\r\n\r\n", post + "Content-Length: 1x\r\n\r\n{",
            post + "Content-Length: 99999999999999999999999\r\n\r\n{}",
            post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
            post + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
            post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}junk\r\n0\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: t\r\nX: a\r\n b\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: t\r\nX: a\r\n\tb\r\n\r\n",
            "GET /livez HTTP/1.1\r\n Host: t\r\n\r\n",
        ]
    )
    func framing(text: String) async throws { #expect(try await refusal(text).status == 400) }

    @Test(
        "a request has one host, and header lines have one form",
        .shows("WB-1"),
        arguments: [
            "GET /livez HTTP/1.1\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET /livez HTTP/1.1\r\nHost:\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: t\r\nX: a\u{0}b\r\n\r\n", "GET /livez HTTP/1.1\r\nHost : t\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: t\r\nUser-Agent: \u{1b}[31m\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: t\r\nno colon\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: t\r\n: empty\r\n\r\n",
            "GET /livez HTTP/3.7\r\nHost: t\r\n\r\n", "GET /livez HTTQ/1.1\r\nHost: t\r\n\r\n", "GET /livez\r\n\r\n",
        ]
    )
    func headLines(text: String) async throws { #expect(try await refusal(text).status == 400) }

    @Test("what is not HTTP at all is refused", .shows("IO-2"))
    func garbage() async throws {
        let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + [UInt8](repeating: 7, count: 500)
        #expect(try await refusal(hello).status == 400)
        #expect(try await refusal([0, 0, 0, 0, 13, 10, 13, 10]).status == 400)
        #expect(try await refusal([UInt8](repeating: 0xFF, count: 300_000)).status == 400)
        #expect(try await refusal("SSH-2.0-OpenSSH_9.2\r\n").status == 400)
        #expect(try await refusal("EHLO there\r\n\r\n").status == 400)
        #expect(try await refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status == 400)
    }

    @Test("an address longer than any of ours is 414, headers beyond the limits are 431, and both answers arrive", .shows("RS-1"))
    func sizes() async throws {
        let target = String(repeating: "a", count: 100_000)
        let long = try await refusal("GET /v1/\(target) HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(long.status == 414 && long.body.contains("uri_too_long"))
        #expect(try await refusal("GET /v1/\(target)").status == 414, "without an end of the line")
        let value = String(repeating: "a", count: 40_000)
        let header = try await refusal("GET /livez HTTP/1.1\r\nHost: t\r\nX: \(value)\r\n\r\n")
        #expect(header.status == 431 && header.body.contains("headers_too_large"))
        let many = (0..<200).map { "X\($0): a\r\n" }.joined()
        #expect(try await refusal("GET /livez HTTP/1.1\r\nHost: t\r\n\(many)\r\n").status == 431)
        let megabytes = String(repeating: "X-Long: \(String(repeating: "b", count: 1000))\r\n", count: 4000)
        #expect(try await refusal("GET /livez HTTP/1.1\r\nHost: t\r\n\(megabytes)\r\n").status == 431)
        let trailers = (0..<200).map { "X\($0): a\r\n" }.joined()
        #expect(try await refusal(post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\(trailers)\r\n").status == 431)
    }

    @Test("a method nobody knows is 501; one that others know is 405 with those there are")
    func methods() async throws {
        #expect(try await refusal("BREW /v1/kept HTTP/1.1\r\nHost: t\r\n\r\n").status == 501)
        #expect(try await refusal("get /v1/kept HTTP/1.1\r\nHost: t\r\n\r\n").status == 501)
        try await SampleServer.running { (sample, _) async throws in
            for method in ["TRACE", "PROPFIND", "PURGE", "PUT", "LINK"] {
                let answer = try await sample.ask(method, "/v1/kept")
                #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD", "\(method)")
                #expect(try await sample.ask(method, "/nowhere").status == 404)
            }
            // A proxy's method: the target is no path, and what follows would be a tunnel.
            #expect(try await sample.ask("CONNECT", "elsewhere.example:443").status == 404)
            #expect(try await sample.ask("GET", "/livez").status == 200)
        }
    }

    @Test("an answer of its own comes before that to what cannot be read after it")
    func pipelined() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            try wire.send("HEAD /livez HTTP/1.1\r\nHost: t\r\n\r\nBREW /pot HTTP/1.1\r\n\r\n")
            let statuses = try await wire.rest().split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }.map {
                $0.split(separator: " ")[1]
            }
            #expect(statuses == ["200", "400"])
        }
    }

    @Test("a body that is refused while it is still sent is refused audibly")
    func refusedBody() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: 4_000_000)
        let answer = try await refusal(Array((post + "Content-Length: \(body.count)\r\n\r\n").utf8) + body)
        #expect(answer.status == 413)
    }

    @Test("whoever is refused and stays is shown out")
    func lingering() async throws {
        var settings = WebSettings()
        settings.lingerTimeout = .milliseconds(200)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            try wire.send("GARBAGE\r\n\r\n")
            #expect(try await wire.answer().status == 400)
            #expect(try await wire.isFinished())
            // What is sent to a connection that nobody has any more is answered with a reset.
            try await eventually("it is let go of") { (try? wire.send("more")) == nil }
        }
    }

    @Test("what is refused at the edge is logged and counted like every answer")
    func logged() async throws {
        let lines = SampleServer.Lines()
        try await SampleServer.running(log: lines) { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            try wire.send("BREW /pot HTTP/1.1\r\n\r\n")
            _ = try await wire.answer()
            #expect(await sample.metrics.exposition().contains(#"polyclinic_http_requests_total{route="unmatched",status="501"} 1"#))
        }
        #expect(lines.text.contains(#""code":"unknown_method""#) && !lines.text.contains("BREW"))
    }

    @Test("a head that trickles in, byte after byte, is not waited for", .shows("RS-2"))
    func tricklingHead() async throws {
        var settings = WebSettings()
        settings.idleTimeout = .milliseconds(300)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            try wire.send("GET /livez HTTP/1.1\r\nHost: t\r\nX: ")
            try await eventually("it is cut off") { (try? wire.send("a")) == nil }
        }
    }

    @Test("two thousand idle connections do not keep the next one out", .shows("RS-2"))
    func idle() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let idle = try (0..<2000).map { _ in try Wire(port: sample.port) }
            defer { for wire in idle { wire.close() } }
            #expect(try await sample.ask("GET", "/livez").status == 200)
            try idle[1999].send("HEAD /livez HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(try await idle[1999].answer(hasBody: false).status == 200)
        }
    }

    @Test("over the cap of connections the next one waits until an idle one was shown out", .shows("RS-2"))
    func connectionCap() async throws {
        var settings = WebSettings()
        settings.maximumConnections = 20
        settings.idleTimeout = .milliseconds(500)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let idle = try (0..<40).map { _ in try Wire(port: sample.port) }
            defer { for wire in idle { wire.close() } }
            #expect(try await sample.ask("GET", "/livez").status == 200)
        }
    }
}
