import Access
import Assembly
import Jobs
import Logging
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Web

/// A small slice on the settings table of a location: something to make, read, change and remove.
struct ThingAPI: Sendable {
    struct Thing: Sendable, Versioned {
        var id = ID<Thing>.blank
        var name = ""
        var version = 1

        static let shape = Shape("Thing", Thing()) {
            Field("id", \.id, .id())
            Field("name", \.name, .text(1...50))
            Field("version", \.version, .int(1...1_000_000))
        }
    }

    struct Body: Sendable {
        var name = ""
        static let shape = Shape("ThingBody", Body()) { Field("name", \.name, .text(1...50), example: "one") }
    }

    /// Holds whoever makes a thing called `held`, inside the transaction.
    let gate: Gate
    private static let path: StaticString = "/v1/locations/{location}/things/{thing}"

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/things",
                "Makes a thing",
                .permission(.settingsManage),
                body: Body.shape,
                answer: Thing.shape,
                place: { $0.id.description }
            ) { [gate] _, work, body in
                let thing = Thing(id: work.id(), name: body.name)
                try await work.query(
                    """
                    insert into {location}.setting (id, name, value, created_at, created_by, updated_at, updated_by)
                    values (\(thing.id), \(thing.name), '{}', \(work.now), \(work.caller.actor.id), \(work.now), \(work.caller.actor.id))
                    """
                )
                if body.name == "held" { await gate.pass() }
                work.audit(Act("thing.made", "setting", thing.id))
                return thing
            },
            .createInOrganization(
                "/v1/organizations/{organization}/things",
                "Makes a thing of the organization",
                .permission(.organizationsManage),
                body: Body.shape,
                answer: Thing.shape
            ) { _, work, body in
                let thing = Thing(id: work.id(), name: body.name)
                work.audit(Act("thing.made", "setting", thing.id))
                return thing
            },
            .get(
                ThingAPI.path,
                "Shows a thing",
                .permission(.settingsRead),
                answer: Thing.shape,
                version: { call in
                    let id = try call.path.id("thing", ID<Thing>.self)
                    return try await call.tenancy.read(try call.location, "select version from {location}.setting where id = \(id)").first?
                        .value(0)
                }
            ) { call in
                let id = try call.path.id("thing", ID<Thing>.self)
                let rows = try await call.read(
                    "select id, name, version from {location}.setting where id = \(id)",
                    ReadAct("thing.read", "setting")
                )
                guard let row = rows.first else { throw Problem.notFound }
                return try ThingAPI.thing(row)
            },
            .list("/v1/locations/{location}/things", "Lists things", .permission(.settingsRead), item: Thing.shape) { call, page in
                var select: Statement = "select id, name, version from {location}.setting where true"
                if let after = page.after { select += " and name > \(try after.text(0))" }
                select += " order by name limit \(page.fetch)"
                return page.page(try await call.read(select, ReadAct("thing.list", "setting")).map(ThingAPI.thing)) { [.text($0.name)] }
            },
            .change(ThingAPI.path, "Renames a thing", .permission(.settingsManage), body: Body.shape, answer: Thing.shape) {
                call,
                work,
                body in
                let id = try call.path.id("thing", ID<Thing>.self)
                let rows = try await work.query(
                    """
                    update {location}.setting set name = \(body.name), version = version + 1, updated_at = \(work.now)
                    where id = \(id) and version = \(work.expectedVersion) returning id, name, version
                    """
                )
                guard let row = rows.first else { throw Problem(.stale, "stale", "It has changed since. Read it again.") }
                return try ThingAPI.thing(row)
            },
            .get("/v1/progress", "Shows how far something is", .signedIn, answer: Body.shape) { _ in Body(name: "half") }.polled(),
            .get("/v1/looked-at", "Shows something to somebody", .signedIn, answer: Body.shape) { _ in Body(name: "all") },
            .remove(ThingAPI.path, "Removes a thing", .permission(.settingsManage), version: .optional) { call, work in
                let id = try call.path.id("thing", ID<Thing>.self)
                try await work.query("update {location}.setting set name = \("gone \(id)") where id = \(id)")
            },
        ]
    }

    static func thing(_ row: Row) throws -> Thing {
        let (id, name, version) = try row.decode((ID<Thing>, String, Int).self)
        return Thing(id: id, name: name, version: version)
    }
}

/// A clinic with a server for the things' routes beside its gateway.
struct Things: Sendable {
    let clinic: TestClinic
    let http: TestHTTP
    let gate: Gate

    @TaskLocal static var shared: Things?

    static var current: Things { get throws { try #require(shared) } }

    static func running(_ body: @concurrent @Sendable () async throws -> Void) async throws {
        let clinic = try await TestClinic.open()
        let services = clinic.gateway.services
        let gate = Gate()
        var settings = WebSettings()
        settings.port = 0
        settings.callerRate = Rate(perSecond: 1e6, burst: 1_000_000)
        let server = try WebServer(
            routes: ThingAPI(gate: gate).routes,
            settings: settings,
            access: services.access,
            tenancy: services.tenancy,
            redis: services.redis,
            keys: services.keys,
            wake: services.wake,
            metrics: Metrics(),
            dependencies: [],
            log: AccessLog { _ in },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let serving = Task { try await server.run() }
        let things = Things(clinic: clinic, http: TestHTTP(port: await server.listening()), gate: gate)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await $shared.withValue(things) { try await body() })
        } catch {
            outcome = .failure(error)
        }
        serving.cancel()
        _ = try? await serving.value  // how a cancelled server ends does not matter
        await clinic.close()
        try outcome.get()
    }
}

struct ThingsTrait: SuiteTrait, TestScoping {
    func provideScope(for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void)
        async throws
    {
        try await Things.running(function)
    }
}

extension Trait where Self == ThingsTrait {
    static var things: ThingsTrait { ThingsTrait() }
}
