import Logging
import Synchronization
import Tenancy
import Values

/// A worker's place at the queue of one database: claims, runs, writes what became of it, keeps its lease, rescues, relays.
final class Station: Sendable {
    let database: String?
    let settings: JobWorkerSettings
    let claims: ClaimStore
    let leases: LeaseStore
    let relay: Relay
    let runner: Runner
    let wake: Wake
    let tally: Tally
    let logger: Logger
    let state: Mutex<StationState>
    private let claimBell = Bell()
    let relayBell = Bell()
    let verdictBell = Bell()
    let beat = BeatExecutor()

    init(
        _ database: String?,
        worker: UUID,
        name: String,
        settings: JobWorkerSettings,
        kinds: KnownKinds,
        relay: Relay,
        runner: Runner,
        tally: Tally
    ) {
        self.database = database
        self.settings = settings
        self.relay = relay
        self.runner = runner
        self.tally = tally
        wake = runner.wake
        claims = ClaimStore(
            tenancy: runner.tenancy,
            database: database,
            worker: worker,
            kinds: kinds,
            slack: settings.overrun + settings.lease
        )
        leases = LeaseStore(tenancy: runner.tenancy, database: database, worker: worker, name: name, lease: settings.lease)
        state = Mutex(StationState(settings))
        var logger = runner.logger
        logger[metadataKey: "database"] = "\(database ?? "control")"
        self.logger = logger
    }

    var hasRoom: Bool { state.withLock { $0.room(at: .now) != nil } }

    // MARK: Claiming

    /// Has the queue looked through; or only the named jobs claimed, when nothing else is known to wait.
    func look(for news: Wake.News = .jobs) {
        state.withLock { $0.hear(news) }
        claimBell.ring()
    }

    func claimLoop() async {
        var cursor = ClaimStore.Cursor.start
        for await _ in claimBell.rings {
            if let named = state.withLock({ $0.takeNamed(at: .now) }), await claim(named) { continue }
            await claimAll(from: &cursor)
        }
    }

    /// False when somebody else has some of them, or they are not to be claimed like this.
    private func claim(_ named: [JobID]) async -> Bool {
        do {
            let found = try await claims.claim(named, now: runner.ambient.now())
            take(found)
            return found.count == named.count
        } catch {
            failed("claim", error)
            return true
        }
    }

    private func claimAll(from cursor: inout ClaimStore.Cursor) async {
        var isMore = true
        while isMore, let room = state.withLock({ $0.room(at: .now) }) {
            do {
                let start = cursor
                let found = try await claims.claim(room, after: start, now: runner.ambient.now())
                cursor = found.next
                let isFull = found.mayHaveMore || found.claims.count == room.limit
                take(found.claims, hasMore: isFull || room.isShareFilled(by: found.claims.map(\.role)))
                // What one worker has no room for, another may have.
                if isFull { wake.hint(database, .jobs) }
                isMore = found.mayHaveMore || cursor != .start || start != .start
            } catch {
                failed("claim", error)
                isMore = false
            }
        }
    }

    private func take(_ found: [Claim], hasMore: Bool? = nil) {
        tally.count { $0.claimed += found.count }
        state.withLock { state in
            for claim in found { state.waiting.add(claim) }
            if let hasMore { state.hasMore = hasMore }
            startRuns(&state)
        }
    }

    private func startRuns(_ state: inout StationState) {
        while let claim = state.next() {
            let policy = runner.policy(claim.kind)
            let task = Task { await self.run(claim, policy) }
            state.start(claim, policy, at: .now, task)
        }
    }

    private func run(_ claim: Claim, _ policy: JobPolicy) async {
        let key = claim.key
        let lease = Lease(database: database, attempt: key.attempt) { [weak self] in self?.isHeld(key) ?? false }
        let outcome = await runner.run(claim, lease)
        end(key, outcome)
    }

    /// Ours as far as this machine knows: not given up, and the lease not run out.
    private func isHeld(_ key: Claim.Key) -> Bool {
        state.withLock { state in state.holds(key) && state.leaseUntil.map { ContinuousClock.now < $0 } ?? false }
    }

    /// Records what became of a run and starts the next.
    func end(_ key: Claim.Key, _ outcome: Outcome) {
        let (ended, wantsMore) = state.withLock { state -> (Outcome?, Bool) in
            guard let run = state.runs[key] else { return (nil, false) }
            let outcome = actual(outcome, of: run, isStopping: state.isStopping)
            let verdict = Verdict(outcome, of: run.claim, run.policy, random: runner.ambient.random())
            guard state.end(key, verdict, at: .now) else { return (nil, false) }
            startRuns(&state)
            return (outcome, state.hasMore && state.waiting.count * 2 <= state.runs.count)
        }
        guard let ended else { return }
        tally.count { $0.count(ended) }
        verdictBell.ring()
        if wantsMore { look() }
    }

    /// A run that was cancelled failed for that reason, whatever it threw.
    private func actual(_ outcome: Outcome, of run: StationState.Run, isStopping: Bool) -> Outcome {
        guard case .failed = outcome else { return outcome }
        if run.isTimedOut { return .failed("time_limit") }
        return isStopping && run.task?.isCancelled == true ? .handedBack : outcome
    }

    func failed(_ what: String, _ error: any Error) {
        guard !Task.isCancelled else { return }
        tally.count { $0.failures += 1 }
        logger.warning("queue not reached", metadata: ["what": "\(what)", "error": "\(JobFailure.reason(error))"])
    }
}

extension JobWorkerFigures {
    mutating func count(_ outcome: Outcome) {
        switch outcome {
        case .done: done += 1
        case .failed: retried += 1
        case .dead: dead += 1
        case .discarded: discarded += 1
        case .snoozed: snoozed += 1
        case .handedBack: handedBack += 1
        case .lost: lost += 1
        }
    }
}
