import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

@Suite("Rules of packs")
struct TypePackRuleTests {
    @Test("what cannot hold is refused when the pack is written, each by its place")
    func refused() async throws {
        let packs = try await PackClinic.shared.value
        let twice = [packs.entry("a", []), packs.entry("a", [("lanes", 2)]), packs.entry("b", [("name", "a"), ("deposit", 100)])]
        let answer = try await packs.clinic.send("owner", "POST", packs.path, body: ["name": "Wrong", "entries": .array(twice)])
        #expect(answer.status == 422)
        let errors = answer.json["errors"]?.items.map { "\($0["pointer"]?.text ?? "") \($0["code"]?.text ?? "")" } ?? []
        #expect(
            errors == [
                "/entries/1/code duplicate", "/entries/1/template/name duplicate", "/entries/1/template/lanes lanes_without_policy",
                "/entries/2/template/name duplicate", "/currency required",
            ]
        )
        let performers: JSON = ["name": "Wrong", "entries": [packs.entry("a", [("performers", [])])]]
        let unknown = try await packs.clinic.send("owner", "POST", packs.path, body: performers)
        #expect(unknown.json["errors"]?.items.compactMap { $0["pointer"]?.text } == ["/entries/0/template/performers"])
        _ = try await packs.pack("Once only", [])
        let again = try await packs.clinic.send("owner", "POST", packs.path, body: ["name": "Once only", "entries": []])
        #expect(again.status == 409 && again.code == "name_taken")
    }

    @Test("a pack is changed in the version it was read in, and only its own organization knows it", .shows("TI-2"))
    func versions() async throws {
        let packs = try await PackClinic.shared.value
        let clinic = packs.clinic
        let pack = try await packs.pack("Versions", [packs.entry("v", [])])
        let place = "\(packs.path)/\(pack.id)"
        #expect(try await clinic.send("owner", "PATCH", place, body: ["name": "Version"]).status == 428)
        let changed = try await clinic.send("owner", "PATCH", place, body: ["name": "Version"], headers: ["If-Match": pack.etag])
        #expect(changed.status == 200 && changed.etag == "\"2\"")
        #expect(try await clinic.send("owner", "PATCH", place, body: ["name": "Other"], headers: ["If-Match": pack.etag]).status == 412)
        let foreign = "/v1/organizations/\(clinic.rival)/appointment-type-packs/\(pack.id)"
        let application = try await packs.start(pack.id, at: [clinic.north])
        let asked: [(String, String, JSON?)] = [
            ("GET", "", nil), ("PATCH", "", ["name": "Stolen"]), ("GET", "/drift", nil), ("GET", "/applications/\(application.id)", nil),
            ("POST", "/applications", ["location_ids": [.string(clinic.elsewhere.id.description)]]),
        ]
        for (method, rest, body) in asked {
            let answer = try await clinic.send("rival", method, foreign + rest, body: body, headers: ["If-Match": "\"2\""])
            #expect(answer.status == 404 && answer.code == "not_found", "\(method) \(rest) answered \(answer.text)")
        }
        #expect(
            try await clinic.send("rival", "GET", "/v1/organizations/\(clinic.rival)/appointment-type-packs").json["items"]?.items.isEmpty
                == true
        )
        let here = try await packs.start(pack.id, at: [clinic.elsewhere])
        #expect(here.json["errors"]?.items.compactMap { $0["code"]?.text } == ["unknown_reference"])
    }

    @Test(
        "who manages one location applies there, sees that location only, and loses it with the right, also for what was begun",
        .shows("AZ-2")
    )
    func people() async throws {
        let packs = PackClinic(try await TestClinic.open())
        let clinic = packs.clinic
        let pack = try await packs.pack("Local", [packs.entry("local", [])])
        let staff = try await clinic.send("owner", "GET", "/v1/organizations/\(clinic.organization)/staff").json["items"]?.items ?? []
        let desk = staff.first { $0["name"] == "north_desk" }?["id"]?.text ?? ""
        let grants = "/v1/organizations/\(clinic.organization)/staff/\(desk)/grants"
        let reason: JSON = ["code": "test", "text": "Because the test says so."]
        let grant: JSON = ["built_in_role": "location_manager", "location_id": .string(clinic.north.id.description)]
        let granted = try await clinic.send("owner", "POST", grants, body: ["grant": grant, "reason": reason])
        try #require(granted.status == 201, "\(granted.text)")
        try await eventually("the grant counts") { try await packs.start(pack.id, at: [clinic.south], by: "north_desk").status != 403 }

        #expect(try await clinic.send("north_desk", "POST", packs.path, body: ["name": "Mine", "entries": []]).status == 403)
        #expect(try await clinic.send("north_desk", "GET", "\(packs.path)/\(pack.id)").status == 200)
        let south = try await packs.start(pack.id, at: [clinic.north, clinic.south], by: "north_desk")
        #expect(south.json["errors"]?.items.compactMap { $0["pointer"]?.text } == ["/location_ids/1"])
        let mine = try await packs.start(pack.id, at: [clinic.north], by: "north_desk")
        #expect(mine.status == 201)
        try await clinic.send("owner", "POST", "\(grants)/\(granted.id)/revocation", body: ["reason": reason])
        let all = try await packs.start(pack.id, at: [clinic.north, clinic.south])
        try clinic.startWorker()

        let parts = try await packs.ended(mine)
        #expect(parts[clinic.north.id]?["state"] == "failed" && parts[clinic.north.id]?["reason"] == "authority_lost")
        #expect(try await packs.ended(all).values.allSatisfy { $0["state"] == "applied" })
        let seen = try await clinic.send("north_desk", "GET", all.headers["location"] ?? "").json["locations"]?.items ?? []
        #expect(seen.compactMap { $0["location_id"]?.text } == [clinic.north.id.description])
        #expect(try await packs.drift(pack.id, by: "north_desk") == [clinic.north.id: []])
        await clinic.close()
    }

    @Test("a job that was killed between the location and control says the same when it is run again, and applies nothing twice")
    func killed() async throws {
        let packs = try await PackClinic.shared.value
        let clinic = packs.clinic
        let path = clinic.path(clinic.north, "appointment-types")
        try await clinic.send("owner", "POST", path, body: ["name": "killed_taken", "minutes": 15])
        let pack = try await packs.pack("Killed", [packs.entry("killed_taken", []), packs.entry("killed", [])])
        let started = try await packs.start(pack.id, at: [clinic.north])
        #expect(try await packs.ended(started)[clinic.north.id]?["refused"]?.items.count == 1)
        let application = try #require(TypePackApplicationID(started.id))
        // As if control's last transaction had never come.
        let job: JobID = try await clinic.services.tenancy.organization(clinic.organization) { tx in
            let row = try await tx.query("select job_id from control.type_pack_part where application_id = \(application)").first
            let job: JobID = try #require(row).value(0)
            tx.enqueue(
                "update control.type_pack_part set applied_at = null, applied_version = null, refused = '[]' where application_id = \(application)"
            )
            tx.enqueue("delete from control.job_receipt where job = \(job)")
            return job
        }
        try await eventually("its first run has ended") {
            try await !clinic.services.tenancy.queueRead(nil, "select 1 from queue.job where id = \(job) and state = 'done'").isEmpty
        }
        try await clinic.services.tenancy.queue(nil) { tx in
            tx.enqueue("update queue.job set state = 'ready', finished_at = null, run_at = now() where id = \(job)")
        }
        let parts = try await packs.ended(started)
        #expect(parts[clinic.north.id]?["state"] == "applied")
        #expect(parts[clinic.north.id]?["refused"]?.items.map { $0["entry"]?.text } == ["killed_taken"])
        #expect(try await packs.types(pack.id, at: clinic.north)["killed"]?["version"]?.integer == 1)
    }

    @Test("the same application at the same moment makes each type once")
    func together() async throws {
        let packs = try await PackClinic.shared.value
        let clinic = packs.clinic
        let pack = try await packs.pack("Together", (1...5).map { packs.entry("together_\($0)", []) })
        let started = try await atOnce(6) { _ in try await packs.start(pack.id, at: [clinic.north, clinic.south]) }
        for one in started { #expect(try await packs.ended(one).values.allSatisfy { $0["state"] == "applied" }) }
        for location in [clinic.north, clinic.south] {
            let types = try await packs.types(pack.id, at: location)
            #expect(types.count == 5 && types.values.allSatisfy { $0["version"]?.integer == 1 })
        }
    }

    @Test("entries pass names on to each other in any order; those that exchange names are refused, and nothing else is")
    func names() throws {
        func entry(_ code: String, _ name: String) -> TypePackEntry {
            TypePackEntry(code: code, template: TypeTemplate(name: name, minutes: 30))
        }
        func pack(_ entries: [TypePackEntry], _ version: Int) -> TypePack {
            TypePack(id: .blank, name: "", entries: entries, version: version, createdAt: .blank, updatedAt: .blank)
        }
        let first = pack([entry("a", "A"), entry("b", "B"), entry("c", "C")], 1)
        let held = first.entries.enumerated().map { index, entry in
            let id = AppointmentTypeID(UUID(high: 0, low: UInt64(index + 1)))
            var type = AppointmentType(entry.template, id: id, at: .blank, by: UUID(high: 0, low: 0))
            type.inherited = Inherited(pack: first.id, entry: entry.code, version: 1, overridable: [])
            return HeldType(type: type, applied: entry.template)
        }
        let same = Inheritance(first, in: .usd, held: held, adopt: false)
        #expect(same.steps.isEmpty && same.refused.isEmpty && same.released.isEmpty)
        let passed = Inheritance(pack([entry("a", "B"), entry("b", "C"), entry("c", "D")], 2), in: .usd, held: held, adopt: false)
        #expect(passed.refused.isEmpty && passed.steps.count == 3)
        let swapped = Inheritance(pack([entry("a", "B"), entry("b", "A"), entry("c", "D")], 2), in: .usd, held: held, adopt: false)
        #expect(swapped.refused.map(\.entry) == ["a", "b"] && swapped.steps.count == 1)
    }
}
