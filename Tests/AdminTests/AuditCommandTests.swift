import Foundation
import Tenancy
import TestSupport
import Testing
import Values

@Suite("polyclinic audit")
struct AuditCommandTests {
    @Test("output that cannot be written is no success, and a reason is one line")
    func lost() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        #expect(try await ada.run(["location", "list"], output: "/dev/null").status == 0)
        let lost = try await ada.run(["location", "list"], output: "/dev/full")
        #expect(lost.status == 1 && lost.complaints.contains("could not be written"), "\(lost.complaints)")
        #expect(try await ada.run(["x12", "dismiss", clinic.north.id.description, "--reason", "a\u{1b}[31m\nbcd"]).status == 64)
        await clinic.close()
    }

    @Test("verify --all goes on after a trail that cannot be verified, and says which and why", .shows("AP-3"))
    func goesOn() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoints-" + hex(Ambient.system.bytes(6)))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a temporary folder
        // The trail that is verified first: the organization that was made first.
        let damaged = "organization \(clinic.organization)"
        let file = folder.appending(path: "organization-\(clinic.organization).checkpoints")
        try "no checkpoint\n".write(to: file, atomically: true, encoding: .utf8)
        let answer = try await ada.run(["audit", "verify", "--all", "--checkpoints", folder.path, "--json"])
        #expect(answer.status == 1, "\(answer.complaints)")
        #expect(answer.complaints.contains(damaged) && answer.complaints.contains("checkpoints_unreadable"))
        let rows = try answer.rows
        #expect(rows.first("trail", damaged)?["finding"]?.text == "not verified")
        let others = ["organization \(clinic.rival)"] + [clinic.north, clinic.south, clinic.elsewhere].map { "location \($0.id)" }
        for other in others {
            let row = try #require(rows.first("trail", other), "\(other) was left out")
            #expect(row["seals"]?.integer != nil)
            #expect(row["finding"]?.text == nil)
        }
        // Alone it is refused as ever.
        let alone = ["--organization", clinic.organization.description, "--checkpoints", folder.path]
        #expect(try await ada.run(["audit", "verify"] + alone).status == 1)
        try FileManager.default.removeItem(at: file)
        #expect(try await ada.run(["audit", "verify", "--all", "--checkpoints", folder.path]).status == 0)
        // What one trail has in the folder that it should not have stops checkpoints and archive of that trail alone.
        try "no segment\n".write(
            to: folder.appending(path: "organization-\(clinic.organization)-1-1.segment"),
            atomically: true,
            encoding: .utf8
        )
        let archived = try await ada.run(["audit", "archive", "--all", "--folder", folder.path, "--json"])
        #expect(archived.status == 1 && archived.complaints.contains(damaged), "\(archived.complaints)")
        for other in others { #expect(try archived.rows.first("trail", other) != nil, "\(other) was left out") }
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
        let made = try await ada.run(["audit", "checkpoint", "--all", "--folder", folder.path])
        #expect(made.status == 1 && made.complaints.contains(damaged), "\(made.complaints)")
        #expect(!others.contains(where: made.complaints.contains))
        await clinic.close()
    }
}
