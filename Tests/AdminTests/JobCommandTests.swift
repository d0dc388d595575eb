import Access
import Assembly
import Foundation
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("polyclinic: jobs, audit, files, doctor", .serialized)
struct JobCommandTests {
    @Test("jobs are counted, listed, paused and retried", .shows("RS-7"))
    func jobs() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        // Nobody works here: what is started waits.
        try await ada.done("key", "reseal", "--reason", "Something to look at")
        let jobs = try await ada.rows("jobs", "list")
        #expect(jobs.filter { $0["kind"]?.text == "keys.reseal_location" }.count == 3)
        let platform = try #require(jobs.first("kind", "keys.reseal_control"))
        #expect(platform["database"]?.text == "control" && platform["location"] == .null && platform["organization"] == .null)
        #expect(jobs.texts("location").sorted() == [clinic.north, clinic.south, clinic.elsewhere].map(\.role.name).sorted())
        #expect(try await ada.rows("jobs", "list", "--kind", "none.such").isEmpty)
        #expect(try await ada.rows("jobs", "list", "--database", "control").count == 1)
        let counts = try await ada.rows("jobs", "counts")
        #expect(counts.count == 4 && counts.texts("state").allSatisfy { $0 == "ready" })
        #expect(try await ada.rows("jobs", "workers").isEmpty)
        #expect(try await ada.rows("jobs", "dead").isEmpty)
        try await ada.done("jobs", "pause", "--kind", "keys.reseal_control", "--reason", "Not now")
        try await ada.done("jobs", "resume", "--kind", "keys.reseal_control")
        #expect(try await ada.refused("jobs", "resume", "--kind", "keys.reseal_control").complaints.contains("not_paused"))
        // A slip in a name pauses nothing.
        for (names, code) in [
            (["--kind", "keys.reseal_contrl"], "kind_unknown"), (["--location", clinic.north.role.name + "0"], "location_unknown"),
            (["--kind", "keys.reseal_location", "--location", "nowhere"], "location_unknown"),
            (["--kind", "nothing", "--location", clinic.north.role.name], "kind_unknown"),
        ] {
            let answer = try await ada.run(["jobs", "pause", "--reason", "Not now"] + names)
            #expect(answer.status == 1 && answer.complaints.contains(code), "\(names): \(answer.complaints)")
        }
        #expect(try await ada.rows("jobs", "pauses").isEmpty)
        let north = ["--kind", "keys.reseal_location", "--location", clinic.north.role.name]
        #expect(try await ada.run(["jobs", "pause", "--reason", "Not now"] + north).status == 0)
        let held = try await ada.rows("jobs", "pauses")
        #expect(!held.isEmpty && held.texts("location").allSatisfy { $0 == clinic.north.role.name })
        #expect(try await ada.run(["jobs", "resume"] + north).status == 0)
        let id = try #require(platform["id"]?.text)
        #expect(try await ada.refused("jobs", "retry", id).status == 1)
        _ = try await clinic.services.tenancy.queueRead(
            nil,
            "update queue.job set state = 'dead', reason = 'a_test' where kind = 'keys.reseal_control'"
        )
        let dead = try await ada.run(["jobs", "dead", "--json"])
        #expect(dead.status == 2)
        #expect(try dead.rows.texts("reason") == ["a_test"])
        try await ada.done("jobs", "retry", id)
        #expect(try await ada.rows("jobs", "dead").isEmpty)
        #expect(try await ada.refused("jobs", "counts", "--database", "nowhere").status == 1)
        await clinic.close()
    }

    @Test("a trail is searched, sealed, verified, and held to a checkpoint")
    func audit() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let north = clinic.north.id.description
        let patients = clinic.path(clinic.north, "patients")
        _ = try await clinic.send(
            "owner",
            "POST",
            patients,
            body: ["person": ["given_name": "Ada", "family_name": "Park", "birth_date": "1990-04-01"]]
        )
        #expect(try await ada.rows("audit", "search", "--location", north, "--limit", "200").texts("action").contains("patient.register"))
        #expect(try await ada.refused("audit", "checkpoint", "--location", north).complaints.contains("nothing_sealed"))
        try await clinic.services.access.seal(.location(clinic.north))
        let checkpoint = try await ada.run(["audit", "checkpoint", "--location", north])
        #expect(checkpoint.status == 0 && checkpoint.output.hasPrefix("polyclinic-checkpoint-1 location"))
        let file = FileManager.default.temporaryDirectory.appending(path: "checkpoints-" + hex(Ambient.system.bytes(4)))
        try Data(checkpoint.output.utf8).write(to: file)
        let verified = try await ada.rows("audit", "verify", "--location", north, "--checkpoints", file.path(percentEncoded: false))
        #expect(verified.first?["finding"] == .null)
        #expect(try await ada.refused("audit", "verify", "--location", north, "--checkpoints", "/nonexistent").status == 1)
        await clinic.close()
    }

    @Test("after a restore the numbers of events begin anew, wherever some were given")
    func restored() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let epoch = clinic.north.id.uuid
        _ = try await clinic.services.tenancy.queueRead(
            clinic.north.database,
            "insert into queue.stream (location, epoch, last_number) values (\(clinic.north.role.name), \(epoch), 7)"
        )
        let rows = try await ada.rows("backup", "restored")
        #expect(rows.first("database", clinic.north.database)?["locations"]?.integer == 1)
        #expect(rows.first("database", clinic.south.database)?["locations"]?.integer == 0)
        let (now, number) = try #require(
            try await clinic.services.tenancy.queueRead(clinic.north.database, "select epoch, last_number from queue.stream").decode(
                (Values.UUID, Int).self
            ).first
        )
        #expect(now != epoch && number == 7)
        await clinic.close()
    }

    @Test("an X12 file is read, one that cannot be trusted exits with 2, one that is not there with 1")
    func inspect() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "X12Tests/Samples/835"
        )
        let good = try await ada.run(["x12", "inspect", samples.appending(path: "synth_01_paid_copay.edi").path(percentEncoded: false)])
        #expect(good.status == 0)
        _ = try good.json
        let bad = try await ada.run(["x12", "inspect", #filePath])
        #expect(bad.status == 2)
        _ = try bad.json
        let missing = try await ada.refused("x12", "inspect", "/nonexistent")
        #expect(missing.status == 1 && missing.complaints == "/nonexistent cannot be read. (file_unreadable)\n")
        await clinic.close()
    }

    @Test("a file that fits nobody is named by doctor until somebody says what became of it")
    func held() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        try Data("no X12 at all".utf8).write(to: URL(filePath: clinic.settings.folders.inbound + "/note.txt"))
        try clinic.startWorker()
        try await eventually("the file is held", within: .seconds(60)) { try await !ada.rows("x12", "held").isEmpty }
        let id = try #require(try await ada.rows("x12", "held").texts("id").first)
        let doctor = try await ada.run(["doctor", "--json"])
        #expect(doctor.status == 2)
        #expect(try doctor.rows.first("check", "inbound")?["state"]?.text == "attention")
        #expect(
            try await ada.refused("x12", "dismiss", clinic.organization.description, "--reason", "Wrong id").complaints.contains("not_held")
        )
        try await ada.done("x12", "dismiss", id, "--reason", "A note of the sender, read")
        #expect(try await ada.rows("x12", "held").isEmpty)
        #expect(try await ada.refused("x12", "dismiss", id, "--reason", "Twice").complaints.contains("not_held"))
        #expect(try await ada.run(["doctor", "--json"]).rows.first("check", "inbound")?["state"]?.text == "good")
        await clinic.close()
    }
}
