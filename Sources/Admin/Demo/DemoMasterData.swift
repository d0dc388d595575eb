import Tenancy
import Values

/// A location with what a visit there needs.
struct DemoSite {
    let location: Location
    let provider: String
    let room: String
    let type: String
    let payer: String

    /// A path under the location.
    func path(_ rest: String) -> String { "/v1/locations/\(location.id)/\(rest)" }
}

/// What is set up once: who bills, and at each location a payer, a provider, a room, an appointment type and fees.
struct DemoMasterData {
    let story: DemoStory
    let cast: DemoCastSignedIn

    /// The group's NPI. Like all numbers here it only has the right form.
    static let groupNPI = "1234567893"
    static let submitter = "HARBORDEMO"
    private static let providers = [
        (given: "Priya", family: "Raman", npi: "1345678902"), (given: "Jonas", family: "Weber", npi: "1456789019"),
    ]
    /// Of 99213 and 87880, in minor units.
    private static let fees = [(150_00, 45_00), (162_50, 40_00)]

    func run() async throws -> [DemoSite] {
        story.begin("Master data through the API: found by name, or made")
        let entities = "/v1/organizations/\(cast.organization)/billing-entities"
        let entity = try await make(cast.owner, entities, "name", "Harbor Family Health LLC", DemoMasterData.entity)
        var sites: [DemoSite] = []
        for (index, location) in cast.locations.enumerated() {
            try await cast.owner.ask("PUT", "\(entities)/\(entity)/locations/\(location.id)", [:])
            sites.append(try await site(location, index))
        }
        return sites
    }

    private func site(_ location: Location, _ index: Int) async throws -> DemoSite {
        let path = "/v1/locations/\(location.id)/"
        let person = DemoMasterData.providers[index % 2]
        let (visit, test) = DemoMasterData.fees[index % 2]
        let provider = try await make(
            cast.owner,
            path + "providers",
            "npi",
            person.npi,
            [
                "given_name": .string(person.given), "family_name": .string(person.family), "npi": .string(person.npi),
                "taxonomy": "207Q00000X",
            ]
        )
        let room = try await make(cast.owner, path + "resources", "name", "Exam room 1", ["kind": "room", "name": "Exam room 1"])
        let type = try await make(
            cast.owner,
            path + "appointment-types",
            "name",
            "Sore throat visit",
            ["name": "Sore throat visit", "minutes": 15, "needs": ["provider", "room"], "fee_code": "99213"]
        )
        let payer = try await make(cast.owner, path + "payers", "code", "SUN01", ["name": "Sunrise Health Plan", "code": "SUN01"])
        _ = try await make(
            cast.biller,
            path + "fee-schedules",
            "name",
            "Standard",
            [
                "name": "Standard", "from": "2020-01-01",
                "fees": [
                    ["code": "99213", "description": "Office visit", "amount": .integer(visit)],
                    ["code": "87880", "description": "Strep test", "amount": .integer(test)],
                ],
            ]
        )
        story.tell(
            "at",
            "\(location.name) (\(location.database)): \(person.given) \(person.family), 99213 \(money(visit)), 87880 \(money(test))"
        )
        return DemoSite(location: location, provider: provider, room: room, type: type, payer: payer)
    }

    private func make(_ person: DemoPerson, _ path: String, _ key: String, _ value: String, _ body: JSON) async throws -> String {
        let (item, isNew) = try await person.findOrMake(path, key, value, body)
        if isNew { story.tell("made", path.split(separator: "/").last.map { "\($0): \(value)" } ?? value) }
        return item.text("id")
    }

    private static let entity: JSON = [
        "name": "Harbor Family Health LLC", "npi": .string(groupNPI), "tax_id": "123456789", "taxonomy": "261QP2300X",
        "address": ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"],
        "contact": ["name": "Bea Lindqvist", "phone": "+15185550123"],
        "clearing": ["submitter_id": .string(submitter), "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
    ]
}
