import Assembly
import Tenancy
import TestSupport
import Testing
import Values

/// A clinic whose owner writes packs of appointment types. Each test has packs and names of its own.
struct PackClinic: Sendable {
    let clinic: TestClinic
    let path: String

    static let shared = Task { PackClinic(try await TestClinic.open(worker: true)) }

    init(_ clinic: TestClinic) {
        self.clinic = clinic
        path = "/v1/organizations/\(clinic.organization)/appointment-type-packs"
    }

    func pack(_ name: String, _ entries: [JSON], _ more: [(key: String, value: JSON)] = []) async throws -> TestAnswer {
        let body: JSON = .object([("name", .string(name)), ("entries", .array(entries))] + more)
        let answer = try await clinic.send("owner", "POST", path, body: body)
        try #require(answer.status == 201, "\(answer.text)")
        return answer
    }

    func entry(_ code: String, _ template: [(key: String, value: JSON)], _ overridable: [JSON] = []) -> JSON {
        let name: [(key: String, value: JSON)] = template.contains { $0.key == "name" } ? [] : [("name", .string(code))]
        let minutes: [(key: String, value: JSON)] = template.contains { $0.key == "minutes" } ? [] : [("minutes", 30)]
        return ["code": .string(code), "template": .object(name + minutes + template), "overridable": .array(overridable)]
    }

    /// Changes a pack, whatever its version is.
    func change(_ pack: String, _ body: JSON) async throws {
        let one = try await clinic.send("owner", "GET", "\(path)/\(pack)")
        let answer = try await clinic.send("owner", "PATCH", "\(path)/\(pack)", body: body, headers: ["If-Match": one.etag])
        try #require(answer.status == 200, "\(answer.text)")
    }

    func start(_ pack: String, at locations: [Location], adopt: Bool = false, by name: String = "owner") async throws -> TestAnswer {
        let body: JSON = ["location_ids": .array(locations.map { .string($0.id.description) }), "adopt": .bool(adopt)]
        return try await clinic.send(name, "POST", "\(path)/\(pack)/applications", body: body)
    }

    /// Applies a pack and waits: what became of it, location by location.
    @discardableResult
    func apply(_ pack: String, at locations: [Location], adopt: Bool = false) async throws -> [LocationID: JSON] {
        let started = try await start(pack, at: locations, adopt: adopt)
        try #require(started.status == 201, "\(started.text)")
        return try await ended(started)
    }

    func ended(_ started: TestAnswer) async throws -> [LocationID: JSON] {
        var parts: [JSON] = []
        try await eventually("the pack is applied") {
            let answer = try await clinic.send("owner", "GET", started.headers["location"] ?? "")
            try #require(answer.status == 200, "\(answer.text)")
            parts = answer.json["locations"]?.items ?? []
            return parts.allSatisfy { $0["state"] != "waiting" }
        }
        return Dictionary(parts.compactMap { part in part["location_id"]?.text.flatMap { LocationID($0) }.map { ($0, part) } }) { one, _ in
            one
        }
    }

    /// A location's types of a pack, by entry.
    func types(_ pack: String, at location: Location) async throws -> [String: JSON] {
        let all =
            try await clinic.send("owner", "GET", clinic.path(location, "appointment-types") + "?limit=200").json["items"]?.items ?? []
        let own = all.filter { $0["inherited"]?["pack_id"]?.text == pack }
        return Dictionary(own.map { ($0["inherited"]?["entry"]?.text ?? "", $0) }) { one, _ in one }
    }

    func changeType(_ type: JSON?, at location: Location, _ body: JSON) async throws -> TestAnswer {
        let version = type?["version"]?.integer ?? 0
        let path = clinic.path(location, "appointment-types") + "/" + (type?["id"]?.text ?? "")
        return try await clinic.send("owner", "PATCH", path, body: body, headers: ["If-Match": "\"\(version)\""])
    }

    /// What differs at each location, in words: `check_up differs overridden minutes`.
    func drift(_ pack: String, by name: String = "owner") async throws -> [LocationID: [String]] {
        let answer = try await clinic.send(name, "GET", "\(path)/\(pack)/drift")
        try #require(answer.status == 200, "\(answer.text)")
        var drift: [LocationID: [String]] = [:]
        for item in answer.json["items"]?.items ?? [] {
            let id = try #require(item["location_id"]?.text.flatMap { LocationID($0) })
            drift[id] = (item["types"]?.items ?? []).map { type in
                var words = [type["entry"]?.text ?? "", type["state"]?.text ?? ""]
                for kind in ["overridden", "stale", "unexpected"] {
                    let attributes = type[kind]?.items.compactMap(\.text) ?? []
                    if !attributes.isEmpty { words.append(kind + " " + attributes.joined(separator: ",")) }
                }
                return words.joined(separator: " ")
            }
        }
        return drift
    }
}
