import Assembly
import FoundationEssentials
import Tenancy
import Values
import X12

/// A claim as the payer will see it.
struct DemoClaim {
    var id = ""
    var number = ""
    var file = ""
    /// Control number, procedure and charge of each line.
    var lines: [Line] = []

    struct Line {
        let control: String
        let code: String
        let amount: Int
    }
}

/// The biller at work: a billing run at each location makes claims, and claims make 837P files.
struct DemoBilling {
    let story: DemoStory
    let cast: DemoCastSignedIn
    let jobs: DemoJobs
    let folders: Settings.Folders

    func run(_ visits: inout [DemoVisit]) async throws {
        let begun = Ambient.system.now()
        story.begin("Start a billing run at each location; workers make the claims")
        var runs: [String] = []
        for visit in visits {
            let days: JSON = ["from_day": .string(visit.day.description), "through_day": .string(visit.day.description)]
            runs.append(try await cast.biller.ask("POST", visit.site.path("billing-runs"), days).text("id"))
        }
        for (index, run) in runs.enumerated() { try await finish(run, visits[index].site) }
        for index in visits.indices { visits[index].claim = try await claim(of: visits[index]) }
        try await jobs.tell(since: begun)
        story.begin("The claims lie as 837P files in the outbound folder")
        for visit in visits { try await inspectFile(of: visit) }
    }

    private func finish(_ run: String, _ site: DemoSite) async throws {
        let path = site.path("billing-runs/\(run)")
        var shown = ""
        let end = try await story.wait(for: "the billing run at \(site.location.name)") {
            let now = try await cast.biller.get(path)
            let progress = "\(now.text("state")), \(try now.number("seen")) of \(try now.number("encounters")) encounters"
            if progress != shown { story.tell("run", "\(site.location.name): \(progress)") }
            shown = progress
            return ["finished", "held"].contains(now.text("state")) ? now : nil
        }
        let reasons = (end["held_reasons"]?.items ?? []).map { $0.text("detail") }.joined(separator: " ")
        try require(end.text("state") == "finished", "The run is held: \(reasons)")
        story.tell(
            "run",
            "\(site.location.name): \(try end.number("invoices")) invoices, \(try end.number("claims")) claims, \(money(try end.number("total")))"
        )
    }

    private func claim(of visit: DemoVisit) async throws -> DemoClaim {
        let place = visit.site.location.name
        let listed = try await story.wait(for: "the claim's file at \(place)") {
            let claims = try await cast.biller.list(visit.site.path("claims?patient_id=\(visit.patient)"))
            try require(claims.count == 1, "\(claims.count) claims were made for one visit at \(place).")
            return claims.first { $0.text("state") == "filed" }
        }
        try require(try listed.number("total") == visit.charged, "The claim at \(place) does not come to what was charged.")
        let whole = try await cast.biller.get(visit.site.path("claims/\(listed.text("id"))"))
        let lines = try (whole["lines"]?.items ?? []).map {
            DemoClaim.Line(control: $0.text("control_number"), code: $0.text("code"), amount: try $0.number("amount"))
        }
        try require(lines.reduce(0) { $0 + $1.amount } == visit.charged, "The lines of the claim at \(place) do not add up.")
        story.tell("claim", "\(place): \(listed.text("number")), \(lines.count) lines, \(money(visit.charged))")
        return DemoClaim(id: listed.text("id"), number: listed.text("number"), file: listed.text("claim_file_id"), lines: lines)
    }

    private func inspectFile(of visit: DemoVisit) async throws {
        let name = "837P_\(visit.claim.file).edi"
        let data = try await story.wait(for: name) { FileManager.default.contents(atPath: folders.outbound + "/" + name) }
        let json = try JSON.parse(
            Array(inspect(Array(data), file: name).utf8),
            limits: JSON.Limits(bytes: 8 * 1024 * 1024, values: 200_000)
        )
        let sums = json["summary"]?["claims837"] ?? .null
        let transactions = (json["interchanges"]?.items ?? []).flatMap { $0["transactions"]?.items ?? [] }
        let numbers = transactions.flatMap { ($0["claim_detail"]?.items ?? []).map { $0.text("clm01") } }
        try require(
            json["findings"]?.items.isEmpty == true,
            "\(name) is not sound: \(String(decoding: (json["findings"] ?? .null).bytes, as: UTF8.self))"
        )
        try require(numbers.contains(visit.claim.number), "\(name) does not hold claim \(visit.claim.number).")
        try require(try sums.number("charge_line_mismatches") == 0, "The claims of \(name) do not equal their lines.")
        story.tell(
            "file",
            "\(name): \(try sums.number("claims")) claims, \(sums.text("total_charge")), \(data.count) bytes, nothing to complain of"
        )
    }
}
