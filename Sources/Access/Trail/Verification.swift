public import Values

/// What going through a trail from its beginning found.
public struct Verification: Sendable {
    /// The first thing that is not as it was when it was sealed.
    public enum Finding: Sendable, Hashable {
        /// The entry says something else than when it was sealed, or nothing that can be read.
        case changed(entry: AuditEntryID, batch: Int64)
        /// The entry is gone; batch nil: before it was sealed.
        case removed(entry: AuditEntryID, batch: Int64?)
        /// The entry was never sealed and does not wait to be, or is in two seals.
        case added(entry: AuditEntryID)
        /// The entry stands where another one was.
        case reordered(entry: AuditEntryID, batch: Int64)
        /// The entry waits for its seal and cannot be read, so it will never be sealed; nil: not even its id.
        case unreadable(entry: AuditEntryID?)
        /// The seal itself was changed, perhaps so that it cannot be read.
        case changedSeal(batch: Int64)
        /// The seal does not continue the one before, or one is missing before it.
        case brokenChain(batch: Int64)
        /// The chain ends before a checkpoint that was signed.
        case cutTail(expected: Int64, last: Int64)
        /// The chain at this point is another than the one a checkpoint was signed for.
        case rewritten(batch: Int64)
        /// A checkpoint for this trail that we did not sign.
        case forgedCheckpoint(batch: Int64)
        /// A file of the archive was changed, or we did not sign it.
        case damagedSegment(first: Int64, last: Int64)
    }

    public internal(set) var seals: Int64 = 0
    public internal(set) var entries = 0
    /// Of these, how many are in files of the archive.
    public internal(set) var archived = 0
    public internal(set) var unsealed = 0
    /// Since when the oldest entry waits; more than a minute ago means that the sealer does not run.
    public internal(set) var oldestUnsealed: Instant?
    public internal(set) var finding: Finding?

    public var isSound: Bool { finding == nil }

    /// Seconds the oldest entry waits for its seal; nil when none waits.
    public func unsealedAge(at now: Instant) -> Int64? { oldestUnsealed.map { max(0, now.seconds(since: $0)) } }
}

extension Verification.Finding: CustomStringConvertible {
    /// For the people who look after the trail.
    public var description: String {
        switch self {
        case .changed(let entry, let batch): "entry \(entry) was changed after seal \(batch)"
        case .removed(let entry, let batch?): "entry \(entry) of seal \(batch) was removed"
        case .removed(let entry, nil): "entry \(entry) was removed before it was sealed"
        case .added(let entry): "entry \(entry) was added without being recorded"
        case .reordered(let entry, let batch): "entry \(entry) of seal \(batch) was moved"
        case .unreadable(let entry?): "entry \(entry) was changed before it was sealed and cannot be read"
        case .unreadable(nil): "there is an entry without an id"
        case .changedSeal(let batch): "seal \(batch) was changed"
        case .brokenChain(let batch): "the chain of seals is broken at \(batch)"
        case .cutTail(let expected, let last): "the trail ends at seal \(last), but a checkpoint was signed for \(expected)"
        case .rewritten(let batch): "the chain at seal \(batch) is not the one a checkpoint was signed for"
        case .forgedCheckpoint(let batch): "the checkpoint for seal \(batch) was not signed here"
        case .damagedSegment(let first, let last): "the archived segment of seals \(first) to \(last) was changed or was not signed here"
        }
    }
}
