import Assembly
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Gateways that are killed, paused and stopped", .serialized)
struct GatewayFailureTests {
    /// Two gateways on ports of their own, in front of a clinic's databases.
    private struct Pair {
        let clinic: TestClinic
        let settings: [Settings]
        var programs: [Program]

        init() async throws {
            clinic = try await TestClinic.open()
            var settings: [Settings] = []
            for _ in 0..<2 {
                var own = clinic.settings
                own.http.port = try await FreePort.choose()
                settings.append(own)
            }
            self.settings = settings
            programs = try settings.map { try Program("polyclinic-gateway", [], $0) }
            for own in settings { try await Pair.isReady(own.http.port) }
        }

        static func isReady(_ port: Int) async throws {
            try await eventually("the gateway is ready", within: .seconds(30)) {
                (try? await TestHTTP(port: port).send("GET", "/readyz"))?.status == 200
            }
        }
    }

    @Test("a gateway whose port is taken ends soon and says why")
    func portTaken() async throws {
        let clinic = try await TestClinic.open()
        var settings = clinic.settings
        settings.http.port = try await FreePort.choose()
        let first = try Program("polyclinic-gateway", [], settings)
        try await Pair.isReady(settings.http.port)
        let second = try Program("polyclinic-gateway", [], settings)
        #expect(try await second.finish(within: .seconds(30)) == 1)
        #expect(second.output.contains("Address already in use"), "\(second.output.suffix(500))")
        #expect(!second.output.contains("crashed"))
        #expect(second.output.count { $0.isNewline } < 50)
        #expect(try await first.stop() == 0)
        await clinic.close()
    }

    @Test("what was acknowledged while gateways were killed and paused is there once, with its audit, and nothing else", .shows("MC-2"))
    func killed() async throws {
        var pair = try await Pair()
        let crowd = Crowd(pair.clinic, ports: pair.settings.map(\.http.port))
        let strikes = try TestServers.current().isLong ? 120 : 6
        try await crowd.work(clients: 12) {
            for strike in 0..<strikes {
                let done = crowd.done
                try await eventually("work goes on", within: .seconds(60)) { crowd.done > done + 20 }
                let victim = strike % 2
                if strike % 3 == 2 {
                    pair.programs[victim].pause()
                    try await Task.sleep(for: .milliseconds(700))
                    pair.programs[victim].resume()
                } else {
                    try await pair.programs[victim].kill()
                    pair.programs[victim] = try Program("polyclinic-gateway", [], pair.settings[victim])
                    try await Pair.isReady(pair.settings[victim].http.port)
                }
            }
        }
        #expect(crowd.repeated > 0)
        try await crowd.check()
        for program in pair.programs { #expect(program.isRunning) }
        await pair.clinic.close()
    }

    @Test("a gateway that is asked to stop answers what it has begun, and its clients go on at the other one", .shows("JF-6"))
    func stopped() async throws {
        let pair = try await Pair()
        let crowd = Crowd(pair.clinic, ports: pair.settings.map(\.http.port))
        try await crowd.work(clients: 50) {
            try await eventually("work goes on", within: .seconds(60)) { crowd.done > 100 }
            #expect(try await pair.programs[0].stop(within: .seconds(30)) == 0)
            let done = crowd.done
            try await eventually("work goes on at the other one", within: .seconds(60)) { crowd.done > done + 100 }
        }
        try await crowd.check()
        await pair.clinic.close()
    }

    private final class Following: Sendable {
        let count = Mutex(0)
    }

    @Test("a gateway that is asked to stop says so to everybody who follows its events, and waits for none of them", .shows("JF-6"))
    func followed() async throws {
        let pair = try await Pair()
        let http = TestHTTP(port: pair.settings[0].http.port)
        let path = pair.clinic.path(pair.clinic.north, "events")
        let following = Following()
        let ends = try await withThrowingTaskGroup(of: String?.self) { group in
            for name in ["owner", "front_desk", "north_desk", "location_manager"] {
                let token = try await pair.clinic.token(name)
                for _ in 0..<6 {
                    group.addTask {
                        var isFollowing = false
                        return try await http.follow(path, token: token) { events in
                            if !isFollowing, !events.isEmpty {
                                isFollowing = true
                                following.count.withLock { $0 += 1 }
                            }
                            return events.last?.name == "end"
                        }.last?.data["code"]?.text
                    }
                }
            }
            try await eventually("everybody follows") { following.count.withLock { $0 } >= 24 }
            #expect(try await pair.programs[0].stop(within: .seconds(30)) == 0)
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(ends == Array(repeating: "draining", count: 24))
        await pair.clinic.close()
    }
}
