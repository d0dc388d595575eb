public import Assembly
import FoundationEssentials
public import Jobs
import Logging
import Postgres
import Redis
public import Tenancy
public import Values
import Web

/// A clinic of a suite's own, on real servers: databases cloned from the template, a gateway on a free port, and, when asked for, a worker.
///
/// `north` and `south` belong to one organization and live in two databases; `elsewhere` belongs to another. People are named after their
/// built-in role; `north_desk` works at the front desk of north only, `rival` owns the other organization.
public final class TestClinic: Sendable {
    public let settings: Settings
    public let gateway: GatewayProcess
    /// The worker's rights, for looking into databases and queues.
    public let services: Services
    public let organization: OrganizationID
    public let north: Location
    public let south: Location
    public let rival: OrganizationID
    public let elsewhere: Location
    public let http: TestHTTP
    private let people: [String: TestPerson]
    private let tokens = TokenStore()
    private let tasks: TaskStore
    /// What its gateway wrote of the requests it answered.
    public let requests: RequestLines

    public static func open(worker: Bool = false, ambient: Ambient = .system, _ change: (inout Settings) -> Void = { _ in }) async throws
        -> TestClinic
    {
        let template = try await TestTemplate.shared()
        var settings = try await template.clone()
        let root = FileManager.default.temporaryDirectory.path() + "/polyclinic-" + settings.servers.controlDatabase
        for name in ["outbound", "inbound", "files"] {
            try FileManager.default.createDirectory(atPath: root + "/" + name, withIntermediateDirectories: true)
        }
        settings.folders.outbound = root + "/outbound"
        settings.folders.inbound = root + "/inbound"
        settings.folders.files = root + "/files"
        settings.http.port = 0
        settings.http.requestsPerMinute = 100_000_000
        // Suites that wait for each other on a slow machine sign in once; what a step-up is for has tests of its own.
        settings.security.stepUpMinutes = 600
        change(&settings)
        let clinic = try await TestClinic(template, settings, ambient)
        if worker { try clinic.startWorker() }
        return clinic
    }

    private init(_ template: TestTemplate, _ settings: Settings, _ ambient: Ambient) async throws {
        self.settings = settings
        let requests = RequestLines()
        self.requests = requests
        gateway = try GatewayProcess(
            settings,
            ambient: ambient,
            log: AccessLog { requests.append($0) },
            logger: TestTemplate.quiet
        )
        services = try Services(settings, as: .admin, ambient: ambient, logger: TestTemplate.quiet)
        organization = template.organization
        rival = template.rival
        north = try await services.tenancy.location(template.north)
        south = try await services.tenancy.location(template.south)
        elsewhere = try await services.tenancy.location(template.elsewhere)
        people = template.people
        tasks = TaskStore()
        let gateway = gateway
        tasks.add(Task { try await gateway.services.redis.run() })
        tasks.add(Task { try await gateway.server.run() })
        try await eventually("the gateway listens") { gateway.server.port != nil }
        http = TestHTTP(port: gateway.server.port ?? 0)
    }

    /// Another gateway of this clinic, with connections and caches of its own.
    public func anotherGateway() async throws -> TestHTTP {
        let gateway = try GatewayProcess(settings, ambient: .system, log: AccessLog { _ in }, logger: TestTemplate.quiet)
        tasks.add(Task { try await gateway.services.redis.run() })
        tasks.add(
            Task {
                try await gateway.server.run()
                await gateway.services.close()
            }
        )
        try await eventually("the other gateway listens") { gateway.server.port != nil }
        return TestHTTP(port: gateway.server.port ?? 0)
    }

    /// Another worker in this process; several may run side by side, each by a clock of its own. It works until the clinic closes, or its task is
    /// cancelled.
    @discardableResult
    public func startWorker(_ jobSettings: JobWorkerSettings = JobWorkerSettings(), ambient: Ambient = .system) throws -> Task<
        Void, any Error
    > {
        let worker = try WorkerProcess(settings, ambient: ambient, jobSettings: jobSettings, logger: TestTemplate.quiet)
        tasks.add(Task { try await worker.services.redis.run() })
        let working = Task {
            try await worker.jobs.run()
            await worker.services.close()
        }
        tasks.add(working)
        return working
    }

    public func person(_ name: String) throws -> TestPerson {
        guard let person = people[name] else { throw Problem(.failed, "nobody", "Nobody is called \(name).") }
        return person
    }

    /// Signs in once and remembers the token.
    public func token(_ name: String) async throws -> String {
        try await tokens.token(name) { [self] in
            let person = try person(name)
            let answer = try await http.send(
                "POST",
                "/v1/sessions",
                body: [
                    "email": .string(person.email), "password": .string(person.password),
                    "code": .string(person.code(at: services.ambient.now())),
                ]
            )
            guard answer.status < 300, let token = answer.json["token"]?.text else {
                throw Problem(.failed, "sign_in", "\(name) could not sign in: \(answer.status) \(answer.text)")
            }
            return token
        }
    }

    /// A request of somebody; creating ones get a fresh idempotency key.
    @discardableResult
    public func send(
        _ name: String,
        _ method: String,
        _ path: String,
        body: JSON? = nil,
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await http.send(method, path, token: try await token(name), body: body, headers: headers)
    }

    /// The token of a new API key that holds just these permissions.
    public func key(_ scopes: String...) async throws -> String {
        let answer = try await send(
            "owner",
            "POST",
            "/v1/organizations/\(organization)/api-keys",
            body: [
                "name": .string(scopes.joined(separator: " ")), "scopes": .array(scopes.map { .string($0) }),
                "expires_at": .string(services.ambient.now().adding(seconds: 86_400).description),
            ]
        )
        guard let token = answer.json["token"]?.text else { throw Problem(.failed, "key", "No key: \(answer.status) \(answer.text)") }
        return token
    }

    /// The path of a location's collection: `path(north, "patients")`.
    public func path(_ location: Location, _ rest: String) -> String { "/v1/locations/\(location.id)/\(rest)" }

    /// Changes one of the clinic's databases as its owner, from another one: `alter(north.database, "connection limit 0")`.
    public func alter(_ database: String, _ change: String) async throws {
        try await TestTemplate.withMaintenance(settings) { try await $0.script(SQLFile(text: "alter database \(database) \(change)")) }
    }

    /// As the platform's operator does.
    public func suspend(_ location: Location) async throws {
        let owner = try OwnerConnections(settings, logger: TestTemplate.quiet)
        try await owner.provisioner(settings).suspend(location.id)
        await owner.close()
    }

    /// Stops everything. The databases stay until the cluster is thrown away.
    public func close() async {
        await tasks.cancelAll()
        await gateway.services.close()
        await services.close()
    }
}

/// The answers to requests sent at the same moment.
public func atOnce(_ count: Int, _ request: @escaping @Sendable (Int) async throws -> TestAnswer) async throws -> [TestAnswer] {
    try await withThrowingTaskGroup { group in
        for number in 0..<count { group.addTask { try await request(number) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}

/// Waits for a condition, looking again every few milliseconds; throws when it does not come true in time.
public func eventually(_ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws {
    let watch = Stopwatch()
    while try await !condition() {
        guard watch.elapsed < limit else { throw Problem(.failed, "never", "It did not come true in time that \(what).") }
        try await Task.sleep(for: .milliseconds(15))
    }
}
