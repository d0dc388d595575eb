/// All that this program knows how to do: kinds of jobs, who subscribes to what, and what comes with time. Slices bring their own, Assembly
/// adds them up.
public struct JobCatalogue: Sendable {
    public var jobs: [JobRegistration]
    public var subscriptions: [Subscription]
    public var cron: [CronEntry]
    /// Events that are told though nobody here subscribes. An event in no list is kept for a worker that knows it.
    public var events: [String]

    public init(jobs: [JobRegistration] = [], subscriptions: [Subscription] = [], cron: [CronEntry] = [], events: [String] = []) {
        self.jobs = jobs
        self.subscriptions = subscriptions
        self.cron = cron
        self.events = events
    }

    public static func + (left: JobCatalogue, right: JobCatalogue) -> JobCatalogue {
        JobCatalogue(
            jobs: left.jobs + right.jobs,
            subscriptions: left.subscriptions + right.subscriptions,
            cron: left.cron + right.cron,
            events: left.events + right.events
        )
    }

    /// The kinds this program runs.
    public var kinds: [String] { jobs.map(\.kind) }

    /// What is wrong with it; empty when nothing is.
    public var faults: [String] {
        let kinds = Set(jobs.map(\.kind))
        var faults = JobCatalogue.doubles(jobs.map(\.kind)).map { "job \($0) is registered twice" }
        faults += JobCatalogue.doubles(subscriptions.map { "\($0.event) by \($0.subscriber)" }).map {
            "subscription to \($0) is there twice"
        }
        faults += JobCatalogue.doubles(cron.map(\.name)).map { "cron entry \($0) is there twice" }
        faults += subscriptions.filter { !kinds.contains($0.kind) }.map {
            "subscription to \($0.event) starts \($0.kind), which nobody runs"
        }
        faults += cron.filter { !$0.schedule.isSound }.map { "the schedule of cron entry \($0.name) is impossible" }
        faults += jobs.filter { $0.policy.attempts < 1 || $0.policy.timeLimit <= .zero }.map {
            "the policy of job \($0.kind) is impossible"
        }
        return faults
    }

    private static func doubles(_ names: [String]) -> [String] {
        Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).filter { $0.value > 1 }.keys.sorted()
    }
}
