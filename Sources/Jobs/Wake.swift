public import Redis
import Synchronization
import Values

/// Tells workers after a commit where to look. A hint and no more (DESIGN L4): it carries ids only, nobody waits for it, and without it
/// workers find everything by looking every few hundred milliseconds.
public final class Wake: Sendable {
    /// What there is. A few jobs that are due are named, so that an idle worker need not look for them.
    struct News: Sendable, Equatable {
        var hasEvents = false
        /// Jobs that are not named; then none is.
        private(set) var hasJobs = false
        private(set) var named: [JobID] = []

        /// More names than this say nothing that a look at the queue does not find as fast.
        private static let limit = 8

        static let jobs = News(hasJobs: true)

        var isEmpty: Bool { !hasEvents && !hasJobs && named.isEmpty }

        mutating func name(_ job: JobID) {
            guard !hasJobs else { return }
            named.append(job)
            guard named.count > News.limit else { return }
            named = []
            hasJobs = true
        }

        mutating func add(_ other: News) {
            hasEvents = hasEvents || other.hasEvents
            hasJobs = hasJobs || other.hasJobs
            for job in other.named { name(job) }
            if hasJobs { named = [] }
        }

        /// As they stand in the list: 1 for events, 2 for jobs, or ids.
        var entries: [String] { (hasEvents ? ["1"] : []) + (hasJobs ? ["2"] : []) + named.map(\.description) }

        /// What cannot be read, as from another version, says that there may be anything.
        init(entries: [String]) {
            for entry in entries {
                if entry == "1" {
                    hasEvents = true
                } else if let job = JobID(entry) {
                    name(job)
                } else {
                    hasEvents = hasEvents || entry != "2"
                    add(.jobs)
                }
            }
        }

        init(hasEvents: Bool = false, hasJobs: Bool = false) {
            self.hasEvents = hasEvents
            self.hasJobs = hasJobs
        }
    }

    private struct State {
        /// What is to be said about each database while its last hint is still on the way; a key with no news is just on the way.
        var pending: [RedisKey: News] = [:]
        var failures = 0
    }

    /// Workers read so many entries at once. What is cut off is found by looking.
    private static let limit = 100

    private let redis: Redis?
    private let state = Mutex(State())

    public init(redis: Redis?) {
        self.redis = redis
    }

    /// Hints that did not reach Redis.
    public var failures: Int { state.withLock(\.failures) }

    /// Says that there is something new; nil is the control database. Returns at once.
    func hint(_ database: String?, _ news: News) {
        guard let redis, !news.isEmpty else { return }
        let key = Wake.key(database)
        let isFirst = state.withLock { state in
            let isFirst = state.pending[key] == nil
            state.pending[key, default: News()].add(isFirst ? News() : news)
            return isFirst
        }
        // One hint per database is on the way at a time; what is told meanwhile follows together.
        if isFirst { Task { await send(key, news, redis) } }
    }

    private func send(_ key: RedisKey, _ news: News, _ redis: Redis) async {
        var news: News? = news
        while let current = news {
            do {
                _ = try await redis.pipeline([
                    RedisCommand("RPUSH", arguments: [.key(key)] + current.entries.map { .string($0) }),
                    RedisCommand("LTRIM", .key(key), .integer(-Wake.limit), -1),
                ])
            } catch {
                // Only counted: the row is committed, and workers look for themselves.
                state.withLock { $0.failures += 1 }
            }
            news = state.withLock { state in
                let next = state.pending[key] ?? News()
                state.pending[key] = next.isEmpty ? nil : News()
                return next.isEmpty ? nil : next
            }
        }
    }

    static func key(_ database: String?) -> RedisKey {
        if let database { RedisKey.platform("wake", "location", database) } else { RedisKey.platform("wake", "control") }
    }
}
