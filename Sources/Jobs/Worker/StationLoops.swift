import Synchronization
import Values

extension Station {
    /// Everything a station does, until it is cancelled.
    func loops() async {
        await withTaskGroup { group in
            group.addTask(executorPreference: self.beat) { await self.heartbeatLoop() }
            group.addTask { await self.claimLoop() }
            group.addTask { await self.verdictLoop() }
            group.addTask { await self.relayLoop() }
            group.addTask { await self.rescueLoop() }
            group.addTask { await self.watchLoop() }
            group.addTask { await self.pollLoop() }
        }
    }

    /// Writes verdicts in batches: what ends while one is being written goes with the next.
    private func verdictLoop() async {
        for await _ in verdictBell.rings { await writeVerdicts() }
    }

    private func writeVerdicts() async {
        let verdicts = state.withLock { $0.takeVerdicts() }
        guard !verdicts.isEmpty else { return }
        do {
            let accepted = try await claims.finish(verdicts).count
            state.withLock { $0.wrote(verdicts) }
            if accepted < verdicts.count { tally.count { $0.lost += verdicts.count - accepted } }
            if state.withLock(\.hasMore) { look() }
        } catch {
            state.withLock { $0.putBack(verdicts) }
            failed("verdicts", error)
            try? await Task.sleep(for: .milliseconds(100))  // cancelled: the loop ends by itself
            verdictBell.ring()
        }
    }

    // MARK: Leases

    private func heartbeatLoop() async {
        while !Task.isCancelled {
            await heartbeat()
            await beat.sleep(for: settings.heartbeat)
        }
    }

    private func heartbeat() async {
        let sentAt = ContinuousClock.now
        let before = state.withLock { $0.held }
        do {
            let owned = try await leases.heartbeat()
            let keys = Set(owned.map(\.key))
            let orphans = state.withLock { state in
                let isFirst = state.leaseUntil == nil
                state.leaseUntil = sentAt + settings.lease
                // A claim whose answer was lost on the way has no run here: it goes back.
                let orphans = owned.filter { $0.isOld && !state.knows($0.key) }.map(\.key)
                state.handBack(orphans)
                return isFirst ? nil : orphans
            }
            giveUp(before.subtracting(keys))
            if orphans?.isEmpty == false { verdictBell.ring() }
            if orphans == nil { look() }
        } catch {
            failed("heartbeat", error)
        }
    }

    /// The database gave these jobs to others: their runs are cancelled and what they answer is not written.
    private func giveUp(_ keys: Set<Claim.Key>) {
        guard !keys.isEmpty else { return }
        state.withLock { $0.waiting.remove(keys) }
        for key in keys {
            state.withLock { $0.runs[key]?.task }?.cancel()
            end(key, .lost)
        }
    }

    private func rescueLoop() async {
        while !Task.isCancelled {
            do {
                let rescued = try await leases.rescue()
                if rescued > 0 {
                    tally.count { $0.rescued += rescued }
                    look()
                }
            } catch {
                failed("rescue", error)
            }
            try? await Task.sleep(for: settings.rescue)  // cancelled: the condition sees it
        }
    }

    // MARK: Watching

    private static let watching: Duration = .milliseconds(25)

    /// Ends runs past their time limit, and all runs when the lease ran out. Measures how short jobs are.
    private func watchLoop() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Station.watching)  // cancelled: the condition sees it
            watch(at: .now)
        }
    }

    private func watch(at now: ContinuousClock.Instant) {
        let (late, over, lost) = state.withLock { state in
            state.measure(interval: Station.watching)
            tally.count {
                $0.running = state.runs.count
                $0.waiting = state.waiting.count
            }
            let isLost = state.leaseUntil.map { now >= $0 } ?? false
            let runs = state.runs.filter { now - $0.value.startedAt > $0.value.policy.timeLimit }
            for key in runs.keys { state.markTimedOut(key) }
            let over = runs.filter { now - $0.value.startedAt > $0.value.policy.timeLimit + settings.overrun }
            return (runs.values.filter { !$0.isTimedOut }.compactMap(\.task), Array(over.keys), isLost ? state.held : [])
        }
        for task in late { task.cancel() }
        // It does not listen: its place is given to another; whatever it still writes meets the lease.
        for key in over { end(key, .failed("time_limit")) }
        giveUp(lost)
    }

    // MARK: Looking

    private func relayLoop() async {
        var cursor = ClaimStore.Cursor.start
        for await _ in relayBell.rings {
            var isMore = true
            while isMore, !state.withLock(\.isStopping), !Task.isCancelled {
                do {
                    let start = cursor
                    let found = try await relay.relay(limit: settings.batch, after: start)
                    cursor = found.next
                    tally.count { $0.relayed += found.events }
                    if found.jobs > 0 { look() }
                    isMore = found.events == settings.batch || cursor != .start || start != .start
                } catch {
                    failed("relay", error)
                    isMore = false
                }
            }
        }
    }

    /// Without any hint everything is still found, a little later.
    private func pollLoop() async {
        while !Task.isCancelled {
            look()
            relayBell.ring()
            let range = (settings.poll.lowerBound.milliseconds)...(settings.poll.upperBound.milliseconds)
            let wait = range.lowerBound + Int(runner.ambient.random() % UInt64(range.count))
            try? await Task.sleep(for: .milliseconds(wait))  // cancelled: the condition sees it
        }
    }

    // MARK: Stopping

    /// Claims nothing more, and gives back what has not begun.
    func close() {
        let waiting = state.withLock { state in
            state.isStopping = true
            let waiting = state.waiting.removeAll()
            state.handBack(waiting.map(\.key))
            return waiting.count
        }
        tally.count { $0.handedBack += waiting }
        verdictBell.ring()
    }

    /// Waits until every run has ended, `grace` at most; then cancels what is left.
    func drain(within grace: Duration) async {
        let deadline = ContinuousClock.now + grace
        while state.withLock({ !$0.runs.isEmpty }), .now < deadline { await pause() }
        for task in state.withLock({ $0.runs.values.compactMap(\.task) }) { task.cancel() }
        let last = ContinuousClock.now + .seconds(2)
        while state.withLock({ !$0.runs.isEmpty }), .now < last { await pause() }
        // The loop that writes them may have been cancelled; or it writes just now, and will be.
        await writeVerdicts()
        while state.withLock(\.isWriting), .now < last { await pause() }
        await writeVerdicts()
    }

    /// Hands back what is still held and signs off.
    func leave() async {
        do {
            try await leases.leave()
            wake.hint(database, .jobs)
        } catch {
            failed("leave", error)
        }
    }

    private func pause() async {
        try? await Task.sleep(for: .milliseconds(10))  // cancelled: the caller's deadline ends it
    }
}
