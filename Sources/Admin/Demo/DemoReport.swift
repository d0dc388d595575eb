import Assembly
import Tenancy
import Values

/// The daily report over both locations, read before and after: it must have grown by what the day caused, exactly.
struct DemoReport {
    struct Figures: Equatable, CustomStringConvertible {
        var visits = 0
        var charges = 0
        var payments = 0
        var adjustments = 0
        var receivables = 0

        static func + (left: Figures, right: Figures) -> Figures {
            Figures(
                visits: left.visits + right.visits,
                charges: left.charges + right.charges,
                payments: left.payments + right.payments,
                adjustments: left.adjustments + right.adjustments,
                receivables: left.receivables + right.receivables
            )
        }

        var description: String {
            "\(visits) visits, charges \(money(charges)), payments \(money(payments)), adjustments \(money(adjustments)), receivables \(money(receivables))"
        }
    }

    let story: DemoStory
    let cast: DemoCastSignedIn
    let services: Services
    let sites: [DemoSite]
    /// The day the play began: the same span of days is read before and after.
    let today: Day

    /// By location, once nothing is left to be recomputed.
    func opening() async throws -> [Figures] {
        story.begin("The report over both locations before the day")
        try await DemoJobs(services: services, story: story, sites: sites).factsSettle()
        let figures = try await read()
        for (site, figures) in zip(sites, figures) { story.tell("before", "\(site.location.name): \(figures)") }
        return figures
    }

    func run(since before: [Figures], _ visits: [DemoVisit], _ payments: [DemoPayment]) async throws {
        story.begin("The report over both locations has grown by what the day caused")
        let caused = zip(visits, payments).map { visit, payment in
            Figures(
                visits: 1,
                charges: visit.charged,
                payments: payment.paid,
                adjustments: payment.writtenOff,
                receivables: visit.charged - payment.paid - payment.writtenOff
            )
        }
        let wanted = zip(before, caused).map { $0 + $1 }
        var last: [Figures] = []
        do {
            _ = try await story.wait(for: "the day's figures in the report", within: 90) { () async throws -> Bool? in
                last = try await read()
                return last == wanted ? true : nil
            }
        } catch let problem as Problem where problem.code == "step_does_not_hold" {
            throw Problem.unexpected("The report shows \(last), and should show \(wanted).")
        }
        for (index, site) in sites.enumerated() {
            story.tell("grown by", "\(site.location.name): \(caused[index])")
            story.tell("now", "\(site.location.name): \(last[index])")
        }
    }

    /// A manager of one location gets the part of it, and nothing of the other location's patients.
    func showPart(_ visits: [DemoVisit]) async throws {
        story.begin("The manager of one location sees that location only")
        let names = try await cast.manager.get(path)["locations"]?.items.map { $0.text("name") } ?? []
        try require(names == [sites[0].location.name], "The manager's report shows \(names).")
        story.tell("report", names.joined(separator: ", "))
        for visit in visits {
            let answer = try await cast.manager.send("GET", visit.site.path("patients/\(visit.patient)"))
            let isOwn = visit.site.location.id == sites[0].location.id
            try require(
                answer.status == (isOwn ? 200 : 404),
                "The manager's look at \(visit.site.location.name) was answered \(answer.words)"
            )
            story.tell(isOwn ? "shown" : "refused", "a patient of \(visit.site.location.name): \(answer.status)")
        }
    }

    /// Yesterday to a week from now: an appointment at the nearest free time may be tomorrow's.
    private var path: String {
        "/v1/organizations/\(cast.organization)/reports/daily?from=\(today.adding(days: -1))&through=\(today.adding(days: 7))"
    }

    private func read() async throws -> [Figures] {
        let report = try await cast.owner.get(path)["locations"]?.items ?? []
        return try sites.map { site in
            guard let totals = report.first(where: { $0.text("location_id") == site.location.id.description })?["totals"] else {
                throw Problem.unexpected("The report lacks \(site.location.name).")
            }
            return Figures(
                visits: try totals.number("visits"),
                charges: try totals.number("charges"),
                payments: try totals.number("payments"),
                adjustments: try totals.number("adjustments"),
                receivables: try totals.number("receivables")
            )
        }
    }
}
