import Access
import Assembly
import Foundation
import Postgres
import Redis
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Canaries")
struct CanaryTests {
    @Test(
        "what another organization wrote appears in no answer, file, log, job or key of this one, and nobody's names appear in queue, Redis or log",
        .shows("TI-11", "AP-4", "TI-7")
    )
    func canaries() async throws {
        let clinic = try await TestClinic.open(worker: true)
        let canary = "Canary" + String(hex(Ambient.system.bytes(6)).map { $0.isNumber ? "z" : $0 })
        try await CanaryTests.seed(canary, clinic)
        let walk = RouteWalk(clinic)
        try await walk.run()
        for answer in walk.answers { #expect(!answer.contains(canary)) }
        for path in try FileManager.default.subpathsOfDirectory(atPath: clinic.settings.folders.outbound) {
            let bytes = FileManager.default.contents(atPath: clinic.settings.folders.outbound + "/" + path) ?? Data()
            #expect(!String(decoding: bytes, as: UTF8.self).contains(canary))
        }
        // Names of people, anybody's, are in no place that all locations share.
        for name in [canary, "Lovelace", "W123456789", "Byron"] {
            #expect(!clinic.requests.text.contains(name))
            #expect(try await CanaryTests.redis(clinic).allSatisfy { !$0.contains(name) })
            for database in [nil] + clinic.settings.servers.locationDatabases.map(Optional.some) {
                let found: Int? = try await clinic.services.tenancy.queueRead(
                    database,
                    """
                    select (select count(*) from queue.job where job::text ilike '%' || \(name) || '%')
                        + (select count(*) from queue.event where event::text ilike '%' || \(name) || '%')
                    """
                ).first?
                .value(0)
                #expect(found == 0, "\(name) is in the queue of \(database ?? "control")")
            }
        }
        await clinic.close()
    }

    /// Everything a clinic of another organization holds carries the canary.
    private static func seed(_ canary: String, _ clinic: TestClinic) async throws {
        let text = JSON.string(canary)
        let path = { clinic.path(clinic.elsewhere, $0) }
        let bodies: [(String, JSON)] = [
            ("providers", ["given_name": text, "family_name": text, "npi": "1234567893"]),
            ("resources", ["kind": "room", "name": text]),
            ("appointment-types", ["name": text, "minutes": 30]),
            ("payers", ["name": text, "code": "ACME1"]),
            ("patients", ["person": ["given_name": text, "family_name": text, "birth_date": "1990-04-01"], "note": text]),
            ("patients", ["person": ["given_name": "Ada", "family_name": "Lovelace", "birth_date": "1990-04-01"], "note": text]),
        ]
        for (name, body) in bodies {
            let answer = try await clinic.send("rival", "POST", path(name), body: body)
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    private static func redis(_ clinic: TestClinic) async throws -> [String] {
        let redis = clinic.gateway.services.redis
        var content: [String] = []
        for key in try await redis.command(RedisCommand("KEYS", "*")).array?.compactMap(\.bytes) ?? [] {
            let dump = try await redis.command(RedisCommand("DUMP", .bytes(key))).bytes ?? []
            content.append(String(decoding: key + dump, as: UTF8.self))
        }
        return content
    }
}
