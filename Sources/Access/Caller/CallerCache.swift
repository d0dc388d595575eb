import Synchronization
import Values

/// Who holds which token, for at most a second after it was read (L2), by the token's hash. Counted from before the read, so that a revocation
/// that committed meanwhile is not outlived. One read per token at a time: a page that fires twenty requests asks control once.
final class CallerCache: Sendable {
    private enum Slot {
        case known(Identity, readAt: ContinuousClock.Instant)
        case reading([CheckedContinuation<Outcome, Never>])
    }

    /// Also what those who waited get: a failure of the one who read is no failure of theirs, they look again.
    private enum Outcome: Sendable {
        case read(Identity?, at: ContinuousClock.Instant)
        case failed
    }

    private enum Turn {
        case answer(Identity)
        case read
        case wait
    }

    private let slots = Mutex<[[UInt8]: Slot]>([:])
    private let lifetime: Duration
    private let limit: Int

    init(lifetime: Duration, limit: Int) {
        self.lifetime = lifetime
        self.limit = limit
    }

    /// The identity behind a hash; nil when there is none. What is unknown is not kept: made-up tokens would drive out real ones.
    func identity(_ hash: [UInt8], read: () async throws -> Identity?) async throws -> Identity? {
        while true {
            switch turn(hash) {
            case .answer(let identity): return identity
            case .read: return try await lead(hash, read)
            case .wait:
                guard case .read(let identity, let readAt) = await follow(hash) else { continue }
                if ContinuousClock.now - readAt < lifetime { return identity }
            }
            try Task.checkCancellation()
        }
    }

    /// Forgets at once what this gateway itself has ended.
    func forget(_ hash: [UInt8]) {
        slots.withLock { slots in
            if case .known = slots[hash] { slots[hash] = nil }
        }
    }

    /// Forgets everybody for whom `condition` holds.
    func forget(where condition: (Identity) -> Bool) {
        slots.withLock { slots in
            slots = slots.filter { slot in
                if case .known(let identity, _) = slot.value { !condition(identity) } else { true }
            }
        }
    }

    private func turn(_ hash: [UInt8]) -> Turn {
        slots.withLock { slots in
            switch slots[hash] {
            case .known(let identity, let readAt) where ContinuousClock.now - readAt < lifetime: return .answer(identity)
            case .reading: return .wait
            default:
                slots[hash] = .reading([])
                return .read
            }
        }
    }

    private func lead(_ hash: [UInt8], _ read: () async throws -> Identity?) async throws -> Identity? {
        let readAt = ContinuousClock.now
        do {
            let identity = try await read()
            settle(hash, .read(identity, at: readAt))
            return identity
        } catch {
            settle(hash, .failed)
            throw error
        }
    }

    private func settle(_ hash: [UInt8], _ outcome: Outcome) {
        let waiting = slots.withLock { slots -> [CheckedContinuation<Outcome, Never>] in
            guard case .reading(let waiting) = slots[hash] else { return [] }
            slots[hash] = nil
            if case .read(let identity?, let readAt) = outcome {
                makeRoom(&slots)
                slots[hash] = .known(identity, readAt: readAt)
            }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: outcome) }
    }

    private func makeRoom(_ slots: inout [[UInt8]: Slot]) {
        guard slots.count >= limit else { return }
        let now = ContinuousClock.now
        slots = slots.filter { if case .known(_, let readAt) = $0.value { now - readAt < lifetime } else { true } }
        guard slots.count >= limit else { return }
        slots = slots.filter { if case .reading = $0.value { true } else { false } }
    }

    private func follow(_ hash: [UInt8]) async -> Outcome {
        await withCheckedContinuation { continuation in
            let waits = slots.withLock { slots -> Bool in
                guard case .reading(let waiting) = slots[hash] else { return false }
                slots[hash] = .reading(waiting + [continuation])
                return true
            }
            if !waits { continuation.resume(returning: .failed) }
        }
    }
}
