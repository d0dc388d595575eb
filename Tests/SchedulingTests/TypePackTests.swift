import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Packs of appointment types")
struct TypePackTests {
    @Test("a pack makes the same types at two locations in two databases; applied again it changes nothing")
    func applied() async throws {
        let packs = try await PackClinic.shared.value
        let (north, south) = (packs.clinic.north, packs.clinic.south)
        #expect(north.database != south.database)
        let template: [(key: String, value: JSON)] = [
            ("name", "Long visit"), ("minutes", 45), ("buffer_after", 5), ("needs", ["provider", "room"]), ("fee_code", "99214"),
            ("lead_minutes", 60), ("horizon_days", 90), ("online", true), ("patients", "new"), ("colour", "#00AA00"), ("deposit", 2500),
            ("preparation", "Bring your card."), ("forms", ["history"]), ("double_booking", "lanes"), ("lanes", 2), ("seats", 1),
            ("buffer_before", 10),
        ]
        let pack = try await packs.pack("Twice", [packs.entry("long", template, ["minutes"])], [("currency", "USD")])
        let parts = try await packs.apply(pack.id, at: [north, south])
        #expect(parts.count == 2 && parts.values.allSatisfy { $0["state"] == "applied" && $0["applied_version"]?.integer == 1 })
        for location in [north, south] {
            let type = try await packs.types(pack.id, at: location)["long"]
            for (key, value) in template { #expect(type?[key]?.bytes == value.bytes, "\(key)") }
            #expect(type?["inherited"]?["overridable"]?.items.compactMap(\.text) == ["minutes"])
            #expect(type?["version"]?.integer == 1)
        }
        try await packs.apply(pack.id, at: [north, south])
        for location in [north, south] {
            #expect(try await packs.types(pack.id, at: location)["long"]?["version"]?.integer == 1)
        }
        let drift = try await packs.drift(pack.id)
        #expect(drift == [north.id: [], south.id: []])
    }

    @Test("what the pack does not leave to the location is refused there by name; an override survives until the pack forbids it")
    func overrides() async throws {
        let packs = try await PackClinic.shared.value
        let (north, south) = (packs.clinic.north, packs.clinic.south)
        let pack = try await packs.pack("Overrides", [packs.entry("visit", [("fee_code", "99213")], ["minutes", "colour"])])
        try await packs.apply(pack.id, at: [north, south])
        var type = try await packs.types(pack.id, at: north)["visit"]
        let refused = try await packs.changeType(type, at: north, ["fee_code": "99214", "minutes": 45, "name": "Ours"])
        #expect(refused.status == 409 && refused.code == "inherited")
        #expect(refused.json["errors"]?.items.compactMap { $0["pointer"]?.text } == ["/name", "/fee_code"])
        // What does not change anything, and what is the location's own, is no override.
        let changed = try await packs.changeType(type, at: north, ["minutes": 45, "fee_code": "99213", "active": true, "performers": []])
        #expect(changed.status == 200, "\(changed.text)")

        try await packs.change(
            pack.id,
            ["entries": [packs.entry("visit", [("fee_code", "99215"), ("minutes", 20)], ["minutes", "colour"])]]
        )
        try await packs.apply(pack.id, at: [north, south])
        type = try await packs.types(pack.id, at: north)["visit"]
        #expect(type?["minutes"]?.integer == 45 && type?["fee_code"] == "99215" && type?["inherited"]?["version"]?.integer == 2)
        #expect(try await packs.types(pack.id, at: south)["visit"]?["minutes"]?.integer == 20)

        try await packs.change(pack.id, ["entries": [packs.entry("visit", [("fee_code", "99215"), ("minutes", 20)])]])
        try await packs.apply(pack.id, at: [north, south])
        #expect(try await packs.types(pack.id, at: north)["visit"]?["minutes"]?.integer == 20)
    }

    @Test("a location's own type keeps its name, and its entry is refused there; when the pack adopts it, what may differ stays")
    func adopted() async throws {
        let packs = try await PackClinic.shared.value
        let (north, south) = (packs.clinic.north, packs.clinic.south)
        let path = packs.clinic.path(north, "appointment-types")
        let own = try await packs.clinic.send(
            "owner",
            "POST",
            path,
            body: ["name": "Adopted", "minutes": 50, "colour": "#123456", "lanes": 1]
        )
        let entries = [packs.entry("adopted", [("name", "Adopted"), ("colour", "#ABCDEF")], ["minutes"]), packs.entry("other", [])]
        let pack = try await packs.pack("Adopting", entries)
        var parts = try await packs.apply(pack.id, at: [north, south])
        #expect(parts[north.id]?["refused"]?.items.map { $0["entry"]?.text } == ["adopted"])
        #expect(parts[north.id]?["refused"]?.items.map { $0["code"]?.text } == ["name_taken"])
        #expect(parts[south.id]?["refused"]?.items.isEmpty == true)
        #expect(try await packs.types(pack.id, at: north).keys.sorted() == ["other"])
        #expect(try await packs.drift(pack.id)[north.id] == ["adopted missing"])

        parts = try await packs.apply(pack.id, at: [north, south], adopt: true)
        #expect(parts[north.id]?["refused"]?.items.isEmpty == true)
        let type = try await packs.types(pack.id, at: north)["adopted"]
        #expect(type?["id"]?.text == own.id && type?["minutes"]?.integer == 50 && type?["colour"] == "#ABCDEF")
        let drift = try await packs.drift(pack.id)
        #expect(drift == [north.id: ["adopted differs overridden minutes"], south.id: []])
    }

    @Test("an override that contradicts the pack's new policies keeps the whole type as it was, and says why")
    func contradiction() async throws {
        let packs = try await PackClinic.shared.value
        let north = packs.clinic.north
        let lanes: [(key: String, value: JSON)] = [("double_booking", "lanes"), ("lanes", 2)]
        let pack = try await packs.pack("Contradicting", [packs.entry("lanes", lanes, ["lanes"])])
        try await packs.apply(pack.id, at: [north])
        let type = try await packs.types(pack.id, at: north)["lanes"]
        #expect(try await packs.changeType(type, at: north, ["lanes": 5]).status == 200)
        try await packs.change(pack.id, ["entries": [packs.entry("lanes", [("minutes", 20)], ["lanes"])]])
        let parts = try await packs.apply(pack.id, at: [north])
        #expect(parts[north.id]?["refused"]?.items.map { $0["code"]?.text } == ["lanes_without_policy"])
        let after = try await packs.types(pack.id, at: north)["lanes"]
        #expect(after?["minutes"]?.integer == 30 && after?["lanes"]?.integer == 5 && after?["double_booking"] == "lanes")
        #expect(try await packs.drift(pack.id)[north.id] == ["lanes differs overridden lanes stale minutes,double_booking"])
    }

    @Test("an entry that leaves the pack leaves its types to the locations")
    func released() async throws {
        let packs = try await PackClinic.shared.value
        let north = packs.clinic.north
        let pack = try await packs.pack("Leaving", [packs.entry("stays", []), packs.entry("goes", [])])
        try await packs.apply(pack.id, at: [north])
        let type = try await packs.types(pack.id, at: north)["goes"]
        #expect(try await packs.changeType(type, at: north, ["minutes": 40]).code == "inherited")
        try await packs.change(pack.id, ["entries": [packs.entry("stays", [])]])
        #expect(try await packs.drift(pack.id)[north.id] == ["goes removed"])
        try await packs.apply(pack.id, at: [north])
        #expect(try await packs.types(pack.id, at: north).keys.sorted() == ["stays"])
        let one = try await packs.clinic.send(
            "owner",
            "GET",
            packs.clinic.path(north, "appointment-types") + "/" + (type?["id"]?.text ?? "")
        )
        #expect(one.json["name"] == "goes" && one.json["inherited"]?.bytes == JSON.null.bytes)
        #expect(try await packs.changeType(one.json, at: north, ["minutes": 40]).status == 200)
        #expect(try await packs.drift(pack.id)[north.id] == [])
    }

    @Test("an entry in another one's place takes over the type that goes free, or is refused and said to be")
    func replaced() async throws {
        let packs = try await PackClinic.shared.value
        let north = packs.clinic.north
        func entry(_ code: String, _ minutes: Int) -> JSON { packs.entry(code, [("name", "Replaced"), ("minutes", .integer(minutes))]) }
        let pack = try await packs.pack("Replacing", [entry("first", 30)])
        try await packs.apply(pack.id, at: [north])
        let type = try await packs.types(pack.id, at: north)["first"]
        try await packs.change(pack.id, ["entries": [entry("second", 45)]])
        var parts = try await packs.apply(pack.id, at: [north], adopt: true)
        #expect(parts[north.id]?["refused"]?.items.isEmpty == true)
        let after = try await packs.types(pack.id, at: north)
        #expect(after.keys.sorted() == ["second"])
        #expect(after["second"]?["id"]?.text == type?["id"]?.text && after["second"]?["minutes"]?.integer == 45)
        #expect(try await packs.drift(pack.id)[north.id] == [])

        try await packs.change(pack.id, ["entries": [entry("third", 60)]])
        parts = try await packs.apply(pack.id, at: [north])
        #expect(parts[north.id]?["refused"]?.items.map { $0["code"]?.text } == ["name_taken"])
        #expect(try await packs.types(pack.id, at: north).isEmpty)
        #expect(try await packs.drift(pack.id)[north.id] == ["third missing"])
    }

    @Test("a location whose database is down is said to be unavailable, and the drift of the others is shown")
    func down() async throws {
        let packs = PackClinic(try await TestClinic.open(worker: true))
        let (clinic, north, south) = (packs.clinic, packs.clinic.north, packs.clinic.south)
        let pack = try await packs.pack("Half", [packs.entry("visit", [], ["minutes"])])
        try await packs.apply(pack.id, at: [north, south])
        let type = try await packs.types(pack.id, at: north)["visit"]
        #expect(try await packs.changeType(type, at: north, ["minutes": 40]).status == 200)
        let token = try await clinic.token("owner")
        try await clinic.alter(south.database, "connection limit 0")
        // One that has no connection yet.
        let gateway = try await clinic.anotherGateway()
        let answer = try await gateway.send("GET", "\(packs.path)/\(pack.id)/drift", token: token)
        #expect(answer.status == 200, "\(answer.text)")
        let items = answer.json["items"]?.items ?? []
        #expect(items.count == 2)
        for item in items {
            let isNorth = item["location_id"]?.text == north.id.description
            #expect(item["available"] == .bool(isNorth) && item["types"]?.items.count == (isNorth ? 1 : 0), "\(answer.text)")
        }
        await clinic.close()
    }

    @Test("drift lists exactly what differs: overrides, what an older version said, and what nobody allowed, apart")
    func drift() async throws {
        let packs = try await PackClinic.shared.value
        let (north, south) = (packs.clinic.north, packs.clinic.south)
        let entries = ["quiet", "varied", "bent"].map { packs.entry("drift_" + $0, [], ["minutes"]) }
        let pack = try await packs.pack("Drifting", entries)
        try await packs.apply(pack.id, at: [north, south])
        #expect(try await packs.drift(pack.id) == [north.id: [], south.id: []])

        let varied = try await packs.types(pack.id, at: north)["drift_varied"]
        #expect(try await packs.changeType(varied, at: north, ["minutes": 35]).status == 200)
        try await packs.clinic.services.tenancy.transaction(south) { tx in
            tx.enqueue("update {location}.appointment_type set fee_code = '11111', seats = 3 where name = 'drift_bent'")
        }
        var drift = try await packs.drift(pack.id)
        #expect(drift[north.id] == ["drift_varied differs overridden minutes"])
        #expect(drift[south.id] == ["drift_bent differs unexpected fee_code,seats"])

        let colour: [(key: String, value: JSON)] = [("colour", "#FF0000")]
        try await packs.change(
            pack.id,
            [
                "entries": .array([
                    packs.entry("drift_quiet", []), packs.entry("drift_varied", colour, ["minutes"]), entries[2],
                    packs.entry("drift_new", []),
                ])
            ]
        )
        drift = try await packs.drift(pack.id)
        #expect(drift[north.id] == ["drift_varied differs overridden minutes stale colour", "drift_new missing"])
        #expect(
            drift[south.id] == ["drift_varied differs stale colour", "drift_bent differs unexpected fee_code,seats", "drift_new missing"]
        )

        try await packs.apply(pack.id, at: [north, south])
        drift = try await packs.drift(pack.id)
        #expect(drift == [north.id: ["drift_varied differs overridden minutes"], south.id: []])
    }

    @Test("a deposit in another currency than the location's stays the location's own")
    func currencies() async throws {
        let packs = try await PackClinic.shared.value
        let north = packs.clinic.north
        let pack = try await packs.pack("Foreign money", [packs.entry("deposit", [("deposit", 5000)])], [("currency", "EUR")])
        try await packs.apply(pack.id, at: [north])
        let type = try await packs.types(pack.id, at: north)["deposit"]
        #expect(type?["deposit"]?.bytes == JSON.null.bytes)
        #expect(try await packs.changeType(type, at: north, ["deposit": 6000]).status == 200)
        try await packs.apply(pack.id, at: [north])
        #expect(try await packs.types(pack.id, at: north)["deposit"]?["deposit"]?.integer == 6000)
        #expect(try await packs.drift(pack.id)[north.id] == [])
    }
}
