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
