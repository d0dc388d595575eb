public import Access

/// How a kind of job is to be run.
public struct JobPolicy: Sendable {
    public enum Authority: Sendable, Hashable {
        /// The right was used when the row was committed; the person is recorded.
        case decided
        /// Delivers data to the person: the right is checked again at the start and before each batch.
        case delegated(Permission)
        /// The same, but the job itself names whose right it is, and where: it asks by `JobContext.acting` each time before it acts, and says itself
        /// what becomes of what was asked when the right is gone.
        case named(Permission)
    }

    /// Workers may be told to serve some queues only.
    public var queue: String
    /// Tries that may fail before the job is dead.
    public var attempts: Int
    public var backoff: JobBackoff
    /// After it the run is cancelled and counts as failed.
    public var timeLimit: Duration
    public var authority: Authority
    /// How many of this kind may run at once for one location, over all workers. Two workers that claim in the same moment may exceed
    /// it by a few: what must never overlap takes a unique key.
    public var maximumRunningPerLocation: Int?
    /// Whether it also runs for a suspended location, whose other jobs wait.
    public var whileSuspended: Bool

    public init(
        queue: String = "default",
        attempts: Int = 12,
        backoff: JobBackoff = .standard,
        timeLimit: Duration = .seconds(300),
        authority: Authority = .decided,
        maximumRunningPerLocation: Int? = nil,
        whileSuspended: Bool = false
    ) {
        self.queue = queue
        self.attempts = attempts
        self.backoff = backoff
        self.timeLimit = timeLimit
        self.authority = authority
        self.maximumRunningPerLocation = maximumRunningPerLocation
        self.whileSuspended = whileSuspended
    }
}

/// How long to wait before the next try: first · factorⁿ, at most `maximum`, give or take a quarter, so that jobs that failed together
/// do not come back together.
public struct JobBackoff: Sendable, Hashable {
    public let first: Duration
    public let factor: Double
    public let maximum: Duration

    public init(first: Duration, factor: Double = 2, maximum: Duration) {
        self.first = first
        self.factor = factor
        self.maximum = maximum
    }

    /// 1 s, doubled each time, up to 15 minutes.
    public static let standard = JobBackoff(first: .seconds(1), maximum: .seconds(900))

    /// The wait after `failed` tries (1 or more).
    func delay(failed: Int, random: UInt64) -> Duration {
        var wait = first.seconds
        for _ in 1..<max(2, min(failed, 64)) where failed > 1 { wait = min(wait * factor, maximum.seconds) }
        let jitter = 0.75 + Double(random >> 11) / Double(1 << 53) / 2
        return .milliseconds(Int64(min(wait, maximum.seconds) * jitter * 1000))
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
    /// Whole milliseconds, clamped: outside numbers reach this.
    var milliseconds: Int {
        let (scaled, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return components.seconds < 0 ? .min : .max }
        return Int(scaled) + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
