import Access
import Jobs
import Values

/// Starts a billing run: the run and its job in one transaction.
struct StartBillingRun {
    let body: StartBillingRunBody

    func run(_ work: Work) async throws -> BillingRun {
        let run = BillingRun(
            id: work.id(),
            period: try Period(from: body.fromDay, through: body.throughDay),
            state: .waiting,
            encounters: 0,
            seen: 0,
            invoices: 0,
            claims: 0,
            total: 0,
            problemCount: 0,
            problems: [],
            heldReasons: [],
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        let job = work.start(MakeClaims(run: run.id))
        work.enqueue(BillingRunStore.insert(run, job: job, by: work.caller.actor.id))
        work.audit(Act("billing_run.start", "billing_run", run.id))
        work.tell(Event("billing_run.requested", ["billing_run": run.id]))
        return run
    }
}
