import Access
import Assembly
import Logging
import Postgres
import Redis
import Tenancy
import TestSupport
import Testing
import Values

@testable import Web

/// The request path on real databases: once per key, right versions, and nothing for those who may not know.
@Suite("requests on a database", .things, .serialized)
struct DatabaseTests {
    private var http: TestHTTP { get throws { try Things.current.http } }
    private var clinic: TestClinic { get throws { try Things.current.clinic } }

    private func name(_ name: String) -> JSON { .object([("name", .string(name))]) }

    private func count(_ clinic: TestClinic, _ name: String) async throws -> Int {
        try await clinic.services.tenancy.read(clinic.north, "select count(*) from {location}.setting where name = \(name)").first?.value(0)
            ?? 0
    }

    @Test("a repeated creation gets the same answer and makes nothing more", .shows("MC-2"))
    func replay() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        let path = clinic.path(clinic.north, "things")
        let first = try await http.send("POST", path, token: token, body: name("a"), headers: ["Idempotency-Key": "k1"])
        #expect(first.status == 201 && first.etag == "\"1\"" && first.headers["location"] == path + "/" + first.id)
        let again = try await http.send("POST", path, token: token, body: name("a"), headers: ["Idempotency-Key": "k1"])
        #expect(again.status == 201 && again.bytes == first.bytes && again.etag == first.etag)
        #expect(again.headers["location"] == first.headers["location"] && again.headers["idempotent-replayed"] == "true")
        #expect(first.headers["idempotent-replayed"] == nil)
        #expect(try await count(clinic, "a") == 1)
        let other = try await http.send("POST", path, token: token, body: name("b"), headers: ["Idempotency-Key": "k1"])
        #expect(other.status == 422 && other.code == "idempotency_key_reused")
        #expect(try await count(clinic, "b") == 0)
        let manager = try await clinic.token("location_manager")
        #expect(try await http.send("POST", path, token: manager, body: name("c"), headers: ["Idempotency-Key": "k1"]).status == 201)
    }

    @Test("without a usable key nothing is made", arguments: ["", String(repeating: "k", count: 129), "k\u{e9}"])
    func keys(key: String) async throws {
        let (clinic, http) = (try clinic, try http)
        let answer = try await http.send(
            "POST",
            clinic.path(clinic.north, "things"),
            token: try await clinic.token("owner"),
            body: name("nokey"),
            headers: ["Idempotency-Key": key]
        )
        #expect(answer.status == 400 && answer.code == "idempotency_key_required")
        #expect(try await count(clinic, "nokey") == 0)
    }

    @Test("a creation that failed has used its key for nothing")
    func failure() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        let path = clinic.path(clinic.north, "things")
        #expect(try await http.send("POST", path, token: token, body: name("twin")).status == 201)
        let failed = try await http.send("POST", path, token: token, body: name("twin"), headers: ["Idempotency-Key": "k2"])
        #expect(failed.status == 409 && failed.code == "conflict")
        #expect(try await http.send("POST", path, token: token, body: name("single"), headers: ["Idempotency-Key": "k2"]).status == 201)
    }

    @Test("while a creation runs, its repetition is told so")
    func runningAlready() async throws {
        let (clinic, http) = (try clinic, try http)
        let gate = try Things.current.gate
        let token = try await clinic.token("owner")
        let path = clinic.path(clinic.north, "things")
        async let held = http.send("POST", path, token: token, body: name("held"), headers: ["Idempotency-Key": "k3"])
        await gate.arrival()
        let second = try await http.send("POST", path, token: token, body: name("held"), headers: ["Idempotency-Key": "k3"])
        #expect(second.status == 409 && second.code == "request_running" && second.headers["retry-after"] == "1")
        gate.open()
        #expect(try await held.status == 201)
        #expect(try await http.send("POST", path, token: token, body: name("held"), headers: ["Idempotency-Key": "k3"]).status == 201)
        #expect(try await count(clinic, "held") == 1)
    }

    @Test("fifty at once with one key make one thing", .shows("MC-2"))
    func race() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        let path = clinic.path(clinic.north, "things")
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await http.send("POST", path, token: token, body: name("once"), headers: ["Idempotency-Key": "k4"]).status
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses.contains(201) && statuses.allSatisfy { $0 == 201 || $0 == 409 })
        #expect(try await count(clinic, "once") == 1)
    }

    @Test("an organization's creations keep their keys in control, apart from each other", .shows("TI-7"))
    func organization() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        let path = "/v1/organizations/\(clinic.organization)/things"
        let first = try await http.send("POST", path, token: token, body: name("a"), headers: ["Idempotency-Key": "k5"])
        let again = try await http.send("POST", path, token: token, body: name("a"), headers: ["Idempotency-Key": "k5"])
        #expect(first.status == 201 && again.bytes == first.bytes && again.headers["idempotent-replayed"] == "true")
        let rival = try await clinic.token("rival")
        let theirs = try await http.send(
            "POST",
            "/v1/organizations/\(clinic.rival)/things",
            token: rival,
            body: name("z"),
            headers: ["Idempotency-Key": "k5"]
        )
        #expect(theirs.status == 201)
        #expect(try await http.send("POST", path, token: rival, body: name("a"), headers: ["Idempotency-Key": "k5"]).status == 404)
    }

    @Test("a change names the version it changes, and the newest wins only once", .shows("MC-8"))
    func versions() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        let made = try await http.send("POST", clinic.path(clinic.north, "things"), token: token, body: name("v"))
        let path = clinic.path(clinic.north, "things/" + made.id)
        #expect(try await http.send("PATCH", path, token: token, body: name("w")).status == 428)
        #expect(try await http.send("PATCH", path, token: token, body: name("w"), headers: ["If-Match": "*"]).status == 428)
        for broken in ["1", "\"", "\"1\", \"2\"", "W/1"] {
            #expect(try await http.send("PATCH", path, token: token, body: name("w"), headers: ["If-Match": broken]).status == 400)
        }
        for stale in ["\"2\"", "W/\"1\"", "\"x\"", "\"\"", "\"99999999999999999999\""] {
            #expect(try await http.send("PATCH", path, token: token, body: name("w"), headers: ["If-Match": stale]).status == 412)
        }
        let changed = try await http.send("PATCH", path, token: token, body: name("w"), headers: ["If-Match": made.etag])
        #expect(changed.status == 200 && changed.etag == "\"2\"")
        #expect(try await http.send("PATCH", path, token: token, body: name("x"), headers: ["If-Match": made.etag]).status == 412)
        #expect(try await http.send("DELETE", path, token: token).status == 204)
    }

    @Test("what is already known is neither shown nor recorded")
    func notModified() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        let made = try await http.send("POST", clinic.path(clinic.north, "things"), token: token, body: name("seen"))
        let path = clinic.path(clinic.north, "things/" + made.id)
        #expect(try await http.send("GET", path, token: token).etag == "\"1\"")
        #expect(try await http.send("GET", path, token: token, headers: ["If-None-Match": "\"1\""]).status == 304)
        try await clinic.services.access.seal(.location(clinic.north))
        let acts: Int =
            try await clinic.services.tenancy.read(
                clinic.north,
                "select count(*) from {location}.audit_entry where action = 'thing.read'"
            ).first?.value(0) ?? -1
        #expect(acts == 1)
    }

    @Test("another's location, a location of no rights and no location are told apart by nobody", .shows("TI-1"))
    func foreign() async throws {
        let (clinic, http) = (try clinic, try http)
        let owner = try await clinic.token("owner")
        let desk = try await clinic.token("north_desk")
        let nobody = LocationID(UUID(high: 1, low: 2))
        func told(_ answer: TestAnswer) -> String { "\(answer.status) \(answer.code ?? "") \(answer.json["detail"]?.text ?? "")" }
        let unknown = told(try await http.send("GET", "/v1/locations/\(nobody)/things", token: owner))
        #expect(unknown.hasPrefix("404 not_found"))
        #expect(told(try await http.send("GET", clinic.path(clinic.elsewhere, "things"), token: owner)) == unknown)
        #expect(told(try await http.send("GET", "/v1/locations/not-an-id/things", token: owner)) == unknown)
        #expect(told(try await http.send("GET", clinic.path(clinic.south, "things"), token: desk)) == unknown)
        #expect(told(try await http.send("GET", clinic.path(clinic.north, "things/\(nobody)"), token: owner)) == unknown)
    }

    @Test("who lacks the permission is told which, and their organization's trail says so", .shows("AP-2"))
    func refused() async throws {
        let (clinic, http) = (try clinic, try http)
        let desk = try await clinic.token("north_desk")
        let answer = try await http.send("POST", clinic.path(clinic.north, "things"), token: desk, body: name("no"))
        #expect(answer.status == 403 && answer.code == "permission_denied" && answer.text.contains("settings.manage"))
        #expect(try await count(clinic, "no") == 0)
        let acts: Int =
            try await clinic.services.tenancy.organizationRead(
                clinic.organization,
                "select count(*) from control.audit_entry where action = 'access.refused'"
            ).first?.value(0) ?? 0
        #expect(acts == 1)
    }

    @Test("a list is followed to its end by its cursors, and one from another location does not open")
    func paging() async throws {
        let (clinic, http) = (try clinic, try http)
        let token = try await clinic.token("owner")
        for number in 10..<17 {
            #expect(try await http.send("POST", clinic.path(clinic.north, "things"), token: token, body: name("n\(number)")).status == 201)
        }
        var names: [String] = []
        var query = "?limit=3"
        while true {
            let answer = try await http.send("GET", clinic.path(clinic.north, "things") + query, token: token)
            guard case .array(let items)? = answer.json["items"] else { break }
            names += items.compactMap { $0["name"]?.text }
            guard let cursor = answer.json["next_cursor"]?.text else { break }
            let foreign = try await http.send("GET", clinic.path(clinic.south, "things") + "?limit=3&cursor=" + cursor, token: token)
            #expect(foreign.status == 400 && foreign.code == "invalid_cursor")
            query = "?limit=3&cursor=" + cursor
        }
        #expect(names.filter { $0.hasPrefix("n1") } == (10..<17).map { "n\($0)" })
    }

    @Test("gateways lease from one bucket: together they allow no more than the rate and their first own tokens", .shows("RS-4"))
    func traffic() async throws {
        let redis = try Things.current.clinic.gateway.services.redis
        try await redis.waitUntilReady(within: .seconds(5))
        let rate = Rate(perSecond: 0.001, burst: 100)
        let location = Ambient.system.id(LocationID.self)
        // Leases of 1, a share of 5 tokens each.
        let gateways = (0..<2).map { _ in LocationTraffic(rate: rate, share: 0.05, redis: redis) }
        var allowed = 0
        for round in 0..<400 where gateways[round % 2].refusal(location, at: .now) == nil {
            allowed += 1
            await Task.yield()
        }
        try await eventually("the leases have come") {
            for gateway in gateways where gateway.refusal(location, at: .now) == nil { allowed += 1 }
            return gateways.allSatisfy { $0.refusal(location, at: .now) != nil } && allowed >= 100
        }
        #expect((100...112).contains(allowed))
        let other = Ambient.system.id(LocationID.self)
        #expect(gateways.allSatisfy { $0.refusal(other, at: .now) == nil })
    }
}
