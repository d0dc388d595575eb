import Assembly
import Jobs
import Postgres
import Tenancy
import Values

/// The jobs that a step caused, as the queues of all databases show them.
struct DemoJobs {
    let services: Services
    let story: DemoStory
    let sites: [DemoSite]

    /// Tells which jobs were made since a moment at the locations of the day and for their organization, and how far they are.
    func tell(since: Instant) async throws {
        for site in sites {
            tell(site.location.name, try await made(site.location.database, since).filter { $0.location == site.location.role.name })
        }
        let organization = sites.first?.location.organization
        tell("organization", try await made(nil, since).filter { $0.organization == organization })
    }

    private func made(_ database: String?, _ since: Instant) async throws -> [JobRecord] {
        try await services.jobOperations.list(database: database, limit: 1000).filter { $0.createdAt >= since }
    }

    private func tell(_ place: String, _ jobs: [JobRecord]) {
        guard !jobs.isEmpty else { return }
        let kinds = Dictionary(grouping: jobs) { "\($0.kind) \($0.state.rawValue)" }.sorted { $0.key < $1.key }
        let texts = kinds.map { kind, jobs in
            let (done, total) = (jobs.reduce(0) { $0 + ($1.done ?? 0) }, jobs.reduce(0) { $0 + ($1.total ?? 0) })
            return kind + (jobs.count > 1 ? " ×\(jobs.count)" : "") + (total > 0 ? " (\(done) of \(total))" : "")
        }
        story.tell("jobs", "\(place): " + texts.joined(separator: ", "))
    }

    /// Waits until no job that recomputes daily facts is left at a location.
    func factsSettle() async throws {
        _ = try await story.wait(for: "daily facts of earlier work") { () async throws -> Bool? in
            for site in sites {
                let counts = try await services.jobOperations.counts(database: site.location.database)
                let open = counts.contains { count in
                    count.location == site.location.role.name && ["reporting.note_days", "reporting.recompute_day"].contains(count.kind)
                        && (count.state == .ready || count.state == .running)
                }
                if open { return nil }
            }
            return true
        }
    }
}
