import Access
import Assembly
import FoundationEssentials
import Tenancy
import TestSupport
import Testing
import Values
import X12

@Suite("A clinic's day", .serialized)
struct DayTests {
    @Test("from two visits in two databases to claims, one payment for both, balances, the trail and the report", .shows("AP-1"))
    func day() async throws {
        let clinic = try await TestClinic.open(worker: true)
        let day = ClinicDay(clinic: clinic)
        try await day.setUpBilling()
        var visits = [
            try await day.visit(at: clinic.north, npi: "1345678902", fee: 150_00),
            try await day.visit(at: clinic.south, npi: "1456789019", fee: 160_00),
        ]
        #expect(clinic.north.database != clinic.south.database)
        for (index, charged) in [195_00, 205_00].enumerated() {
            let run = try await day.bill(&visits[index])
            #expect(run["claims"] == 1 && run["total"] == .integer(charged) && run["problem_count"] == 0)
            #expect(DayRemittance.charged(visits[index].lines) == charged)
        }
        try await checkFiles(clinic, visits)
        try await pay(day, visits)
        for (visit, paid) in zip(visits, [141_00, 149_00]) { try await checkLedger(day, visit, paid: paid) }
        try await checkStrangers(day, visits[0])
        try await checkTrail(day, visits[0])
        try await checkReport(day)
        await clinic.close()
    }

    private func checkFiles(_ clinic: TestClinic, _ visits: [ClinicDay.Visit]) async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: clinic.settings.folders.outbound).filter { $0.hasSuffix(".edi") }
        #expect(names.count == 2)
        var totals: [String] = []
        for name in names {
            let bytes = Array(try #require(FileManager.default.contents(atPath: clinic.settings.folders.outbound + "/" + name)))
            let read = try JSON.parse(Array(inspect(bytes).utf8), limits: JSON.Limits(bytes: 1024 * 1024))
            #expect(read["findings"] == [])
            #expect(read["summary"]?["claims837"]?["claims"] == 1)
            totals.append(read["summary"]?["claims837"]?["total_charge"]?.text ?? "")
            #expect(visits.contains { String(decoding: bytes, as: UTF8.self).contains("CLM*\($0.number)*") })
        }
        #expect(totals.sorted() == ["195.00", "205.00"])
    }

    /// One file pays both claims: 141.00 + 149.00.
    private func pay(_ day: ClinicDay, _ visits: [ClinicDay.Visit]) async throws {
        let clinic = day.clinic
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        try day.receive(DayRemittance(visits: visits, day: today, trace: "DAY1").text, as: "day.835")
        let path = "/v1/organizations/\(clinic.organization)/remittances"
        try await eventually("the remittance is posted", within: .seconds(60)) {
            try await day.items("biller", path).first?["state"] == "posted"
        }
        let all = try await day.items("biller", path)
        #expect(all.count == 1)
        let posted = try #require(all.first)
        #expect(posted["amount"] == 290_00 && posted["claims"] == 2 && posted["unmatched_claims"] == 0 && posted["adjustments"] == 0)
        let parts = posted["parts"]?.items ?? []
        #expect(Set(parts.compactMap { $0["location_id"]?.text }) == Set(visits.map(\.location.id.description)))
        #expect(parts.compactMap { $0["amount"]?.integer }.sorted() == [141_00, 149_00])
        #expect(parts.allSatisfy { $0["posted"] == true && $0["held"] == 0 && $0["claims"] == 1 })
    }

    private func checkLedger(_ day: ClinicDay, _ visit: ClinicDay.Visit, paid: Int) async throws {
        let charged = DayRemittance.charged(visit.lines)
        let patient = day.clinic.path(visit.location, "patients/\(visit.patient)/")
        var accounts: [String: Int] = [:]
        let lines = try await day.items("biller", patient + "ledger")
        for line in lines {
            let amount = try #require(line["amount"]?.integer)
            accounts[line["debit"]?.text ?? "", default: 0] += amount
            accounts[line["credit"]?.text ?? "", default: 0] -= amount
        }
        let left = accounts.filter { $0.value != 0 }
        let wanted = ["revenue": -charged, "cash:insurance": paid, "adjustments:contractual": charged / 5, "receivable:patient": 15_00]
        #expect(left == wanted)
        let balance = try await day.ask("biller", "GET", patient + "balance")
        #expect(balance["owed_by_patient"] == 15_00 && balance["owed_by_payers"] == 0 && balance["unapplied"] == 0)
        let claim = try await day.ask("biller", "GET", day.clinic.path(visit.location, "claims/\(visit.claim)"))
        #expect(claim["claim"]?["state"] == "paid" && claim["claim"]?["paid"] == .integer(paid) && claim["claim"]?["patient_owes"] == 15_00)
        #expect(claim["postings"]?.items.compactMap { $0["state"]?.text } == ["posted"])
    }

    private func checkStrangers(_ day: ClinicDay, _ visit: ClinicDay.Visit) async throws {
        for rest in ["", "/balance", "/ledger", "/coverages"] {
            let answer = try await day.clinic.send("rival_desk", "GET", day.clinic.path(visit.location, "patients/\(visit.patient)") + rest)
            #expect(answer.status == 404 && answer.code == "not_found")
        }
    }

    private func checkTrail(_ day: ClinicDay, _ visit: ClinicDay.Visit) async throws {
        let entries = try await day.items("auditor", day.clinic.path(visit.location, "audit-entries?limit=200&patient_id=\(visit.patient)"))
        let actions = entries.compactMap { $0["action"]?.text }
        for action in [
            "patient.register", "coverage.create", "appointment.book", "appointment.check_in", "appointment.complete", "charges.post",
            "remittance.post",
        ] {
            #expect(actions.count { $0 == action } == 1, "\(action)")
        }
        #expect(!entries.contains { $0["actor_name"] == "rival_desk" })
        for location in [day.clinic.north, day.clinic.south] {
            // A batch that is sealed between the two looks of one verification is counted by the next.
            try await eventually("the trail of \(location.name) is counted") {
                let verified = try await day.clinic.services.access.verify(.location(location))
                #expect(verified.isSound)
                return verified.entries + verified.unsealed > 0
            }
        }
    }

    private func checkReport(_ day: ClinicDay) async throws {
        let wanted: JSON = [
            "visits": 2, "no_shows": 0, "booked": 2, "charges": 400_00, "payments": 290_00, "adjustments": 80_00, "receivables": 30_00,
        ]
        try await eventually("the report shows the day", within: .seconds(60)) {
            try await day.report()["totals"]?.items.first?["figures"] == wanted
        }
        let report = try await day.report()
        let charges = report["locations"]?.items.compactMap { $0["totals"]?["charges"]?.integer } ?? []
        #expect(charges.sorted() == [195_00, 205_00])
    }
}
