import Access
import Jobs
import Values

/// Lets the claims of a held run go out: somebody looked at the reasons and answers for it.
struct ReleaseBillingRun {
    let id: BillingRunID
    let reason: Reason

    func run(_ work: Work) async throws -> BillingRun {
        guard let row = try await work.query(BillingRunStore.locked(id)).first else { throw Problem.notFound }
        var run = try BillingRunStore.run(row)
        guard run.state == .held else { throw BillingRun.notHeld }
        work.enqueue(BillingRunStore.handOver(id, to: work.start(FileClaims(run: id))))
        work.enqueue(BillingRunStore.set(.filing, run.heldReasons, of: id, at: work.now, by: work.caller.actor.id))
        work.audit(Act("billing_run.release", "billing_run", id, reason: reason))
        run.state = .filing
        run.version += 1
        run.updatedAt = work.now
        return run
    }
}
