import Logging
import Redis

/// Waits in Redis for what `Wake` says, and rings the stations concerned.
struct Hints: Sendable {
    let redis: Redis
    let stations: [Station]
    let logger: Logger
    /// How long one wait in the server lasts.
    private let wait = 1

    init(redis: Redis, stations: [Station], logger: Logger) {
        self.redis = redis
        self.stations = stations
        self.logger = logger
    }

    func loop() async {
        while !Task.isCancelled {
            // A hint that is taken must be acted on: whoever is full leaves it to others.
            let open = stations.filter(\.hasRoom)
            guard !open.isEmpty else {
                try? await Task.sleep(for: .milliseconds(5))  // cancelled: the condition sees it
                continue
            }
            do {
                try await listen(for: open)
            } catch {
                // Without Redis stations look for themselves.
                try? await Task.sleep(for: .milliseconds(250))  // cancelled: the condition sees it
            }
        }
    }

    private func listen(for open: [Station]) async throws {
        let keys = open.map { Wake.key($0.database) }
        var arguments: [RedisArgument] = [.integer(wait), .integer(keys.count)]
        arguments += keys.map { .key($0) }
        arguments += ["LEFT", "COUNT", 100]
        let answer = try await redis.blocking(RedisCommand("BLMPOP", arguments: arguments), timeout: .seconds(wait)).array
        guard let answer, answer.count == 2, let name = answer[0].string,
            let station = open.first(where: { Wake.key($0.database).name == name })
        else { return }
        let news = Wake.News(entries: (answer[1].array ?? []).compactMap(\.string))
        if news.hasJobs || !news.named.isEmpty { station.look(for: news) }
        if news.hasEvents { station.relayBell.ring() }
    }
}
