import Assembly
import FoundationEssentials
import Tenancy
import Values

/// The payer's answer: one 835 that pays claims of both locations, received, balanced whole, and posted by each location.
struct DemoPosting {
    let story: DemoStory
    let cast: DemoCastSignedIn
    let jobs: DemoJobs
    let folders: Settings.Folders

    func run(_ visits: [DemoVisit]) async throws -> [DemoPayment] {
        let begun = Ambient.system.now()
        story.begin("One 835 for both locations arrives in the inbound folder")
        let payments = visits.map(DemoPayment.init)
        let (day, time) = visits[0].site.location.rules.wallClock(at: begun)
        let stamp = String(begun.microseconds / 1000)
        let remittance = DemoRemittance(payments: payments, trace: "DEMO" + stamp, control: String(stamp.suffix(9)), day: day, time: time)
        try put(remittance)
        story.begin("It is balanced whole and posted by each location")
        let posted = try await story.wait(for: "the remittance to be posted") { () async throws -> JSON? in
            let all = try await cast.biller.get("/v1/organizations/\(cast.organization)/remittances?limit=200")["items"]?.items ?? []
            guard let record = all.first(where: { $0.text("trace") == remittance.trace }) else { return nil }
            let reasons = (record["reasons"]?.items ?? []).map { $0.text("text") }.joined(separator: "; ")
            try require(["posting", "posted"].contains(record.text("state")), "The remittance is \(record.text("state")): \(reasons)")
            return record.text("state") == "posted" ? record : nil
        }
        try check(posted, visits, payments, remittance)
        try await jobs.tell(since: begun)
        return payments
    }

    /// Written under a name that is passed by, then renamed: a file of the right name is always whole.
    private func put(_ remittance: DemoRemittance) throws {
        let name = "835_\(remittance.trace).edi"
        let path = folders.inbound + "/"
        try Data(remittance.text.utf8).write(to: URL(fileURLWithPath: path + "." + name))
        try FileManager.default.moveItem(atPath: path + "." + name, toPath: path + name)
        story.tell("file", "\(name): trace \(remittance.trace), \(remittance.payments.count) claims, \(money(remittance.amount))")
        for payment in remittance.payments {
            story.tell(
                "claim",
                "\(payment.claim.number): charged \(money(payment.charged)), paid \(money(payment.paid)), CO-45 \(money(payment.writtenOff)), PR-3 \(money(payment.patient))"
            )
        }
    }

    private func check(_ posted: JSON, _ visits: [DemoVisit], _ payments: [DemoPayment], _ remittance: DemoRemittance) throws {
        let parts = posted["parts"]?.items ?? []
        try require(try posted.number("amount") == remittance.amount, "The remittance's amount is not what the file says.")
        try require(try posted.number("unmatched_claims") == 0 && parts.count == visits.count, "The remittance has \(parts.count) parts.")
        for (visit, payment) in zip(visits, payments) {
            let location = visit.site.location
            let part = parts.first { $0.text("location_id") == location.id.description } ?? .null
            try require(
                try part.number("amount") == payment.paid && part["posted"] == true && part["held"] == 0,
                "The part of \(location.name) was not posted."
            )
            story.tell("part", "\(location.name): \(try part.number("claims")) claims, \(money(try part.number("amount"))), posted")
        }
        let sum = try parts.reduce(0) { $0 + (try $1.number("amount")) }
        try require(sum + (try posted.number("adjustments")) == remittance.amount, "Parts and adjustments are not the payment.")
    }

    /// The ledger of both patients: what was charged is what was paid, written off and is left to the patient.
    func showLedgers(_ visits: [DemoVisit], _ payments: [DemoPayment]) async throws {
        story.begin("Ledger and balance of both patients")
        for (visit, payment) in zip(visits, payments) {
            let place = visit.site.location.name
            let claim = try await cast.biller.get(visit.site.path("claims/\(visit.claim.id)"))["claim"] ?? .null
            try require(
                claim.text("state") == "paid" && claim["paid"] == .integer(payment.paid),
                "The claim at \(place) is \(claim.text("state"))."
            )
            let lines = try await cast.biller.list(visit.path("ledger"))
            var accounts: [String: Int] = [:]
            for line in lines.reversed() {
                let amount = try line.number("amount")
                accounts[line.text("debit"), default: 0] += amount
                accounts[line.text("credit"), default: 0] -= amount
                story.tell(
                    "line",
                    "\(place): \(line.text("day")) \(line.text("kind")): \(line.text("credit")) → \(line.text("debit")) \(money(amount))"
                )
            }
            let wanted = [
                "revenue": -payment.charged, "cash:insurance": payment.paid, "adjustments:contractual": payment.writtenOff,
                "receivable:patient": payment.patient,
            ]
            try require(
                accounts.filter { $0.value != 0 } == wanted.filter { $0.value != 0 },
                "The ledger at \(place) comes to \(accounts)."
            )
            let balance = try await cast.biller.get(visit.path("balance"))
            let (patient, payers) = (try balance.number("owed_by_patient"), try balance.number("owed_by_payers"))
            try require(patient == payment.patient && payers == 0, "The balance at \(place) is \(money(patient)) and \(money(payers)).")
            story.tell("balance", "\(place): patient \(money(patient)), payers \(money(payers)); the lines say the same")
        }
    }
}
