import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Openings at any location")
struct OpeningsAnywhereTests {
    /// A clinic of its own: two locations with a type of one name and one provider each.
    private struct Sites {
        let clinic: TestClinic
        let day = Practice.day(10)
        var types: [LocationID: String] = [:]

        init() async throws {
            clinic = try await TestClinic.open()
            for (location, name, hours) in [(clinic.north, "Check-up", ("10:00", "11:00")), (clinic.south, "CHECK-UP", ("09:00", "10:00"))]
            {
                let provider = try await make(location, "providers", ["given_name": "Grace", "family_name": .string("Okafor")])
                types[location.id] = try await make(location, "appointment-types", ["name": .string(name), "minutes": 30])
                _ = try await make(
                    location,
                    "weekly-hours",
                    [
                        "resource_id": .string(provider), "weekday": .integer(day.weekday), "from": .string(hours.0),
                        "until": .string(hours.1), "from_day": .string(day.description), "through_day": .string(day.description),
                    ]
                )
            }
        }

        private func make(_ location: Location, _ path: String, _ body: JSON) async throws -> String {
            let answer = try await clinic.send("owner", "POST", clinic.path(location, path), body: body)
            try #require(answer.status == 201, "\(path): \(answer.text)")
            return answer.id
        }

        func ask(_ more: [(key: String, value: JSON)], by name: String = "owner") async throws -> TestAnswer {
            try await clinic.send(
                name,
                "POST",
                "/v1/organizations/\(clinic.organization)/openings",
                body: .object([("from_day", .string(day.description)), ("step", 30), ("order", "earliest")] + more)
            )
        }

        func searches(_ location: Location) async throws -> Int {
            let select: Statement = "select count(*) from {location}.audit_entry where action = 'openings.find'"
            return try await clinic.services.tenancy.read(location, select).first?.value(0, as: Int.self) ?? 0
        }
    }

    @Test("a type is looked for by its name at every location, the best of all come first, and each search is in its location's trail")
    func everywhere() async throws {
        let sites = try await Sites()
        let (north, south) = (sites.clinic.north, sites.clinic.south)
        let answer = try await sites.ask([("type_name", "check-up")])
        #expect(answer.status == 200, "\(answer.text)")
        let items = answer.json["items"]?.items ?? []
        let moments = { (location: Location, times: [String]) in times.map { location.rules.first(sites.day, TimeOfDay($0) ?? .midnight) } }
        let expected = (moments(south, ["09:00", "09:30"]).map { ($0, south) } + moments(north, ["10:00", "10:30"]).map { ($0, north) })
            .sorted { $0.0 < $1.0 }
        #expect(items.map { $0["opening"]?["starts_at"]?.text } == expected.map { $0.0.description }, "\(answer.text)")
        #expect(items.map { $0["location_id"]?.text } == expected.map { $0.1.id.description })
        #expect(items.map { $0["location_name"]?.text } == expected.map { $0.1.name })
        #expect(items.allSatisfy { item in sites.types.values.contains { $0 == item["type_id"]?.text } })
        #expect(answer.json["total"]?.integer == 4 && answer.json["unavailable"]?.items.isEmpty == true)
        #expect(try await sites.searches(north) == 1)
        #expect(try await sites.searches(south) == 1)
        let few = try await sites.ask([("type_name", "Check-up"), ("limit", 1)])
        #expect(few.json["items"]?.items.count == 1 && few.json["total"]?.integer == 4)
        let named = try await sites.ask([
            (
                "types",
                [
                    [
                        "location_id": .string(south.id.description),
                        "type_id": .string(sites.types[south.id] ?? ""),
                    ]
                ]
            )
        ])
        #expect(named.json["total"]?.integer == 2, "\(named.text)")
        await sites.clinic.close()
    }

    @Test("whoever works at one location learns nothing of the other: not its openings, their number, its types, nor that it is there")
    func unseen() async throws {
        let sites = try await Sites()
        let clinic = sites.clinic
        let (north, south) = (clinic.north, clinic.south)
        let seen = try await sites.ask([("type_name", "Check-up")], by: "north_desk")
        #expect(seen.status == 200, "\(seen.text)")
        #expect(seen.json["total"]?.integer == 2)
        #expect(seen.json["items"]?.items.allSatisfy { $0["location_id"]?.text == north.id.description } == true)
        #expect(!seen.text.contains(south.id.description) && !seen.text.contains(south.name))
        #expect(try await sites.searches(south) == 0)
        // Its id is answered as one that never was; a name that only it has is none.
        let never = clinic.services.ambient.id(LocationID.self).description
        for members in [
            { (id: String) in [(key: "type_name", value: JSON.string("Check-up")), (key: "location_ids", value: JSON.array([.string(id)]))]
            },
            { (id: String) in
                [(key: "types", value: JSON.array([["location_id": .string(id), "type_id": .string(sites.types[south.id] ?? "")]]))]
            },
        ] {
            let foreign = try await sites.ask(members(south.id.description), by: "north_desk")
            let absent = try await sites.ask(members(never), by: "north_desk")
            #expect(foreign.status == 422 && foreign.json["errors"]?.items.first?["code"]?.text == "unknown_reference", "\(foreign.text)")
            #expect(foreign.json["errors"] == absent.json["errors"])
        }
        _ = try await clinic.send("owner", "POST", clinic.path(south, "appointment-types"), body: ["name": "Southern", "minutes": 30])
        let theirs = try await sites.ask([("type_name", "Southern")], by: "north_desk")
        let nobodys = try await sites.ask([("type_name", "Nowhere")], by: "north_desk")
        #expect(theirs.status == 422 && theirs.json["errors"] == nobodys.json["errors"], "\(theirs.text)")
        #expect(try await sites.ask([("type_name", "Southern")]).status == 200)
        #expect(try await sites.ask([("type_name", "Check-up")], by: "rival").status == 404)
        await clinic.close()
    }

    @Test("a location whose database is down is named, and the others' openings are found; alone it is said to be down")
    func down() async throws {
        let sites = try await Sites()
        let (clinic, north, south) = (sites.clinic, sites.clinic.north, sites.clinic.south)
        let token = try await clinic.token("owner")
        try await clinic.alter(south.database, "connection limit 0")
        // One that has no connection yet.
        let gateway = try await clinic.anotherGateway()
        func ask(_ locations: [Location]) async throws -> TestAnswer {
            try await gateway.send(
                "POST",
                "/v1/organizations/\(clinic.organization)/openings",
                token: token,
                body: [
                    "from_day": .string(sites.day.description), "step": 30, "type_name": "Check-up",
                    "location_ids": .array(locations.map { .string($0.id.description) }),
                ]
            )
        }
        let answer = try await ask([])
        #expect(answer.status == 200 && answer.json["total"]?.integer == 2, "\(answer.text)")
        #expect(answer.json["items"]?.items.allSatisfy { $0["location_id"]?.text == north.id.description } == true)
        #expect(answer.json["unavailable"]?.items.map { $0["location_id"]?.text } == [south.id.description])
        #expect(answer.json["unavailable"]?.items.map { $0["location_name"]?.text } == [south.name])
        let alone = try await ask([south])
        #expect(alone.status == 503 && alone.headers["retry-after"] != nil, "\(alone.text)")
        await clinic.close()
    }

    @Test("both forms at once, neither, too long a range, and a type of another location: each has a code of its own")
    func refusals() async throws {
        let sites = try await Sites()
        let (north, south) = (sites.clinic.north.id, sites.clinic.south.id)
        func code(_ more: [(key: String, value: JSON)]) async throws -> String {
            let answer = try await sites.ask(more)
            let error = answer.json["errors"]?.items.first
            return "\(answer.status) \(error?["pointer"]?.text ?? "") \(error?["code"]?.text ?? "")"
        }
        #expect(try await code([]) == "422 /type_name one_type")
        let types: JSON = [["location_id": .string(north.description), "type_id": .string(sites.types[south] ?? "")]]
        #expect(try await code([("type_name", "Check-up"), ("types", types)]) == "422 /type_name one_type")
        #expect(try await code([("types", types)]) == "422 /types/0/type_id unknown_reference")
        let long = sites.day.adding(days: 31).description
        #expect(try await code([("type_name", "Check-up"), ("through_day", .string(long))]) == "422 /through_day range_too_long")
        await sites.clinic.close()
    }
}
