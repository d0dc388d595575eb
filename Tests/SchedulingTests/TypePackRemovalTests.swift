import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("What becomes of types when they or their pack part")
struct TypePackRemovalTests {
    private func leave(_ packs: PackClinic, _ type: JSON?, at location: Location, version: Int? = nil) async throws -> TestAnswer {
        let path = packs.clinic.path(location, "appointment-types") + "/\(type?["id"]?.text ?? "")/inheritance"
        let version = version ?? type?["version"]?.integer ?? 0
        return try await packs.clinic.send("owner", "DELETE", path, headers: ["If-Match": "\"\(version)\""])
    }

    private func one(_ packs: PackClinic, _ type: JSON?, at location: Location) async throws -> JSON {
        let path = packs.clinic.path(location, "appointment-types") + "/\(type?["id"]?.text ?? "")"
        return try await packs.clinic.send("owner", "GET", path).json
    }

    private func remove(_ packs: PackClinic, _ pack: String) async throws -> TestAnswer {
        let one = try await packs.clinic.send("owner", "GET", "\(packs.path)/\(pack)")
        return try await packs.clinic.send("owner", "DELETE", "\(packs.path)/\(pack)", headers: ["If-Match": one.etag])
    }

    @Test("a type that leaves its pack is the location's own: as it is, free to change, missing from the pack's drift")
    func left() async throws {
        let packs = try await PackClinic.shared.value
        let (north, south) = (packs.clinic.north, packs.clinic.south)
        let pack = try await packs.pack("Left", [packs.entry("left", [("fee_code", "99213")])])
        try await packs.apply(pack.id, at: [north, south])
        let type = try await packs.types(pack.id, at: north)["left"]
        #expect(try await packs.changeType(type, at: north, ["minutes": 40]).code == "inherited")
        #expect(try await leave(packs, type, at: north, version: 7).status == 412)
        #expect(try await leave(packs, type, at: north).status == 204)
        let own = try await one(packs, type, at: north)
        #expect(own["inherited"]?.bytes == JSON.null.bytes && own["version"]?.integer == 2)
        #expect(own["name"] == "left" && own["fee_code"] == "99213" && own["minutes"]?.integer == 30)
        #expect(try await leave(packs, own, at: north).status == 404)
        #expect(try await packs.changeType(own, at: north, ["minutes": 40]).status == 200)
        #expect(try await packs.drift(pack.id) == [north.id: ["left missing"], south.id: []])
        let parts = try await packs.apply(pack.id, at: [north, south])
        #expect(parts[north.id]?["refused"]?.items.map { $0["code"]?.text } == ["name_taken"])
        #expect(try await one(packs, type, at: north)["minutes"]?.integer == 40)
        let id = try #require(AppointmentTypeID(type?["id"]?.text ?? ""))
        let entries: Statement = """
            select count(*) from {location}.audit_entry
            where object_id = \(id) and action = 'appointment_type.change' and actor_kind = 'staff' and changed = '{inherited}'
            """
        #expect(try await packs.clinic.services.tenancy.read(north, entries).first?.value(0, as: Int.self) == 1)
    }

    @Test("a removed pack is gone; what locations have from it stays as it is and is theirs")
    func removed() async throws {
        let packs = try await PackClinic.shared.value
        let (north, south) = (packs.clinic.north, packs.clinic.south)
        let pack = try await packs.pack("Removed", [packs.entry("removed", [("fee_code", "99213")], ["minutes"])])
        let application = try await packs.start(pack.id, at: [north, south])
        _ = try await packs.ended(application)
        let types = [try await packs.types(pack.id, at: north)["removed"], try await packs.types(pack.id, at: south)["removed"]]
        #expect(try await packs.changeType(types[0], at: north, ["minutes": 40]).status == 200)
        let stale = try await packs.clinic.send("owner", "DELETE", "\(packs.path)/\(pack.id)", headers: ["If-Match": "\"9\""])
        #expect(stale.status == 412)
        #expect(try await remove(packs, pack.id).status == 204)
        for path in ["\(packs.path)/\(pack.id)", "\(packs.path)/\(pack.id)/drift", application.headers["location"] ?? ""] {
            #expect(try await packs.clinic.send("owner", "GET", path).status == 404, "\(path)")
        }
        #expect(try await packs.start(pack.id, at: [north]).status == 404)
        for (location, type) in zip([north, south], types) {
            try await eventually("the type is the location's own") {
                try await one(packs, type, at: location)["inherited"]?.bytes == JSON.null.bytes
            }
            let own = try await one(packs, type, at: location)
            #expect(own["name"] == "removed" && own["fee_code"] == "99213")
            #expect(own["minutes"]?.integer == (location.id == north.id ? 40 : 30))
            #expect(try await packs.changeType(own, at: location, ["fee_code": "99214"]).status == 200)
        }
        #expect(try await packs.pack("Removed", [packs.entry("removed_again", [])]).status == 201)
    }

    @Test("a pack that is removed while it is applied leaves no type bound to it")
    func race() async throws {
        let packs = try await PackClinic.shared.value
        let places = [packs.clinic.north, packs.clinic.south]
        for round in 0..<4 {
            let pack = try await packs.pack("Racing \(round)", [packs.entry("racing_\(round)", [])])
            _ = try await atOnce(2) { number in
                number == 0 ? try await packs.start(pack.id, at: places) : try await remove(packs, pack.id)
            }
            if try await packs.clinic.send("owner", "GET", "\(packs.path)/\(pack.id)").status == 200 {
                #expect(try await remove(packs, pack.id).status == 204)
            }
            try await eventually("its jobs are over") {
                let statement: Statement = """
                    select 1 from queue.job where state in ('ready', 'running')
                        and kind in ('scheduling.apply_type_pack', 'scheduling.leave_removed_packs')
                    """
                return try await packs.clinic.services.tenancy.queueRead(nil, statement).isEmpty
            }
            for place in places { #expect(try await packs.types(pack.id, at: place).isEmpty, "\(round)") }
        }
    }
}
