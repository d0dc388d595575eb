import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Values

@testable import Web

@Suite("connections")
struct ConnectionTests {
    @Test("a connection is used again, also for requests sent before their answers")
    func pipelining() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            for _ in 0..<3 {
                try wire.send("HEAD /livez HTTP/1.1\r\nHost: t\r\n\r\n")
                #expect(try await wire.answer(hasBody: false).status == 200)
            }
        }
    }

    @Test("a client that asks before it sends is told to go on")
    func expectation() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            let body = "{\(Visit.required)}"
            try wire.send(
                "POST /v1/echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            )
            #expect(try await wire.answer(hasBody: false).status == 100)
            try wire.send(body)
            #expect(try await wire.answer().status == 200)
        }
    }

    @Test("a body that comes too slowly closes the connection, however it trickles", .shows("RS-2"))
    func slowBody() async throws {
        var settings = WebSettings()
        settings.bodyTimeout = .milliseconds(200)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            try wire.send("POST /v1/echo HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
            #expect(try await wire.isClosed())
        }
    }

    @Test("a head that does not come closes the connection", .shows("RS-2"))
    func slowHead() async throws {
        var settings = WebSettings()
        settings.idleTimeout = .milliseconds(200)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let wire = try Wire(port: sample.port)
            defer { wire.close() }
            try wire.send("GET /livez HTTP/1.1\r\nHost: t\r\nX-")
            #expect(try await wire.isClosed())
        }
    }

    @Test("a handler over its time is answered 503, and the connection goes on", .shows("RS-2"))
    func deadline() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let answer = try await sample.ask("POST", "/v1/slow", body: #"{"milliseconds":60000}"#)
            #expect(answer.status == 503 && answer.body.contains("deadline_passed"))
            #expect(try await sample.ask("POST", "/v1/slow", body: #"{"milliseconds":0}"#).status == 200)
        }
    }

    @Test("over the cap of requests the next one is told to come again; health still answers", .shows("RS-2"))
    func cap() async throws {
        var settings = WebSettings()
        settings.maximumRequests = 1
        try await SampleServer.running(settings) { (sample, _) async throws in
            async let held = sample.ask("POST", "/v1/wait", body: #"{"milliseconds":1}"#)
            await sample.gate.arrival()
            let refused = try await sample.ask("GET", "/v1/kept")
            #expect(refused.status == 503 && refused.headers["retry-after"] == "1")
            #expect(try await sample.ask("GET", "/livez").status == 200)
            sample.gate.open()
            #expect(try await held.status == 200)
        }
    }

    @Test("a source has its rate; the refusal says when to come again", .shows("RS-4"))
    func rate() async throws {
        var settings = WebSettings()
        settings.sourceRate = Rate(perSecond: 0.01, burst: 2)
        try await SampleServer.running(settings) { (sample, _) async throws in
            let first = try await sample.ask("GET", "/v1/kept")
            #expect(first.headers["ratelimit"]?.contains("r=1") == true && first.headers["ratelimit-policy"] != nil)
            _ = try await sample.ask("GET", "/v1/kept")
            let refused = try await sample.ask("GET", "/v1/kept")
            #expect(
                refused.status == 429 && refused.headers["retry-after"].flatMap { Int($0) } ?? 0 > 0
                    && refused.body.contains("too_many_requests")
            )
            #expect(try await sample.ask("GET", "/readyz").status == 200)
        }
    }

    @Test("asked to stop, it is unready first, and requests in flight are finished", .shows("JF-6"))
    func drain() async throws {
        var settings = WebSettings()
        settings.drainDelay = .milliseconds(300)
        try await SampleServer.running(settings) { (sample, group) async throws in
            #expect(try await sample.ask("GET", "/readyz").status == 200)
            async let held = sample.ask("POST", "/v1/wait", body: #"{"milliseconds":1}"#)
            await sample.gate.arrival()
            await group.triggerGracefulShutdown()
            var unready = try await sample.ask("GET", "/readyz")
            while unready.status == 200 { unready = try await sample.ask("GET", "/readyz") }
            #expect(unready.status == 503 && unready.body.contains("draining") && unready.headers["connection"] == "close")
            sample.gate.open()
            #expect(try await held.status == 200)
        }
    }

    @Test("a missing dependency makes it unready, a missing convenience only degraded")
    func readiness() async throws {
        let isUp = Flag()
        let dependencies = [
            Dependency("control", isRequired: true) { isUp.value }, Dependency("redis", isRequired: false) { false },
        ]
        try await SampleServer.running(dependencies: dependencies) { (sample, _) async throws in
            let degraded = try await sample.ask("GET", "/readyz")
            #expect(degraded.status == 200 && degraded.body == #"{"dependencies":{"control":"up","redis":"down"},"status":"degraded"}"#)
            isUp.value = false
            let down = try await sample.ask("GET", "/readyz")
            #expect(down.status == 503 && down.body.contains("unavailable"))
            #expect(try await sample.ask("GET", "/livez").status == 200)
        }
    }

    private final class Flag: Sendable {
        private let state = Mutex(true)
        var value: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    @Test(
        "a server that is cancelled while connections arrive ends in order: what it accepted and never began ends no process",
        .shows("JF-6")
    )
    func cancelled() async throws {
        for _ in 0..<25 {
            let made = try SampleServer.make()
            let serving = Task { try await made.server.run() }
            let port = await made.server.listening()
            let arriving = (0..<2).map { _ in
                Task.detached {
                    var wires: [Wire] = []
                    while wires.count < 100, let wire = try? Wire(port: port) { wires.append(wire) }
                    return wires
                }
            }
            try await Task.sleep(for: .microseconds(Int.random(in: 100...8000)))
            serving.cancel()
            _ = await serving.result
            for task in arriving { for wire in await task.value { wire.close() } }
        }
    }
}
