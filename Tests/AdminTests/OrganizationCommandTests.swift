import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("polyclinic: organizations, locations, migrations", .serialized)
struct OrganizationCommandTests {
    @Test("an organization and its locations are made, listed, suspended, resumed and removed", .shows("TI-13"))
    func lives() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        try await ada.done("install")
        let organization = try #require(try await ada.rows("organization", "create", "Lakeside", "--kind", "dental").texts("id").first)
        #expect(try await ada.rows("organization", "list").texts("name").contains("Lakeside"))
        #expect(try await ada.refused("organization", "create", "Lakeside").status == 1)
        let zone = ["--time-zone", "America/Chicago"]
        let made = try await ada.run(["location", "create", organization, "Lakeside One", "--json"] + zone)
        let id = try #require(try made.rows.texts("id").first)
        #expect(try made.rows.texts("state") == ["active"])
        #expect(try await ada.rows("location", "list", "--organization", organization).texts("id") == [id])
        #expect(try await ada.refused("location", "remove", id, "--confirm", "Lakeside One").complaints.contains("location_active"))
        try await ada.done("location", "suspend", id)
        #expect(try await ada.rows("location", "list", "--organization", organization).texts("state") == ["suspended"])
        try await ada.done("location", "resume", id)
        try await ada.done("location", "resume", id)
        try await ada.done("location", "suspend", id)
        // The exact name, or nothing happens.
        for name in ["lakeside one", "Lakeside", "Lakeside One ", ""] {
            let answer = try await ada.refused("location", "remove", id, "--confirm", name)
            #expect(answer.status == 1 && answer.complaints.contains("name_differs"), "\(name)")
        }
        try await ada.done("location", "remove", id, "--confirm", "Lakeside One", "--dry-run")
        #expect(try await ada.rows("location", "list", "--organization", organization).texts("state") == ["suspended"])
        try await ada.done("location", "remove", id, "--confirm", "Lakeside One")
        #expect(try await ada.rows("location", "list", "--organization", organization).texts("state") == ["removed"])
        await clinic.close()
    }

    @Test("migrations: nothing is behind, and running them again changes nothing")
    func migrations() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        #expect(try await ada.rows("migrate", "plan").isEmpty)
        #expect(try await ada.rows("migrate", "run", "--parallel", "2").isEmpty)
        #expect(try await ada.rows("migrate", "status").isEmpty)
        await clinic.close()
    }

    @Test("what is not understood exits with 64 and names the range or the word")
    func usage() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let north = clinic.north.id.description
        for (arguments, words) in [
            (["nonsense"], "nonsense"), (["jobs", "list", "--limit", "0"], "1 to 1000"), (["jobs", "list", "--state", "odd"], "odd"),
            (["audit", "search", "--location", north, "--limit", "0"], "1 to 200"),
            (["audit", "search", "--location", north, "--limit", "201"], "1 to 200"), (["audit", "search"], "location or an organization"),
            (["migrate", "run", "--parallel", "17"], "1 to 16"), (["jobs", "pause", "--reason", "because"], "nothing pauses everything"),
            (["location", "create", clinic.organization.description, "X", "--time-zone", "Mars/Base"], "Mars/Base"),
            (["location", "remove", north], "confirm"),
            (["staff", "suspend", north, north, "--reason", "x"], "--reason"), (["key", "retire", "first"], "first"),
        ] {
            let answer = try await ada.run(arguments)
            #expect(answer.status == 64, "\(arguments): \(answer.status)")
            #expect(answer.complaints.contains(words), "\(arguments): \(answer.complaints)")
        }
        let nobody = try await ada.run(["location", "suspend", "no-such-name"])
        let nameless = try await ada.run(["organization", "create", " "])
        #expect(nameless.status == 1 && nameless.complaints.contains("name"))
        #expect(nobody.status == 1 && nobody.complaints.contains("not_found"))
        #expect(try await ada.run(["--help"]).status == 0)
        await clinic.close()
    }

    @Test("the demo is made once and again, and its accounts' codes are told")
    func demo() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        #expect(try await ada.rows("demo", "logins").isEmpty)
        let made = try await ada.rows("demo", "load")
        #expect(made.count > 3)
        #expect(try await ada.rows("demo", "load") == made)
        #expect(try await ada.rows("demo", "logins") == made)
        let code = try await ada.run(["demo", "code", try #require(made.texts("email").first)])
        #expect(code.status == 0 && code.output.count == 7)
        #expect(try await ada.refused("demo", "code", "nobody@clinic.example").status == 1)
        // Nobody listens there.
        #expect(try await ada.refused("demo", "day").status == 1)
        await clinic.close()
    }

    @Test("all that is wrong with the settings is said at once, with 78", .shows("JF-12"))
    func settings() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        for command in [["doctor"], ["jobs", "counts"], ["location", "list"], ["key", "check"]] {
            let answer = try await ada.run(
                command,
                environment: [
                    "POLYCLINIC_ENVIRONMENT_FILE": ada.settings.path, "POLYCLINIC_DATABASE_PORT": "70000",
                    "POLYCLINIC_KEY_FILE": "/nonexistent",
                    "POLYCLINIC_ENVIRONMENT": "holiday", "POLYCLINIC_FILES_FOLDER": "/nonexistent",
                ]
            )
            #expect(answer.status == 78, "\(command): \(answer.status)")
            for name in ["DATABASE_PORT", "KEY_FILE", "ENVIRONMENT", "FILES_FOLDER"] {
                #expect(answer.complaints.contains("POLYCLINIC_\(name) "), "\(command): \(answer.complaints)")
            }
        }
        let missing = try await ada.run(["doctor", "--settings", "/nonexistent"])
        #expect(missing.status == 78 && missing.complaints.contains("/nonexistent"))
        await clinic.close()
    }
}
