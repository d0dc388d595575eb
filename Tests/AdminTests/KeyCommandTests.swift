import Access
import Foundation
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Assembly
@testable import Claims

@Suite("polyclinic: keys", .serialized)
struct KeyCommandTests {
    @Test(
        "a key is rotated while everything runs: all is sealed anew, stays readable, and the old key is retired when nothing needs it",
        .shows("AP-5")
    )
    func rotation() async throws {
        let key = try KeyFolder()
        let clinic = try await TestClinic.open { $0.keyFile = key.path }
        let ada = try Operator(clinic.settings, keyFile: key.path)
        let (patient, coverage) = try await insured(clinic)
        let objects = ObjectStore(root: Folder(clinic.settings.folders.files), keys: clinic.services.keys)
        let file = clinic.services.ambient.id(FileTag.self).uuid
        try await objects.keep(Array("ISA".utf8), of: clinic.north.id.uuid, as: file)
        let before = try await ada.rows("key", "list")
        #expect(Set(before.texts("place")).isSuperset(of: ["account.totp_secret", "billing_entity.tax_id", "coverage.member_id", "files"]))
        #expect(before.allSatisfy { $0["key"]?.integer == 1 && $0["state"]?.text == "seals" })

        let rotated = try await ada.rows("key", "rotate", "--reason", "Yearly")
        #expect(rotated.first?["key"]?.integer == 2 && rotated.first?["jobs"]?.integer == 4)
        #expect(try await ada.refused("key", "retire", "2").complaints.contains("key_fresh"))
        try key.age()
        #expect(try await ada.refused("key", "retire", "2").complaints.contains("key_in_use"))
        let early = try await ada.refused("key", "retire", "1")
        #expect(early.status == 1 && early.complaints.contains("coverage.member_id 1"))
        #expect(try key.text.contains("1 "))

        try clinic.startWorker()
        try await eventually("all but stored answers is sealed anew", within: .seconds(90)) {
            try await ada.rows("key", "list").filter { $0["key"]?.integer == 1 }.allSatisfy {
                ["idempotency.answer", "idempotency_key.answer"].contains($0["place"]?.text)
            }
        }
        // Every process reads with the new key: the gateway, which was never told, too.
        #expect(clinic.gateway.services.keys.currentID == 2)
        #expect(try await objects.bytes(of: clinic.north.id.uuid, file) == Array("ISA".utf8))
        #expect(try await memberID(coverage, clinic) == "W123456")
        let corrected = try await clinic.send("owner", "GET", clinic.path(clinic.north, "patients/\(patient)/coverages"))
        #expect(corrected.status == 200)
        _ = try await clinic.token("auditor")
        let acts = try await ada.rows("audit", "search", "--organization", clinic.organization.description, "--action", "key.rotated")
        #expect(acts.texts("reason") == ["operator"])
        #expect(try await ada.rows("audit", "search", "--location", clinic.north.id.description, "--action", "key.resealed").count == 1)

        // Stored answers go by themselves after 72 hours; here they go now.
        for location in [clinic.north, clinic.south, clinic.elsewhere] {
            try await clinic.services.tenancy.transaction(location) { tx in tx.enqueue("delete from {location}.idempotency_key") }
        }
        for organization in [clinic.organization, clinic.rival] {
            try await clinic.services.tenancy.organization(organization) { tx in tx.enqueue("delete from control.idempotency") }
        }
        try await ada.done("key", "retire", "1")
        #expect(try key.text.contains("1 retired "))
        #expect(try await objects.bytes(of: clinic.north.id.uuid, file) == Array("ISA".utf8))
        #expect(try await memberID(coverage, clinic) == "W123456")
        #expect(try await ada.rows("key", "list").first { $0["key"]?.integer == 1 }?["state"]?.text == "retired")
        #expect(try await ada.refused("key", "retire", "1").complaints.contains("key_unknown"))
        await clinic.close()
    }

    @Test("with several machines a key opens everywhere before it seals anywhere", .shows("AP-5"))
    func added() async throws {
        let key = try KeyFolder()
        let clinic = try await TestClinic.open { $0.keyFile = key.path }
        let ada = try Operator(clinic.settings, keyFile: key.path)
        #expect(try await ada.rows("key", "add").first?["key"]?.integer == 2)
        let listed = try await ada.rows("key", "list")
        #expect(listed.first { $0["key"]?.integer == 2 }?["state"]?.text == "opens")
        #expect(try await ada.refused("key", "rotate", "--to", "7", "--reason", "Mistyped").complaints.contains("key_unknown"))
        #expect(try await ada.rows("key", "rotate", "--to", "2", "--reason", "On all machines").first?["key"]?.integer == 2)
        try await ada.done("key", "check")
        let line = try await ada.run(["key", "generate", "9"])
        #expect(line.status == 0 && line.output.hasPrefix("9 "))
        await clinic.close()
    }

    @Test("a column of bytes is sealed and in the list of a rotation, or known not to be sealed")
    func complete() async throws {
        let clinic = try await TestClinic.open()
        let listed = Set(Product(clinic.services).keyRotation.columns.map(\.name))
        // Hashes, digests and signatures open with no key. Nothing writes a government id yet.
        let plain = Set([
            "token_hash", "subject", "digests", "hash", "previous", "body_hash", "content", "sha256", "file_sha256", "signature",
            "government_id",
            "government_id_digest", "member_id_digest",
        ])
        func check(_ rows: Rows) throws {
            let columns = try rows.decode((String, String).self)
            #expect(columns.count > 3)
            for (table, column) in columns where !plain.contains(column) {
                #expect(listed.contains("\(table).\(column)"), "\(table).\(column) is in no list")
            }
        }
        let columns: Statement = """
            select c.relname::text, a.attname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            join pg_catalog.pg_type t on t.oid = a.atttypid and t.typname = 'bytea' where c.relkind = 'r' and n.nspname = 
            """
        try check(try await clinic.services.tenancy.read(clinic.north, columns + " \(clinic.north.schema.name)"))
        try check(try await clinic.services.tenancy.signInRead(columns + " 'control'"))
        await clinic.close()
    }

    private func insured(_ clinic: TestClinic) async throws -> (patient: String, coverage: String) {
        func post(_ path: String, _ body: JSON) async throws -> String {
            let answer = try await clinic.send("owner", "POST", path, body: body)
            try #require(answer.status == 201, "\(path) answered \(answer.status) \(answer.text)")
            return answer.id
        }
        let patient = try await post(
            clinic.path(clinic.north, "patients"),
            ["person": ["given_name": "Ada", "family_name": "Park", "birth_date": "1990-04-01"]]
        )
        let payer = try await post(clinic.path(clinic.north, "payers"), ["name": "Acme Health", "code": "ACME1"])
        let coverage = try await post(
            clinic.path(clinic.north, "patients/\(patient)/coverages"),
            ["payer_id": .string(payer), "member_id": "W123456", "from_day": "2026-01-01"]
        )
        _ = try await post(
            "/v1/organizations/\(clinic.organization)/billing-entities",
            [
                "name": "Harbor Billing", "npi": "1234567893", "tax_id": "123456789", "taxonomy": "261QP2300X",
                "address": ["street": "1 Main St", "city": "Albany", "region": "NY", "postal_code": "122071234"],
                "contact": ["name": "Bo Biller", "phone": "+15185550123"],
                "clearing": ["submitter_id": "HARBOR1", "receiver_id": "CLEARING1", "receiver_name": "Clearing House"], "test_mode": true,
            ]
        )
        return (patient, coverage)
    }

    private func memberID(_ coverage: String, _ clinic: TestClinic) async throws -> String {
        let id = try #require(UUID(coverage))
        let rows = try await clinic.services.tenancy.read(clinic.north, "select member_id from {location}.coverage where id = \(id)")
        let sealed = try #require(try rows.first?.value(0, as: [UInt8].self))
        return try clinic.services.keys.openText(
            sealed,
            for: SealContext(location: clinic.north.id, table: "coverage", id: id, column: "member_id")
        )
    }
}

enum FileEntity {}
typealias FileTag = ID<FileEntity>

/// A key file of a test's own.
final class KeyFolder: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path() + "/keys-" + hex(Ambient.system.bytes(6))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        path = folder + "/key"
        try FileManager.default.copyItem(atPath: try TestServers.current().keyFile, toPath: path)
    }

    var text: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }

    /// As if it had been changed an hour ago.
    func age() throws {
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: path)
    }
}
