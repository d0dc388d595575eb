import Assembly
import FoundationEssentials
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite("Entries of locations' files", .serialized)
struct LocationEntryFailureTests {
    private func path() -> String {
        FileManager.default.temporaryDirectory.path() + "/entry-" + hex(Ambient.system.bytes(6)) + ".polyclinic"
    }

    /// A sealed file with this one entry, as another version of the program might write it.
    private func write(_ entry: LocationFile.Section, _ header: LocationFile.Header, _ full: FullLocation) async throws -> String {
        let file = path()
        let writer = try LocationFileWriter(file, header, full.seal)
        try await writer.section(entry) { write in try write(Array("{}\n".utf8)) }
        try writer.finish()
        return file
    }

    @Test("a file with an entry that this program does not know is refused, the entry is named, and nothing is made", .shows("JF-10"))
    func unknown() async throws {
        let full = try await FullLocation.open(patients: 2)
        let exported = path()
        _ = try await full.provisioner.export(full.location.id, to: exported, files: full.files, full.seal)
        try await full.provisioner.suspend(full.location.id)
        try await full.provisioner.remove(full.location.id, files: full.files)
        let header = try LocationRestore(full.provisioner, from: exported, files: full.files, full.seal).check().header
        var files = [exported]
        let entries: [LocationFile.Section] = [
            .init(sort: .file, name: "ab/notes.txt"), .init(sort: .file, name: "../outside"), .init(sort: .file, name: "ab"),
            .init(sort: .queue, name: "worker"), .init(sort: .control, name: "organization"),
            .init(sort: .table, name: "nonsense", columns: ["id"]),
        ]
        for entry in entries {
            let file = try await write(entry, header, full)
            files.append(file)
            let begun = Tally()
            let restore = LocationRestore(full.provisioner, from: file, files: full.files, full.seal)
            let problem = await #expect(throws: Problem.self, "\(entry.name)") { try await restore.run { begun.add() } }
            #expect(problem?.code == "entry_unknown" && problem?.detail.contains("\(entry.sort.rawValue) \(entry.name)") == true)
            // Which tables there are is known only when the schema is there; it goes again.
            #expect(begun.count == (entry.sort == .table ? 1 : 0), "\(entry.name)")
            #expect(try await full.roles() == 0, "\(entry.name)")
        }
        #expect(try await full.provisioner.find(full.location.id).state == .removed)
        for database in full.clinic.settings.servers.locationDatabases {
            #expect(try await full.fingerprint(full.location, in: database).isEmpty)
        }
        _ = try await LocationRestore(full.provisioner, from: exported, files: full.files, full.seal).run()
        await full.close()
        for file in files { try? FileManager.default.removeItem(atPath: file) }  // temporary files
    }

    @Test("what a killed writer left in an older file is passed over")
    func leftBehind() async throws {
        let full = try await FullLocation.open(patients: 2)
        let exported = path()
        _ = try await full.provisioner.export(full.location.id, to: exported, files: full.files, full.seal)
        try await full.provisioner.suspend(full.location.id)
        try await full.provisioner.remove(full.location.id, files: full.files)
        let header = try LocationRestore(full.provisioner, from: exported, files: full.files, full.seal).check().header
        let name = "ab/.\(full.location.id).1x2y.part"
        let file = try await write(.init(sort: .file, name: name), header, full)
        let back = try await LocationRestore(full.provisioner, from: file, files: full.files, full.seal).run()
        #expect(back.state == .active)
        #expect(!FileManager.default.fileExists(atPath: full.files + "/" + full.location.id.uuid.compact + "/" + name))
        await full.close()
        for file in [exported, file] { try? FileManager.default.removeItem(atPath: file) }  // temporary files
    }
}
