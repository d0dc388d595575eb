import Access
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import Tenancy
import Values

@testable import Web

/// Routes that need no database, and those that would, on a database nobody listens for.
enum SampleAPI {
    static let slotTaken = Problem.conflict("slot_taken", "The slot is no longer free.")

    struct Wait: Sendable {
        var milliseconds = 0
        static let shape = Shape("Wait", Wait()) { Field("milliseconds", \.milliseconds, .int(0...60_000), example: 0) }
    }

    struct Kept: Sendable, Versioned {
        var id = PatientID.blank
        var version = 1
        static let shape = Shape("Kept", Kept()) {
            Field("id", \.id, .id())
            Field("version", \.version, .int(1...1000))
        }
    }

    struct Ticks: EventSource {
        var number: Int

        mutating func next(_ call: Call) async throws -> [StreamEvent] {
            number += 1
            return [StreamEvent(id: String(number), name: "tick", data: .object([]))]
        }
    }

    static let routes = routes(Gate())

    /// `gate` holds whoever waits, until the test lets them go.
    static func routes(_ gate: Gate) -> [Route] {
        [
            .act("/v1/echo", "Says it again", .everybody, body: Visit.shape, answer: Visit.shape, errors: [slotTaken]) { _, visit in
                if visit.name == "taken" { throw slotTaken }
                if visit.name == "broken" { throw PostgresError(.server, sqlState: SQLState("XX000")) }
                if visit.name == "away" { throw PostgresError(.notSent) }
                return visit
            },
            .act("/v1/wait", "Waits until the test lets it go", .everybody, body: Wait.shape, answer: Wait.shape) { _, wait in
                await gate.pass()
                return wait
            },
            .act("/v1/slow", "Sleeps", .everybody, body: Wait.shape, answer: Wait.shape) { _, wait in
                try await Task.sleep(for: .milliseconds(wait.milliseconds))
                return wait
            }.within(.milliseconds(50)),
            .stream("/v1/ticks", "Counts aloud", .everybody) { _, last in Ticks(number: last.flatMap { Int($0) } ?? 0) },
            .get("/v1/kept", "Shows what is kept", .everybody, answer: Kept.shape) { _ in Kept(id: .blank, version: 3) },
            .list("/v1/numbers", "Counts", .everybody, query: Wait.shape, item: Wait.shape) { _, _, page in
                let first = try page.after.map { try $0.int(0) + 1 } ?? 0
                return page.page((first..<min(first + page.fetch, 120)).map { Wait(milliseconds: $0) }) { [.int($0.milliseconds)] }
            },
            .search("/v1/numbers/search", "Counts in private", .everybody, body: Wait.shape, item: Wait.shape) { _, wait, page in
                let first = try page.after.map { try $0.int(0) + 1 } ?? wait.milliseconds
                return page.page((first..<first + page.fetch).map { Wait(milliseconds: $0) }) { [.int($0.milliseconds)] }
            },
            .act("/v1/session", "Ends the session", .signedIn, method: .delete) { _ in },
            .get("/v1/locations/{location}/patients/{patient}", "Shows a patient", .permission(.patientsRead), answer: Kept.shape) { _ in
                Kept()
            },
            .create(
                "/v1/locations/{location}/patients",
                "Registers a patient",
                .permission(.patientsRegister),
                body: Visit.shape,
                answer: Kept.shape,
                place: { $0.id.description }
            ) { _, _, _ in Kept() },
            .change(
                "/v1/locations/{location}/patients/{patient}",
                "Changes a patient",
                .permission(.patientsUpdate),
                body: Visit.shape,
                answer: Kept.shape
            ) { _, _, _ in Kept() },
            .list("/v1/locations/{location}/patients", "Lists patients", .permission(.patientsRead), item: Kept.shape) { _, page in
                page.page([]) { [.id($0.id)] }
            },
            .remove("/v1/locations/{location}/patients/{patient}", "Removes a draft", .permission(.patientsUpdate)) { _, _ in },
            .uploadInOrganization(
                "/v1/organizations/{organization}/remittances",
                "Takes an 835",
                .permission(.remittancesPost),
                media: ["application/edi-x12"],
                bytes: 1_000_000,
                answer: Kept.shape
            ) { _, _, _ in Kept() },
            .file("/v1/organizations/{organization}/report", "A table", .anywhere(.reportsRead), query: Wait.shape, media: "text/csv") {
                _,
                _ in
                Attachment([], media: "text/csv", name: "report.csv")
            },
        ]
    }
}

final class Gate: Sendable {
    private struct State {
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrivals: [CheckedContinuation<Void, Never>] = []
        var arrived = 0
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let arrivals = state.withLock { state in
                state.waiting.append(continuation)
                state.arrived += 1
                defer { state.arrivals = [] }
                return state.arrivals
            }
            for arrival in arrivals { arrival.resume() }
        }
    }

    /// Until somebody is held.
    func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.waiting.isEmpty { state.arrivals.append(continuation) }
                return !state.waiting.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// A server on a port of its own, for the time of `body`.
struct SampleServer {
    let port: Int
    let server: WebServer
    let metrics: Metrics
    let gate: Gate

    final class Lines: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }
        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    static func make(_ settings: WebSettings = WebSettings(), dependencies: [Dependency] = [], log: Lines = Lines()) throws -> SampleServer
    {
        var settings = settings
        settings.port = 0
        settings.threads = 1
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let reactor = Reactor(name: "nowhere")
        let nowhere = Database(
            DatabaseSettings(host: "127.0.0.1", port: 1, database: "none", user: "nobody", password: "", tls: .off),
            reactor: reactor,
            logger: logger
        )
        let tenancy = Tenancy(control: nowhere, databases: [:])
        let keys = try KeyRing(text: String(repeating: "0a", count: 32))
        let access = Access(tenancy: tenancy, keys: keys, ambient: .system, logger: logger)
        let metrics = Metrics()
        let gate = Gate()
        let server = try WebServer(
            routes: SampleAPI.routes(gate),
            settings: settings,
            access: access,
            tenancy: tenancy,
            redis: nil,
            keys: keys,
            wake: nil,
            metrics: metrics,
            dependencies: dependencies,
            log: AccessLog { log.append($0) },
            logger: logger
        )
        return SampleServer(port: 0, server: server, metrics: metrics, gate: gate)
    }

    /// Runs the server; `body` gets it with its port, and its group, which can be asked to stop.
    static func running(
        _ settings: WebSettings = WebSettings(),
        dependencies: [Dependency] = [],
        log: Lines = Lines(),
        _ body: (SampleServer, ServiceGroup) async throws -> Void
    ) async throws {
        let made = try make(settings, dependencies: dependencies, log: log)
        let group = ServiceGroup(services: [made.server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await made.server.listening()
            let sample = SampleServer(port: port, server: made.server, metrics: made.metrics, gate: made.gate)
            do {
                try await body(sample, group)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
