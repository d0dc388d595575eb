/// The limits of one worker process. Every figure per database holds for control and for each location database alike.
public struct JobWorkerSettings: Sendable {
    /// Jobs that run at once, per database.
    public var concurrency = 16
    /// Jobs claimed and events relayed in one statement, at most. More than `concurrency` are claimed only while jobs are so short that
    /// the rest waits some milliseconds.
    public var batch = 256
    /// How much of a worker one location may fill while others have work or may get some, in percent.
    public var locationShare = 75
    /// A worker not heard of for so long has lost its jobs to the others.
    public var lease: Duration = .seconds(6)
    public var heartbeat: Duration = .milliseconds(1500)
    /// How often workers look for leases that ended.
    public var rescue: Duration = .milliseconds(500)
    /// How often, at least and at most, workers look for work nobody hinted at.
    public var poll: ClosedRange<Duration> = .milliseconds(250) ... .milliseconds(500)
    /// How often slots of the cron table are looked at.
    public var cron: Duration = .seconds(1)
    /// What a stopping worker gives its jobs before it hands them back; the process is cancelled after 60 seconds, so it leaves time for that.
    public var grace: Duration = .seconds(50)
    /// What a run past its time limit gets to end by itself before its place is given to another.
    public var overrun: Duration = .seconds(5)
    /// The queues to serve; nil is all.
    public var queues: Set<String>?
    public var keepDone: Duration = .seconds(7 * 86_400)
    /// The same for jobs of the cron table, of which each location gets several a minute. Longer than workers' clocks may differ: the row
    /// is what keeps its slot from being fired again.
    public var keepCron: Duration = .seconds(3600)
    public var keepDead: Duration = .seconds(90 * 86_400)

    public init() {}
}
