import Access
import Assembly
import FoundationEssentials
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values
import X12

@testable import Claims

@Suite("From visits to claims to money", .serialized)
struct ClaimStoryTests {
    private func day(_ text: String) throws -> Day { try #require(Day(text)) }

    @Test("a run makes one claim for each insured visit, one file for each payer, and a second run makes nothing", .shows("MC-6"))
    func run() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Lovelace")
        try await story.addVisits(4, of: patient, at: north, on: try day("2026-10-05"))
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-20"), diagnoses: [])
        let run = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        #expect(run["state"] == "finished")
        #expect(run["claims"] == 4 && run["invoices"] == 4 && run["total"] == 600_00 && run["encounters"] == 5 && run["seen"] == 5)
        #expect(run["problems"]?.items.map { $0["code"]?.text } == ["no_diagnoses"])
        let claims = try await story.filed(north)
        #expect(claims.allSatisfy { $0["state"] == "filed" })
        #expect(Set(claims.compactMap { $0["claim_file_id"]?.text }).count == 1)
        #expect(try await story.balance("receivable:insurance", at: north) == 600_00)
        #expect(try await story.balance("receivable:patient", at: north) == 150_00)

        let files = try FileManager.default.contentsOfDirectory(atPath: story.folders.outbound)
        #expect(files.count == 1 && files.allSatisfy { $0.hasPrefix("837P_") && $0.hasSuffix(".edi") })
        let path = story.folders.outbound + "/" + (files.first ?? "")
        let text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
        for claim in claims { #expect(text.contains("CLM*\(claim["number"]?.text ?? "?")*150")) }
        #expect(text.contains("*T*:~"))

        let again = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        #expect(again["claims"] == 0 && again["invoices"] == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: story.folders.outbound).count == 1)
        await story.clinic.close()
    }

    @Test("a visit without a fee is named by the run, and charged once its fee is there; one without coverage is named too")
    func notCharged() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Ayrton")
        // Long charged, and in no run here.
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-09-05"))
        let services = story.clinic.services
        try await services.tenancy.transaction(north) { tx in
            let (id, now, actor) = (services.ambient.id(EncounterID.self), services.ambient.now(), UUID(high: 0, low: 0))
            let provider: ProviderID? = try await tx.query("select id from {location}.provider limit 1").first?.value(0)
            tx.enqueue(
                """
                insert into {location}.encounter (id, patient_id, provider_id, service_day, started_at, ended_at, diagnoses, procedures, created_at, created_by,
                    updated_at, updated_by)
                values (\(id), \(patient), \(provider), '2026-10-05', \(now), \(now.adding(minutes: 20)), '{J02.9}',
                    '[{"code": "99213", "modifiers": [], "units": 1, "diagnosis_pointers": [1]}]', \(now), \(actor), \(now), \(actor))
                """
            )
        }
        let first = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        #expect(first["claims"] == 0 && first["problems"]?.items.map { $0["code"]?.text } == ["not_charged"])
        _ = try await story.send(
            "owner",
            "POST",
            story.clinic.path(north, "fee-schedules"),
            ["name": "Standard", "from": "2020-01-01", "fees": [["code": "99213", "description": "Visit", "amount": 15000]]]
        )
        _ = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        try await eventually("the visit is charged", within: .seconds(30)) {
            try await story.balance("receivable:patient", at: north) == 300_00
        }
        let last = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        #expect(last["claims"] == 1)
        await story.clinic.close()
    }

    @Test("a visit whose charges were entered in error is not charged again by a run")
    func withdrawn() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Noether")
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-05"))
        try await story.clinic.services.tenancy.transaction(north) { tx in
            try await tx.query("update {location}.encounter set procedures = '[{\"code\": \"99213\", \"modifiers\": [], \"units\": 1}]'")
            try await tx.query("update {location}.charge set entered_in_error = 'the visit of somebody else'")
        }
        let run = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        #expect(run["claims"] == 0 && run["problems"]?.items == [])
        await story.clinic.close()
    }

    @Test("a job that runs again changes nothing", .shows("MC-6"))
    func again() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Hopper")
        try await story.addVisits(3, of: patient, at: north, on: try day("2026-10-05"))
        let run = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        let before = try await story.filed(north)
        let id = try #require(BillingRunID(run["id"]?.text ?? ""))
        let file = try #require(ClaimFileID(before.first?["claim_file_id"]?.text ?? ""))
        let services = story.clinic.services
        let jobs = try await services.tenancy.work(
            north,
            by: .system("tests", requestID: UUID(high: 1, low: 1)),
            ambient: services.ambient,
            wake: nil
        ) { work in
            [work.start(MakeClaims(run: id)), work.start(FileClaims(run: id)), work.start(WriteClaimFile(file: file))]
        }
        try await eventually("the jobs are done") {
            let done: Int? = try await services.tenancy.queueRead(
                north.database,
                "select count(*) from queue.job where id = any(\(jobs)) and state = 'done'"
            ).first?
            .value(0)
            return done == 3
        }
        #expect(try await story.claims(north) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: story.folders.outbound).count == 1)
        await story.clinic.close()
    }

    @Test("the same service twice on one day holds the run until somebody answers for it", .shows("MC-7"))
    func held() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Hamilton")
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-05"))
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-05"))
        let run = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        #expect(run["state"] == "held")
        #expect(run["held_reasons"]?.items.map { $0["code"]?.text } == ["duplicate_services"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: story.folders.outbound).isEmpty)
        let path = story.clinic.path(north, "billing-runs/\(run["id"]?.text ?? "")")
        _ = try await story.send(
            "owner",
            "POST",
            path + "/release",
            ["reason_code": "checked", "reason_text": "Two visits on one day took place."]
        )
        #expect(try await story.filed(north).count == 2)
        await story.clinic.close()
    }
}
