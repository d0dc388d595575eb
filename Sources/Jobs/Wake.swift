public import Redis
import Synchronization

/// Tells workers after a commit where to look. A hint and no more (DESIGN L4): it carries no data, nobody waits for it, and without it
/// workers find everything by looking every few hundred milliseconds.
public final class Wake: Sendable {
    struct News: OptionSet, Sendable {
        let rawValue: Int
        static let event = News(rawValue: 1)
        static let job = News(rawValue: 2)

        /// As it stands in the list.
        var text: String { String(rawValue) }
    }

    private struct State {
        /// What is to be said about each database while its last hint is still on the way; a key with no news is just on the way.
        var pending: [RedisKey: News] = [:]
        var failures = 0
    }

    /// More hints than this say nothing new.
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
            state.pending[key, default: []].formUnion(isFirst ? [] : news)
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
                    RedisCommand("RPUSH", .key(key), .string(current.text)), RedisCommand("LTRIM", .key(key), .integer(-Wake.limit), -1),
                ])
            } catch {
                // Only counted: the row is committed, and workers look for themselves.
                state.withLock { $0.failures += 1 }
            }
            news = state.withLock { state in
                let next = state.pending[key] ?? []
                state.pending[key] = next.isEmpty ? nil : []
                return next.isEmpty ? nil : next
            }
        }
    }

    static func key(_ database: String?) -> RedisKey {
        if let database { RedisKey.platform("wake", "location", database) } else { RedisKey.platform("wake", "control") }
    }
}
