import Synchronization

/// What a worker did since it started, for metrics.
public struct JobWorkerFigures: Sendable, Hashable {
    public var claimed = 0
    public var done = 0
    public var retried = 0
    public var dead = 0
    public var discarded = 0
    public var snoozed = 0
    /// Given back unfinished, at no cost to the job.
    public var handedBack = 0
    /// Runs whose lease ended before they did: their results were refused.
    public var lost = 0
    /// Jobs taken from workers that are gone or overdue.
    public var rescued = 0
    public var relayed = 0
    /// Statements to the queue that failed.
    public var failures = 0
    public var running = 0
    /// Claimed, and about to run.
    public var waiting = 0
}

final class Tally: Sendable {
    private let figures = Mutex(JobWorkerFigures())

    func count(_ change: (inout JobWorkerFigures) -> Void) { figures.withLock { change(&$0) } }

    var now: JobWorkerFigures { figures.withLock { $0 } }
}
