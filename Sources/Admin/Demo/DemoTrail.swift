import Access
import Assembly
import Tenancy
import Values

/// Who may not see, who saw, and that nobody changed what is written about it.
struct DemoTrail {
    let story: DemoStory
    let cast: DemoCastSignedIn
    let services: Services

    /// The other organization's front desk learns not even that the patient exists.
    func refuseStrangers(_ visits: [DemoVisit]) async throws {
        story.begin("The other organization's front desk asks for the first patient")
        guard let visit = visits.first else { return }
        for path in ["", "/coverages", "/ledger"] {
            let answer = try await cast.stranger.send("GET", visit.site.path("patients/\(visit.patient)") + path)
            try require(answer.status == 404, "GET …/patients/{patient}\(path) was answered \(answer.words)")
            story.tell("refused", "GET …/patients/\(visit.patient)\(path): 404 \(answer.code)")
        }
    }

    /// What the auditor reads about the first patient.
    func show(_ visits: [DemoVisit]) async throws {
        story.begin("The auditor reads who did and saw what about the first patient")
        guard let visit = visits.first else { return }
        let entries = try await cast.auditor.list(visit.site.path("audit-entries?patient_id=\(visit.patient)"))
        for entry in entries.reversed() {
            let who = entry.text("actor_name").isEmpty ? entry.text("actor_kind") : entry.text("actor_name")
            story.tell("entry", "\(entry.text("at")) \(who): \(entry.text("action")) \(entry.text("result"))")
        }
        let actions = Set(entries.map { $0.text("action") })
        let missing = Set([
            "patient.register", "coverage.create", "appointment.book", "appointment.check_in", "appointment.complete", "charges.post",
            "claim.make",
            "remittance.post", "ledger.list",
        ]).subtracting(actions)
        try require(missing.isEmpty, "The trail lacks \(missing.sorted().joined(separator: ", ")).")
        try require(!entries.contains { $0.text("actor_name") == "Finn Okoye" }, "Somebody of another organization is in the trail.")
    }

    func verify(_ sites: [DemoSite]) async throws {
        story.begin("Nothing in the trails was changed, removed, added or reordered")
        for site in sites {
            let result = try await services.access.verify(.location(site.location))
            try require(result.isSound, "The trail of \(site.location.name) is not sound: \(String(describing: result.finding)).")
            let waiting = result.oldestUnsealed.map { ", the oldest since \($0)" } ?? ""
            story.tell(
                "trail",
                "\(site.location.name): \(result.entries) entries in \(result.seals) seals, \(result.unsealed) to be sealed\(waiting)"
            )
        }
    }
}
