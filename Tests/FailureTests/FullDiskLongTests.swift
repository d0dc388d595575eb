import Assembly
import Foundation
import Jobs
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

/// Needs root, to mount a small disk: only `deploy/test --long` runs it.
@Suite("A disk that is full", .serialized)
struct FullDiskLongTests {
    @Test(
        "while the database's disk is full changes answer 503 and reads go on; with room again all goes on by itself, nothing lost or doubled",
        .shows("JF-7", "RS-9")
    )
    func database() async throws {
        let clinic = try await TestClinic.open()
        let (database, schema) = (clinic.north.database, clinic.north.schema)
        let disk = try await SmallDisk(megabytes: 24)
        try await Servers.superuser("postgres", "create tablespace small location '\(disk.folder)'")
        try await Servers.superuser(database, "alter table \(schema).person set tablespace small")
        try await Servers.superuser(database, "alter table \(schema).patient set tablespace small")
        let patients = clinic.path(clinic.north, "patients")
        let registered = Mutex(0)
        func register() async throws -> TestAnswer {
            let answer = try await clinic.send(
                "owner",
                "POST",
                patients,
                body: [
                    "person": ["given_name": "Full", "family_name": "Disk", "birth_date": "1990-04-01"], "duplicate_acknowledged": true,
                ]
            )
            if answer.status == 201 { registered.withLock { $0 += 1 } }
            return answer
        }
        let crowd = Crowd(clinic, ports: [clinic.http.port])
        try await crowd.work(clients: 6) {
            try await eventually("work goes on", within: .seconds(60)) { crowd.done > 30 }
            try disk.fill()
            try await eventually("changes are refused", within: .seconds(60)) { try await register().status == 503 }
            for _ in 0..<5 {
                let refused = try await register()
                #expect(
                    refused.status == 503 && refused.code == "database_full" && refused.headers["retry-after"] != nil,
                    "\(refused.text)"
                )
                #expect(try await clinic.send("owner", "GET", patients).status == 200)
            }
            try disk.empty()
            let done = crowd.done
            try await eventually("work goes on with room again", within: .seconds(60)) { crowd.done > done + 30 }
        }
        #expect(crowd.repeated > 0)
        try await crowd.check(others: registered.withLock { $0 })
        try await Servers.superuser(database, "alter table \(schema).person set tablespace pg_default")
        try await Servers.superuser(database, "alter table \(schema).patient set tablespace pg_default")
        try await Servers.superuser("postgres", "drop tablespace small")
        try await disk.remove()
        await clinic.close()
    }

    @Test("claim files that find no room are put out when there is some, each once", .shows("MC-6", "JF-2"))
    func outbound() async throws {
        let busy = try await BusyClinic.open()
        let folder = busy.clinic.settings.folders.outbound
        let disk = try await SmallDisk(megabytes: 1, at: folder)
        try disk.fill()
        let worker = try Program("polyclinic-worker", [], busy.clinic.settings)
        try await busy.startRuns()
        try await eventually("a file finds no room", within: .seconds(60)) {
            try await busy.jobs(.ready).contains { $0.attempt > 1 && $0.kind.contains("file") }
        }
        try disk.empty()
        try await busy.billed()
        try await busy.checkClaims()
        #expect(try await busy.jobs(.dead).isEmpty)
        try await worker.kill()
        await busy.clinic.close()
        try await disk.remove()
    }
}

/// A disk in memory of a given size, owned by the user whom PostgreSQL runs as.
private struct SmallDisk {
    let folder: String

    init(megabytes: Int, at folder: String? = nil) async throws {
        self.folder = folder ?? "/tmp/polyclinic-disk-" + hex(Ambient.system.bytes(6))
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
        try await SmallDisk.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs", self.folder)
        if folder == nil { try await SmallDisk.run("chown", "postgres:", self.folder) }
    }

    private var filler: String { folder + "/.filler" }

    /// Not a byte is left.
    func fill() throws {
        guard FileManager.default.createFile(atPath: filler, contents: nil), let file = FileHandle(forWritingAtPath: filler) else {
            throw Problem(.failed, "no_disk", "The small disk cannot be written.")
        }
        defer { try? file.close() }
        for size in [65_536, 4096, 1] { while (try? file.write(contentsOf: Data(count: size))) != nil {} }
    }

    func empty() throws { try FileManager.default.removeItem(atPath: filler) }

    func remove() async throws { try await SmallDisk.run("umount", folder) }

    private static func run(_ words: String...) async throws {
        let program = try Program(command: ["/usr/bin/env"] + words)
        guard try await program.finish() == 0 else { throw Problem(.failed, "no_disk", "\(words): \(program.output)") }
    }
}
