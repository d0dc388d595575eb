import Assembly
import Tenancy
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

    @Test(
        "a patient is registered, found without accents and by the phone's end, and changed by whoever read the current version",
        .shows("MC-8")
    )
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

    @Test("nobody is born tomorrow, patient, owner or guarantor; nobody's name is invisible")
    func born() async throws {
        let clinic = try await Self.shared.value
        let tomorrow = clinic.south.rules.wallClock(at: clinic.services.ambient.now()).day.adding(days: 1).description
        let path = clinic.path(clinic.south, "patients")
        func pointers(_ method: String, _ path: String, _ body: JSON, _ headers: [String: String] = [:]) async throws -> [String] {
            let answer = try await clinic.send("front_desk", method, path, body: body, headers: headers)
            #expect(answer.status == 422, "\(answer.text)")
            return answer.json["errors"]?.items.compactMap { $0["pointer"]?.text } ?? []
        }
        #expect(try await pointers("POST", path, ada(tomorrow)) == ["/person/birth_date"])
        let rex: JSON = ["name": "Rex", "species": "dog", "birth_date": .string(tomorrow)]
        let owner: JSON = ["given_name": "Ada", "family_name": "Park", "birth_date": "1990-04-01"]
        #expect(try await pointers("POST", path, ["animal": rex, "owner": owner]) == ["/animal/birth_date"])
        let hidden: JSON = ["person": ["given_name": "\u{200b}\u{feff}", "family_name": "Park"]]
        #expect(try await pointers("POST", path, hidden) == ["/person/given_name"])
        let made = try await clinic.send("front_desk", "POST", path, body: ada("1971-02-03"))
        try #require(made.status == 201)
        let change: JSON = ["person": ["birth_date": .string(tomorrow)]]
        #expect(try await pointers("PATCH", "\(path)/\(made.id)", change, ["If-Match": "\"1\""]) == ["/person/birth_date"])
        let child: JSON = ["person": ["given_name": "Bo", "family_name": "Park", "birth_date": .string(tomorrow)], "kind": "guarantor"]
        #expect(try await pointers("POST", "\(path)/\(made.id)/relationships", child) == ["/person/birth_date"])
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

    @Test("a chart number that is taken is refused by name, also when two register with it at the same moment")
    func chartNumbers() async throws {
        let clinic = try await Self.shared.value
        let path = clinic.path(clinic.north, "patients")
        @Sendable func body(_ number: String, _ name: String) -> JSON {
            ["person": ["given_name": .string(name), "family_name": "Okafor"], "chart_number": .string(number)]
        }
        #expect(try await clinic.send("front_desk", "POST", path, body: body("OLD-17", "Ada")).status == 201)
        let again = try await clinic.send("front_desk", "POST", path, body: body("OLD-17", "Ben"))
        #expect(again.status == 409 && again.code == "chart_number_taken", "\(again.text)")
        #expect(again.json["errors"]?.items.first?["pointer"]?.text == "/chart_number")
        let answers = try await atOnce(8) { try await clinic.send("front_desk", "POST", path, body: body("OLD-18", "Cleo \($0)")) }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.status == 409 && $0.code == "chart_number_taken" } == 7)
    }

    @Test("of eight changes to one version of a chart at the same moment exactly one wins")
    func changesAtOnce() async throws {
        let clinic = try await Self.shared.value
        let made = try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "patients"), body: ada("1971-03-04"))
        let path = clinic.path(clinic.north, "patients/\(made.id)")
        let answers = try await atOnce(8) {
            try await clinic.send("front_desk", "PATCH", path, body: ["note": .string("Note \($0)")], headers: ["If-Match": made.etag])
        }
        #expect(answers.count { $0.status == 200 } == 1)
        #expect(answers.count { $0.status == 412 } == 7)
        let after = try await clinic.send("front_desk", "GET", path)
        #expect(after.etag == "\"2\"" && after.json["note"] == answers.first { $0.status == 200 }?.json["note"])
    }

    @Test("chart numbers made here begin with what the location's setting says, within a second of its change")
    func prefix() async throws {
        let clinic = try await Self.shared.value
        let setting = clinic.path(clinic.south, "settings/patients.chart_number_prefix")
        let body: JSON = ["person": ["given_name": "Ada", "family_name": "Vogt"]]
        func number() async throws -> String {
            try await clinic.send("front_desk", "POST", clinic.path(clinic.south, "patients"), body: body).json["chart_number"]?.text ?? ""
        }
        #expect(try await number().count == 8)
        #expect(try await clinic.send("owner", "PUT", setting, body: ["value": "SO-"]).status == 200)
        try await eventually("the prefix is used") { try await number().hasPrefix("SO-") }
        #expect(try await clinic.send("owner", "DELETE", setting).status == 204)
        try await eventually("the prefix is gone") { try await !number().hasPrefix("SO-") }
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
