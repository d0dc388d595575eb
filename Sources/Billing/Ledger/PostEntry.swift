import Access
public import Jobs
public import Values

/// Posts an entry. Append-only: what was wrong is corrected by another entry that names it.
public struct PostEntry: Sendable {
    public init() {}

    /// Rides with the next flight or COMMIT. Posting the same cause twice fails the transaction there.
    @discardableResult
    public func run(_ work: Work, _ entry: NewEntry) -> LedgerEntryID {
        let id = work.id(LedgerEntryID.self)
        work.enqueue(LedgerStore.insert(id, entry, at: work.now, by: work.caller.actor.id))
        for (ordinal, transfer) in entry.transfers.enumerated() {
            work.enqueue(LedgerStore.insert(transfer, of: id, ordinal: ordinal))
        }
        return id
    }
}
