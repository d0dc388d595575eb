import Synchronization
import Values

/// What a process counts, as Prometheus reads it. Families are registered once and read when asked; labels are few by design: route
/// templates, never paths or ids.
public final class Metrics: Sendable {
    public enum Kind: String, Sendable {
        case counter, gauge
    }

    /// One value with its labels.
    public struct Sample: Sendable {
        let labels: [(name: String, value: String)]
        let value: Double

        public init(_ value: Double, _ labels: [(name: String, value: String)] = []) {
            self.value = value
            self.labels = labels
        }
    }

    private struct Family: Sendable {
        let name: String
        let help: String
        let kind: Kind
        let read: @Sendable () async -> [Sample]
    }

    private let families = Mutex<[Family]>([])
    let requests = RequestMetrics()

    public init() {}

    /// `read` is called for each scrape; it must be cheap. `name` as Prometheus wants it: `polyclinic_jobs_waiting`.
    public func register(_ name: StaticString, _ kind: Kind, _ help: StaticString, _ read: @escaping @Sendable () async -> [Sample]) {
        families.withLock { $0.append(Family(name: name.description, help: help.description, kind: kind, read: read)) }
    }

    /// The text exposition format, version 0.0.4.
    public func exposition() async -> String {
        var text = requests.exposition()
        for family in families.withLock({ $0 }) {
            text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in await family.read() {
                text += family.name + Metrics.labels(sample.labels) + " " + Metrics.number(sample.value) + "\n"
            }
        }
        return text
    }

    static func labels(_ labels: [(name: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

/// Requests by route template and status, their durations, and how many are being worked on.
final class RequestMetrics: Sendable {
    private struct Series {
        var statuses: [Int: Int] = [:]
        var buckets = [Int](repeating: 0, count: RequestMetrics.bounds.count + 1)
        var microseconds = 0
        var count = 0
        var flights = 0

        mutating func add(_ status: Int, _ duration: Int, _ bucket: Int, _ flights: Int) {
            self.flights += flights
            statuses[status, default: 0] += 1
            buckets[bucket] += 1
            microseconds += duration
            count += 1
        }
    }

    /// Microseconds.
    static let bounds = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 15_000_000,
    ]

    private let series = Mutex<[String: Series]>([:])
    let inFlight = Atomic(0)

    /// `route` is "GET /v1/…" with names, one of a closed list.
    func record(_ route: String, status: Int, microseconds: Int, flights: Int = 0) {
        let bucket = RequestMetrics.bounds.firstIndex { microseconds <= $0 } ?? RequestMetrics.bounds.count
        series.withLock { $0[route, default: Series()].add(status, microseconds, bucket, flights) }
    }

    func exposition() -> String {
        let series = series.withLock { $0 }.sorted { $0.key < $1.key }
        var text = "# HELP polyclinic_http_requests_total Requests answered.\n# TYPE polyclinic_http_requests_total counter\n"
        for (route, series) in series {
            for (status, count) in series.statuses.sorted(by: { $0.key < $1.key }) {
                text += "polyclinic_http_requests_total" + Metrics.labels([("route", route), ("status", String(status))]) + " \(count)\n"
            }
        }
        text += "# HELP polyclinic_http_flights_total Waits for a database.\n# TYPE polyclinic_http_flights_total counter\n"
        for (route, series) in series {
            text += "polyclinic_http_flights_total" + Metrics.labels([("route", route)]) + " \(series.flights)\n"
        }
        let name = "polyclinic_http_request_duration_seconds"
        text += "# HELP \(name) Time to the answer.\n# TYPE \(name) histogram\n"
        for (route, series) in series {
            var sum = 0
            for (index, count) in series.buckets.enumerated() {
                sum += count
                let bound = index < RequestMetrics.bounds.count ? Metrics.number(Double(RequestMetrics.bounds[index]) / 1e6) : "+Inf"
                text += "\(name)_bucket" + Metrics.labels([("route", route), ("le", bound)]) + " \(sum)\n"
            }
            text += "\(name)_sum" + Metrics.labels([("route", route)]) + " " + Metrics.number(Double(series.microseconds) / 1e6) + "\n"
            text += "\(name)_count" + Metrics.labels([("route", route)]) + " \(series.count)\n"
        }
        text += "# HELP polyclinic_http_requests_in_flight Requests being worked on.\n# TYPE polyclinic_http_requests_in_flight gauge\n"
        return text + "polyclinic_http_requests_in_flight \(inFlight.load(ordering: .relaxed))\n"
    }
}
