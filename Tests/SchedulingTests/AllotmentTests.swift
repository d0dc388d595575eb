import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Resources that locations share")
struct AllotmentTests {
    @Test("a location books a shared resource only inside its own allotment, buffers included")
    func inside() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(40)
        let laser = try await clinic.send(
            "location_manager",
            "POST",
            clinic.path(clinic.north, "resources"),
            body: ["kind": "device", "name": "Laser", "shared": true]
        )
        let same = try await clinic.send(
            "location_manager",
            "POST",
            clinic.path(clinic.south, "resources"),
            body: ["kind": "device", "name": "Laser", "shared": true, "id": .string(laser.id)]
        )
        #expect(same.status == 201, "\(same.text)")
        try await allot(laser.id, to: clinic.north, day, "08:00", "12:00", clinic)
        try await allot(laser.id, to: clinic.south, day, "12:00", "18:00", clinic)
        let use: [(key: String, value: JSON)] = [("resource_ids", [.string(laser.id)])]
        _ = try await practice.booked(day, "11:30", use)
        let outside = try await practice.book(
            day,
            "11:45",
            use + [("provider_id", .string(practice.colleague)), ("patient_id", .string(practice.patients[1]))]
        )
        #expect(outside.code == "slot_taken")
        let later = try await practice.book(day, "12:00", use)
        #expect(later.status == 409)
        #expect(later.code == "outside_allotment")
        #expect(later.json["resource_id"]?.text == laser.id)
        #expect(later.json["allotments"]?.items.count == 1)
    }

    @Test("while a resource is divided no location says that it is not shared")
    func unshared() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(41)
        func make(_ path: String, _ body: [(key: String, value: JSON)]) async throws -> String {
            let first = try await practice.make(path, .object(body + [("shared", true)]))
            let second = try await clinic.send(
                "location_manager",
                "POST",
                clinic.path(clinic.south, path),
                body: .object(body + [("shared", true), ("id", .string(first.id))])
            )
            #expect(second.status == 201, "\(second.text)")
            return first.id
        }
        func unshare(_ path: String, _ id: String) async throws -> TestAnswer {
            let path = clinic.path(clinic.south, "\(path)/\(id)")
            return try await clinic.send("location_manager", "PATCH", path, body: ["shared": false], headers: ["If-Match": "\"1\""])
        }
        let names: [(key: String, value: JSON)] = [("given_name", "Ada"), ("family_name", "Both")]
        let things = [
            ("resources", try await make("resources", [("kind", "device"), ("name", "Divided")])),
            ("providers", try await make("providers", names)),
        ]
        for (path, id) in things {
            // It is north's alone, so nothing is south's.
            try await allot(id, to: clinic.north, day, "08:00", "12:00", clinic)
            let refused = try await unshare(path, id)
            #expect(refused.status == 409 && refused.code == "allotted", "\(refused.text)")
            let resource = try #require(ResourceID(id))
            _ = try await clinic.services.tenancy.organization(clinic.organization) { tx in
                try await tx.query("delete from control.allotment where resource = \(resource)")
            }
            #expect(try await unshare(path, id).status == 200)
        }
    }

    @Test("an opening across two allotments that touch is offered and can be booked")
    func touching() async throws {
        let practice = try await Practice.shared.value
        let clinic = practice.clinic
        let day = Practice.day(42)
        let provider = try await practice.make("providers", ["given_name": "Ada", "family_name": "Touching", "shared": true]).id
        try await allot(provider, to: clinic.north, day, "09:00", "10:00", clinic)
        try await allot(provider, to: clinic.north, day, "10:00", "11:00", clinic)
        let type = try await practice.newType("Touching", [("performers", [.string(provider)])])
        let openings = try await practice.openings(["type_id": .string(type), "from_day": .string(day.description), "order": "earliest"])
        let starts = openings.json["items"]?.items.compactMap { $0["starts_at"]?.text }
        #expect(
            starts == ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30"].map { practice.moment(day, $0) },
            "\(openings.text)"
        )
        let across = try await practice.book(day, "09:45", [("type_id", .string(type)), ("provider_id", .string(provider))])
        #expect(across.status == 201, "\(across.text)")
    }

    private func allot(_ resource: String, to location: Location, _ day: Day, _ from: String, _ until: String, _ clinic: TestClinic)
        async throws
    {
        let rules = location.rules
        let start = rules.first(day, try #require(TimeOfDay(from)))
        let end = rules.first(day, try #require(TimeOfDay(until)))
        let span = try #require(InstantRange(start, end))
        let id = clinic.services.ambient.id(ID<Entity.Allotment>.self)
        let shared = try #require(ResourceID(resource))
        let now = clinic.services.ambient.now()
        _ = try await clinic.services.tenancy.organization(clinic.organization) { tx in
            try await tx.query(
                """
                insert into control.allotment (id, organization_id, resource, span, location_id, created_at, created_by)
                values (\(id), \(clinic.organization), \(shared), \(span), \(location.id), \(now), \(id.uuid))
                """
            )
        }
    }
}
