import Values

/// What one worker holds in one database. Pure: the station does what these functions answer.
struct StationState {
    struct Run {
        let claim: Claim
        let policy: JobPolicy
        let startedAt: ContinuousClock.Instant
        var task: Task<Void, Never>?
        var isTimedOut = false
    }

    var waiting = WaitingRoom()
    private(set) var runs: [Claim.Key: Run] = [:]
    private var runningAt: [String: Int] = [:]
    /// To be written, and being written: still this worker's until the database has answered.
    private(set) var verdicts: [Verdict] = []
    private(set) var writing: Set<Claim.Key> = []
    /// Until when the last heartbeat that was answered holds, on this machine's clock, counted from before it was sent.
    var leaseUntil: ContinuousClock.Instant?
    var isStopping = false
    /// Whether the last look found more than there was room for.
    var hasMore = false

    /// What somebody said since the last look.
    private var news = Wake.News()

    private let concurrency: Int
    private let batch: Int
    private let locationShare: Int
    private var ended = 0
    private var spent: Duration = .zero
    /// Measurements in a row in which nothing ran.
    private var idle = 0
    private var prefetch = 0

    init(_ settings: JobWorkerSettings) {
        concurrency = max(1, settings.concurrency)
        batch = max(concurrency, settings.batch)
        locationShare = min(100, max(1, settings.locationShare))
    }

    // MARK: Room

    /// What may be claimed now; nil when full, stopping or without a lease.
    func room(at now: ContinuousClock.Instant) -> ClaimStore.Room? {
        guard !isStopping, let leaseUntil, now < leaseUntil else { return nil }
        let capacity = concurrency + prefetch
        let limit = min(batch, capacity - runs.count - waiting.count)
        guard limit > 0 else { return nil }
        var held = runningAt
        for claim in waiting.roles { held[claim, default: 0] += waiting.waiting(at: claim) }
        return ClaimStore.Room(limit: limit, perLocation: share(of: capacity), held: held)
    }

    mutating func hear(_ other: Wake.News) { news.add(other) }

    /// The named jobs, when they fit and nothing else waits; nil when the queue is to be looked through. Whoever is full remembers it.
    mutating func takeNamed(at now: ContinuousClock.Instant) -> [JobID]? {
        defer { news = Wake.News() }
        guard let room = room(at: now) else {
            hasMore = hasMore || !news.isEmpty
            return nil
        }
        let fits = news.named.count <= min(room.limit, room.perLocation - (room.held.values.max() ?? 0))
        return fits && !news.named.isEmpty && !hasMore && waiting.count == 0 ? news.named : nil
    }

    /// Jobs so short that many could run one after another in `interval` are claimed ahead, so many that the last of them waits about that
    /// long. Called once in each interval. Counted by how long runs took, not by how many ended: that also falls when the database is slow
    /// to answer claims, which is when claiming few at a time would make everything slower still.
    mutating func measure(interval: Duration) {
        defer { (ended, spent) = (0, .zero) }
        guard ended == 0 else {
            let each = max(spent / ended, .microseconds(1))
            prefetch = Int(min(Double(batch - concurrency), Double(concurrency) * (interval / each)))
            idle = 0
            return
        }
        idle = runs.isEmpty ? idle + 1 : 0
        // What runs is long; or what was short was too long ago to count on.
        if !runs.isEmpty || interval * idle > .seconds(1) { prefetch = 0 }
    }

    private func share(of capacity: Int) -> Int { max(1, capacity * locationShare / 100) }

    // MARK: Runs

    /// The next job to start, if a place is free.
    mutating func next() -> Claim? {
        guard !isStopping, runs.count < concurrency else { return nil }
        let share = share(of: concurrency)
        return waiting.next { runningAt[$0, default: 0] < share }
    }

    mutating func start(_ claim: Claim, _ policy: JobPolicy, at now: ContinuousClock.Instant, _ task: Task<Void, Never>) {
        runs[claim.key] = Run(claim: claim, policy: policy, startedAt: now, task: task)
        runningAt[claim.role, default: 0] += 1
    }

    /// A run ended, or was given up. False when it was given up before.
    mutating func end(_ key: Claim.Key, _ verdict: Verdict?, at now: ContinuousClock.Instant) -> Bool {
        guard let run = runs.removeValue(forKey: key) else { return false }
        spent += now - run.startedAt
        let role = run.claim.role
        runningAt[role] = runningAt[role].flatMap { $0 > 1 ? $0 - 1 : nil }
        ended += 1
        if let verdict { verdicts.append(verdict) }
        return true
    }

    mutating func markTimedOut(_ key: Claim.Key) { runs[key]?.isTimedOut = true }

    // MARK: Verdicts

    /// What to write now; it stays this worker's until `wrote` or `putBack`.
    mutating func takeVerdicts() -> [Verdict] {
        defer { verdicts = [] }
        writing.formUnion(verdicts.map(\.key))
        return verdicts
    }

    var isWriting: Bool { !writing.isEmpty }

    mutating func wrote(_ written: [Verdict]) { writing.subtract(written.map(\.key)) }

    /// Not written: to be tried again before anything newer.
    mutating func putBack(_ failed: [Verdict]) {
        verdicts = failed + verdicts
        writing.subtract(failed.map(\.key))
    }

    mutating func handBack(_ keys: [Claim.Key]) { verdicts += keys.map(Verdict.init(handingBack:)) }

    // MARK: What the database says

    /// All that is waiting or running here, before the database is asked.
    var held: Set<Claim.Key> { Set(runs.keys).union(waiting.keys) }

    func holds(_ key: Claim.Key) -> Bool { runs[key] != nil }

    /// Whether a row that the database counts as ours is known here.
    func knows(_ key: Claim.Key) -> Bool {
        runs[key] != nil || writing.contains(key) || waiting.keys.contains(key) || verdicts.contains { $0.key == key }
    }
}
