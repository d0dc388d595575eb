import Postgres
import Synchronization
import Values

/// Which location is where, kept in memory for at most a second after it was read, so that a suspension holds everywhere within one.
final class Directory: Sendable {
    private struct Entry {
        let location: Location?
        let readAt: ContinuousClock.Instant
        /// Asked for since it was read: worth reading again before anybody waits for it.
        var wasUsed = false
    }

    private enum Turn {
        case answer(Location?)
        /// Still true, and about to end, like these others that are in use.
        case refresh(Entry, with: [LocationID])
        case read
    }

    private struct Cache {
        var byID: [LocationID: Entry] = [:]
        var isRefreshing = false
        var byRole: [String: Entry] = [:]
        var all: (locations: [Location], readAt: ContinuousClock.Instant)?
    }

    private let read: @Sendable (Statement) async throws -> Rows
    private let cache = Mutex(Cache())
    private let lifetime = Directory.lifetime
    /// How long anybody may hold an entry for true.
    static let lifetime: Duration = .seconds(1)
    /// The end of a move is noticed sooner: until then changes are refused.
    private static let lifetimeWhileMoving: Duration = .milliseconds(100)
    /// More locations than one installation has; beyond it the cache starts anew rather than grow.
    private let limit = 20_000
    /// How many are read again in one flight, at most.
    private static let together = 1_000

    init(read: @escaping @Sendable (Statement) async throws -> Rows) {
        self.read = read
    }

    func location(_ id: LocationID) async throws -> Location? {
        switch turn(id) {
        case .answer(let location): return location
        case .refresh(let entry, let ids):
            do {
                return try await refresh(ids)
            } catch  where fresh(entry) && !Task.isCancelled {
                return entry.location  // the next one tries again
            }
        case .read: break
        }
        let readAt = ContinuousClock.now
        let row = try await read(Location.columns + " where id = \(id)").first
        let entry = Entry(location: try row.map(Location.init(row:)), readAt: readAt)
        cache.withLock {
            if $0.byID.count >= limit { $0.byID.removeAll() }
            $0.byID[id] = entry
        }
        return entry.location
    }

    /// A thousand locations in use are read again together, twice a second, by whoever comes first when they are half their life old: a flight
    /// for each would cost as much as a tenth of the requests.
    private func turn(_ id: LocationID) -> Turn {
        cache.withLock { cache in
            guard let entry = cache.byID[id], fresh(entry) else { return .read }
            if !entry.wasUsed { cache.byID[id]?.wasUsed = true }
            let old = ContinuousClock.now - lifetime / 2
            guard entry.readAt < old, !cache.isRefreshing else { return .answer(entry.location) }
            cache.isRefreshing = true
            let others = cache.byID.lazy.filter { $0.key != id && $0.value.wasUsed && $0.value.readAt < old }.prefix(Directory.together - 1)
            return .refresh(entry, with: [id] + others.map(\.key))
        }
    }

    /// Reads all of these; the answer is the first of them.
    private func refresh(_ ids: [LocationID]) async throws -> Location? {
        defer { cache.withLock { $0.isRefreshing = false } }
        let readAt = ContinuousClock.now
        let rows = try await read(Location.columns + " where id = any(\(ids)) limit \(Directory.together)")
        let found = Dictionary(try rows.map(Location.init(row:)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        cache.withLock { cache in
            for id in ids { cache.byID[id] = Entry(location: found[id], readAt: readAt) }
        }
        return ids.first.flatMap { found[$0] }
    }

    func location(role: String) async throws -> Location? {
        if let entry = cache.withLock({ $0.byRole[role] }), fresh(entry) { return entry.location }
        let readAt = ContinuousClock.now
        let row = try await read(Location.columns + " where role_name = \(role)").first
        let entry = Entry(location: try row.map(Location.init(row:)), readAt: readAt)
        cache.withLock {
            if $0.byRole.count >= limit { $0.byRole.removeAll() }
            $0.byRole[role] = entry
        }
        return entry.location
    }

    func locations(of organization: OrganizationID) async throws -> [Location] {
        let rows = try await read(
            Location.columns
                + " where organization_id = \(organization) and state in ('active', 'moving', 'suspended') order by name, id limit 5000"
        )
        return try rows.map(Location.init(row:))
    }

    func all() async throws -> [Location] {
        if let all = cache.withLock({ $0.all }), ContinuousClock.now - all.readAt < lifetime { return all.locations }
        let readAt = ContinuousClock.now
        let rows = try await read(Location.columns + " where state in ('active', 'suspended') order by id limit \(limit)")
        let locations = try rows.map(Location.init(row:))
        cache.withLock { $0.all = (locations, readAt) }
        return locations
    }

    private func fresh(_ entry: Entry) -> Bool {
        ContinuousClock.now - entry.readAt < (entry.location?.state == .moving ? Directory.lifetimeWhileMoving : lifetime)
    }
}
