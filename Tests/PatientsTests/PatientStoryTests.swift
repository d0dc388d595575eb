import TestSupport
import Testing
import Values

@testable import Patients

@Suite("Folding")
struct FoldingTests {
    @Test("case, accents, width and punctuation do not matter")
    func fold() {
        #expect(folded("  José-María  O'Brien ") == "jose maria obrien")
        #expect(folded("ÅNGSTRÖM") == "angstrom")
        #expect(folded("") == "")
    }
}

@Suite("Charts")
struct PatientStoryTests {
    private static let shared = Task { try await TestClinic.open() }

    private func ada(_ born: String) -> JSON {
        ["person": ["given_name": "Adélaïde", "family_name": "Park", "birth_date": .string(born), "phone": "+12025550147"]]
    }

    @Test("a patient is registered, found without accents and by the phone's end, and changed by whoever read the current version")
    func story() async throws {
        let clinic = try await Self.shared.value
        let made = try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "patients"), body: ada("1990-04-01"))
        try #require(made.status == 201)
        for terms: JSON in [["text": "adelaide PARK"], ["phone": "0147"], ["birth_date": "1990-04-01"]] {
            let found = try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "patients/search"), body: terms)
            #expect(found.status == 200 && found.text.contains(made.id), "\(found.text)")
        }
        let path = clinic.path(clinic.north, "patients/\(made.id)")
        let read = try await clinic.send("front_desk", "GET", path)
        #expect(read.status == 200 && read.etag == "\"1\"")
        #expect(try await clinic.send("front_desk", "GET", path, headers: ["If-None-Match": read.etag]).status == 304)
        #expect(try await clinic.send("front_desk", "PATCH", path, body: ["note": "Prefers mornings"]).status == 428)
        let changed = try await clinic.send("front_desk", "PATCH", path, body: ["note": "Prefers mornings"], headers: ["If-Match": "\"1\""])
        #expect(changed.status == 200 && changed.etag == "\"2\"")
        #expect(try await clinic.send("front_desk", "PATCH", path, body: ["note": "Late"], headers: ["If-Match": "\"1\""]).status == 412)
    }

    @Test("the same person again is a warning that names the candidates, and goes through when acknowledged")
    func duplicate() async throws {
        let clinic = try await Self.shared.value
        let path = clinic.path(clinic.south, "patients")
        let first = try await clinic.send("front_desk", "POST", path, body: ada("1985-01-02"))
        let second = try await clinic.send("front_desk", "POST", path, body: ada("1985-01-02"))
        #expect(second.status == 409 && second.code == "possible_duplicate" && second.text.contains(first.id))
        guard case .object(var members) = ada("1985-01-02") else { return }
        members.append((key: "duplicate_acknowledged", value: true))
        #expect(try await clinic.send("front_desk", "POST", path, body: .object(members)).status == 201)
    }

    @Test("an animal needs an owner, and a patient is one of the two")
    func animals() async throws {
        let clinic = try await Self.shared.value
        let path = clinic.path(clinic.north, "patients")
        let rex: JSON = ["name": "Rex", "species": "dog"]
        let owner: JSON = ["given_name": "Ben", "family_name": "Okafor"]
        #expect(try await clinic.send("front_desk", "POST", path, body: ["animal": rex]).status == 422)
        #expect(try await clinic.send("front_desk", "POST", path, body: ["animal": rex, "person": owner, "owner": owner]).status == 422)
        #expect(try await clinic.send("front_desk", "POST", path, body: ["animal": rex, "owner": owner]).status == 201)
    }
}
