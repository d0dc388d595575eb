import Access
import Values

/// A job as it was claimed: the row, and the attempt that fences what is written about it.
struct Claim: Sendable {
    struct Key: Hashable, Sendable {
        let id: JobID
        let attempt: Int
    }

    let key: Key
    /// The role that wrote the row.
    let role: String
    let organization: OrganizationID?
    let kind: String
    let parameters: String
    /// Tries that failed before.
    let spent: Int
    /// What the last of them failed with.
    let reason: String?
    let request: UUID
    let startedBy: Actor?
    let cause: JobCause
}

/// What became of a run.
enum Outcome: Sendable, Hashable {
    case done
    case failed(String)
    case dead(String)
    case discarded(String)
    case snoozed(Duration)
    case handedBack
    /// Somebody else has the job by now; nothing is written.
    case lost
}

/// What is written about a run.
struct Verdict: Sendable, Hashable {
    let key: Claim.Key
    let state: JobState
    /// Tries used up: 1 or 0.
    let spent: Int
    /// Until it is ready again, in milliseconds.
    let delay: Int
    let reason: String?

    /// nil when nothing is to be written.
    init?(_ outcome: Outcome, of claim: Claim, _ policy: JobPolicy, random: UInt64) {
        switch outcome {
        case .done: self.init(claim.key, .done)
        case .failed(let reason) where claim.spent + 1 >= policy.attempts: self.init(claim.key, .dead, spent: 1, reason: reason)
        case .failed(let reason):
            let delay = policy.backoff.delay(failed: claim.spent + 1, random: random)
            self.init(claim.key, .ready, spent: 1, delay: delay.milliseconds, reason: reason)
        case .dead(let reason): self.init(claim.key, .dead, reason: reason)
        case .discarded(let reason): self.init(claim.key, .discarded, reason: reason)
        case .snoozed(let delay): self.init(claim.key, .ready, delay: max(0, delay.milliseconds), reason: claim.reason)
        case .handedBack: self.init(handingBack: claim.key)
        case .lost: return nil
        }
    }

    init(handingBack key: Claim.Key) { self.init(key, .ready) }

    private init(_ key: Claim.Key, _ state: JobState, spent: Int = 0, delay: Int = 0, reason: String? = nil) {
        self.key = key
        self.state = state
        self.spent = spent
        self.delay = delay
        self.reason = reason.map { String($0.prefix(200)) }
    }
}
