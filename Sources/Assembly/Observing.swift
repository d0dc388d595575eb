import Jobs
import Postgres
import Redis
import Tenancy
import Web

extension Services {
    /// What `/readyz` asks. Without control nobody can be let in; without Redis, or one location database, the rest goes on.
    var dependencies: [Dependency] {
        let tenancy = tenancy
        let redis = redis
        return [Dependency("control", isRequired: true) { await tenancy.answers(nil) }]
            + tenancy.databaseNames.map { name in Dependency(name, isRequired: false) { await tenancy.answers(name) } }
            + [Dependency("redis", isRequired: false) { redis.isReady }]
    }

    /// What `/metrics` says about databases and Redis.
    func describe(in metrics: Metrics) {
        let tenancy = tenancy
        let redis = redis
        let wake = wake
        func database(
            _ name: StaticString,
            _ kind: Metrics.Kind,
            _ help: StaticString,
            _ read: @escaping @Sendable (DatabaseStatistics) -> Int
        ) {
            metrics.register(name, kind, help) {
                tenancy.statistics.map { Metrics.Sample(Double(read($0.statistics)), [("database", $0.name)]) }
            }
        }
        database("polyclinic_database_connections", .gauge, "Open connections.") { $0.connections }
        database("polyclinic_database_leased", .gauge, "Connections inside a transaction.") { $0.leased }
        database("polyclinic_database_in_flight", .gauge, "Requests sent and not answered.") { $0.inFlight }
        database("polyclinic_database_waiting", .gauge, "Requests waiting for a connection.") { $0.waiting }
        database("polyclinic_database_flights_total", .counter, "Requests sent.") { $0.flights }
        database("polyclinic_database_lost_total", .counter, "Connections lost.") { $0.lost }
        database("polyclinic_database_refused_total", .counter, "Requests refused because a queue was full.") { $0.refused }
        metrics.register("polyclinic_redis_up", .gauge, "Whether Redis is connected.") { [Metrics.Sample(redis.isReady ? 1 : 0)] }
        metrics.register("polyclinic_wake_failures_total", .counter, "Hints to workers that Redis did not take.") {
            [Metrics.Sample(Double(wake.failures))]
        }
    }
}

extension JobWorker {
    /// What `/metrics` says about jobs.
    func describe(in metrics: Metrics) {
        metrics.register("polyclinic_jobs_total", .counter, "Jobs by how they ended.") { [weak self] in
            guard let figures = self?.figures else { return [] }
            return [
                ("done", figures.done), ("retried", figures.retried), ("dead", figures.dead), ("discarded", figures.discarded),
                ("snoozed", figures.snoozed), ("handed_back", figures.handedBack), ("lost", figures.lost), ("rescued", figures.rescued),
            ].map { Metrics.Sample(Double($0.1), [("end", $0.0)]) }
        }
        metrics.register("polyclinic_jobs_running", .gauge, "Jobs that run now.") { [weak self] in
            [Metrics.Sample(Double(self?.figures.running ?? 0))]
        }
        metrics.register("polyclinic_events_relayed_total", .counter, "Events turned into jobs.") { [weak self] in
            [Metrics.Sample(Double(self?.figures.relayed ?? 0))]
        }
    }
}

extension Settings.HTTP {
    var web: WebSettings {
        var web = WebSettings()
        web.host = host
        web.port = port
        web.publicURL = publicURL
        web.maximumConnections = maximumConnections
        // One session may use what the setting says; strangers of one address a tenth of it, a whole location ten times as much.
        web.callerRate = Rate(perSecond: Double(requestsPerMinute) / 60, burst: max(60, requestsPerMinute / 15))
        web.sourceRate = Rate(perSecond: Double(requestsPerMinute) / 600, burst: max(60, requestsPerMinute / 100))
        web.locationRate = Rate(perSecond: Double(requestsPerMinute) / 6, burst: max(600, requestsPerMinute * 2 / 3))
        return web
    }
}
