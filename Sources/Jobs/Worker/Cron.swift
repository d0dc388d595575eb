import Postgres
import Tenancy
import Values

/// Inserts the jobs of the slots that have come. Every worker does, and the slot's unique key lets one of them through.
actor Cron {
    private struct Due: Sendable {
        let database: String?
        let role: String
        let entry: String
        let slot: CronSlot
        let kind: String
        let parameters: String
    }

    private struct Place: Hashable {
        let entry: String
        let location: LocationID?
    }

    private let entries: [CronEntry]
    private let tenancy: Tenancy
    private let ambient: Ambient
    /// The newest slot of each that is known to be in the queue.
    private var inserted: [Place: String] = [:]

    init(entries: [CronEntry], tenancy: Tenancy, ambient: Ambient) {
        self.entries = entries
        self.tenancy = tenancy
        self.ambient = ambient
    }

    /// Answers the databases that got jobs.
    func fire() async throws -> Set<String?> {
        let now = ambient.now()
        var due: [(place: Place, due: Due)] = []
        let isLocal = entries.contains { if case .eachLocation = $0.place { true } else { false } }
        let locations = isLocal ? try await tenancy.locations() : []
        for entry in entries {
            switch entry.place {
            case .platform(let rules, let make):
                let slot = entry.schedule.latest(at: now, rules)
                let place = Place(entry: entry.name, location: nil)
                guard inserted[place] != slot.key else { continue }
                due.append((place, Cron.due(entry, slot, make(slot), nil)))
            case .eachLocation(let make):
                for location in locations {
                    let slot = entry.schedule.latest(at: now, location.rules)
                    let place = Place(entry: entry.name, location: location.id)
                    guard inserted[place] != slot.key else { continue }
                    let job = make(location, slot)
                    guard location.state == .active || type(of: job).policy.whileSuspended else { continue }
                    due.append((place, Cron.due(entry, slot, job, location)))
                }
            }
        }
        for (database, batch) in Dictionary(grouping: due, by: \.due.database) {
            try await insert(batch.map(\.due), into: database)
            for item in batch { inserted[item.place] = item.due.slot.key }
        }
        return Set(due.map(\.due.database))
    }

    private static func due(_ entry: CronEntry, _ slot: CronSlot, _ job: any JobDescription, _ location: Location?) -> Due {
        Due(
            database: location?.database,
            role: location?.role.name ?? Roles.queueWorker.name,
            entry: entry.name,
            slot: slot,
            kind: type(of: job).kind,
            parameters: job.parameters.json
        )
    }

    private func insert(_ due: [Due], into database: String?) async throws {
        let keys = due.map { "cron:\($0.entry):\($0.slot.key)" }
        let none: [UUID] = due.map { _ in UUID(high: 0, low: 0) }
        _ = try await tenancy.queueRead(
            database,
            """
            insert into queue.job (id, location, kind, parameters, unique_key, cron, request, actor_kind, actor_id)
            select job.id, job.role::name, job.kind, job.parameters::jsonb, job.key, job.entry, job.id, 'system', job.actor
            from unnest(\(due.map { _ in ambient.id(JobID.self) }), \(due.map(\.role)), \(due.map(\.kind)), \(due.map(\.parameters)), \(keys),
                \(due.map(\.entry)), \(none)) as job (id, role, kind, parameters, key, entry, actor)
            on conflict do nothing
            """
        )
    }
}
