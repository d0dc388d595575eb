import Assembly
import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Locations in files", .serialized)
struct LocationFileFailureTests {
    private func path() -> String {
        FileManager.default.temporaryDirectory.path() + "/location-" + hex(Ambient.system.bytes(6)) + ".polyclinic"
    }

    /// Removes it for ever.
    private func remove(_ full: FullLocation) async throws {
        try await full.provisioner.suspend(full.location.id)
        try await full.provisioner.remove(full.location.id, files: full.files)
    }

    @Test(
        "a location that is exported, removed and restored elsewhere has the same rows, files, jobs, books and trail",
        .shows("TI-15", "JF-10")
    )
    func roundTrip() async throws {
        let full = try await FullLocation.open()
        let clinic = full.clinic
        let file = path()
        let trail: Set<String> = ["audit_entry", "audit_unsealed"]
        // What still waits at the intake is in the file too.
        #expect(try await clinic.send("owner", "GET", clinic.path(full.location, "patients")).status == 200)
        let waiting = try await full.taken(full.location.database)
        let entries = try await full.entries(full.location)
        #expect(waiting > 0)
        let rows = try await full.fingerprint(full.location, without: trail.union(["schema_version"]))
        let folder = full.files + "/" + full.location.id.uuid.compact
        let queued = try await full.queued(full.location.database)
        #expect(queued > 2)
        // Larger than any record; and what a killed writer leaves, which is nobody's.
        try Data(count: 70 << 20).write(to: URL(filePath: folder + "/ab/" + full.location.id.description))
        let kept = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        try Data(count: 9).write(to: URL(filePath: folder + "/ab/.left.part"))
        let began = ContinuousClock.now
        let exported = try await full.polyclinic("location", "export", "Harbor West", "--to", file, "--json")
        #expect(exported.status == 0, "\(exported.output)")
        #expect(try await full.polyclinic("location", "export", "Harbor West", "--to", file).output.contains("file_exists"))
        let bytes = try Data(contentsOf: URL(filePath: file))
        #expect(bytes.firstRange(of: Data("Byron".utf8)) == nil)
        #expect(try await full.polyclinic("location", "restore", file).output.contains("location_exists"))

        let books = try await full.books(full.location)
        #expect(books.sum == 8 * FullLocation.amount && books.finding == nil)
        try await remove(full)
        let (other, restored) = (clinic.settings.servers.locationDatabases[1], ContinuousClock.now)
        let answer = try await full.polyclinic("location", "restore", file, "--database", other, "--as", "Harbor East", "--json")
        #expect(answer.status == 0, "\(answer.output)")
        print("fleet: export \(restored - began) with a removal, restore \(ContinuousClock.now - restored), \(bytes.count) bytes")
        let back = try await full.provisioner.find(full.location.id)
        #expect(back.name == "Harbor East" && back.database == other && back.state == .active)
        #expect(try await full.fingerprint(back, without: trail.union(["schema_version"])) == rows)
        #expect(try await full.entries(back) == entries + waiting)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == kept)
        #expect(try await full.queued(other) == queued)
        #expect(try await full.control("select count(*) from control.claim_route where location_id = \(back.id)") == 1)
        #expect(try await full.control("select count(*) from control.staff_grant where location_id = \(back.id)") == 0)
        let again = try await full.books(back)
        #expect(again.sum == books.sum && again.finding == nil)
        try await eventually("it is served") { try await clinic.send("owner", "GET", clinic.path(back, "patients")).status == 200 }
        await full.close()
        try? FileManager.default.removeItem(atPath: file)  // a temporary file
    }

    @Test("an altered, cut, longer or foreign file is refused and leaves nothing behind", .shows("JF-10"))
    func altered() async throws {
        let full = try await FullLocation.open(patients: 2)
        let file = path()
        _ = try await full.provisioner.export(full.location.id, to: file, files: full.files, full.seal)
        try await remove(full)
        let good = try Data(contentsOf: URL(filePath: file))
        var bad: [(String, Data)] = [("cut", good.prefix(good.count - 1)), ("half", good.prefix(good.count / 2)), ("longer", good + [0])]
        for place in [3, 40, 200, good.count / 2, good.count - 2] {
            var data = good
            data[place] ^= 1
            bad.append(("byte \(place)", data))
        }
        let text = String(decoding: good.prefix(600), as: UTF8.self)
        let header = try #require(text.split(separator: "\n").dropFirst().first)
        let newest = try MigrationFiles(folder: full.clinic.settings.folders.migrations).latest(.location)
        for (old, new) in [
            ("Harbor West", "Harbor South"), ("\"schema_version\":\(newest)", "\"schema_version\":\(newest + 1)"),
            ("\"format\":1", "\"format\":2"),
        ] {
            let changed = String(header).replacing(old, with: new)
            #expect(changed != String(header))
            bad.append((new, Data("polyclinic location 1\n\(changed)".utf8) + good.dropFirst(22 + header.utf8.count)))
        }
        for (what, data) in bad {
            try data.write(to: URL(filePath: file))
            let restore = LocationRestore(full.provisioner, from: file, files: full.files, full.seal)
            let problem = await #expect(throws: Problem.self, "\(what)") { try await restore.run() }
            #expect(["file_damaged", "file_version"].contains(problem?.code ?? ""), "\(what): \(problem?.code ?? "")")
        }
        #expect(try await full.provisioner.find(full.location.id).state == .removed)
        #expect(try await full.roles() == 0)
        for database in full.clinic.settings.servers.locationDatabases {
            #expect(try await full.fingerprint(full.location, in: database).isEmpty)
        }
        try good.write(to: URL(filePath: file))
        _ = try await LocationRestore(full.provisioner, from: file, files: full.files, full.seal).run()
        await full.close()
        try? FileManager.default.removeItem(atPath: file)  // a temporary file
    }

    @Test("a restore that is killed shows nothing, and the next one does it all")
    func killed() async throws {
        let full = try await FullLocation.open(patients: 2)
        let file = path()
        _ = try await full.provisioner.export(full.location.id, to: file, files: full.files, full.seal)
        let rows = try await full.fingerprint(full.location)
        let queued = try await full.queued(full.location.database)
        try await remove(full)
        let schema = full.location.schema.name
        let program = try Program("polyclinic", ["location", "restore", file], full.clinic.settings)
        try await eventually("the role is made again, and the rows are on their way") { try await full.roles() == 1 || !program.isRunning }
        try await program.kill()
        let state = try await full.provisioner.find(full.location.id).state
        #expect([.removed, .active].contains(state))
        if state == .removed { #expect(try await full.polyclinic("location", "restore", file).status == 0) }
        let back = try await full.provisioner.find(full.location.id)
        #expect(back.schema.name == schema && back.state == .active)
        #expect(try await full.fingerprint(back, without: ["schema_version"]) == rows.filter { $0.key != "schema_version" })
        #expect(try await full.queued(back.database) == queued)
        await full.close()
        try? FileManager.default.removeItem(atPath: file)  // a temporary file
    }
}
