import Access
import Jobs
import Tenancy
import Values
import Web

struct StartBillingRunBody: Sendable {
    var fromDay = Day.blank
    var throughDay = Day.blank

    static let shape = Shape("StartBillingRun", StartBillingRunBody()) {
        Field("from_day", \.fromDay, .day, example: Day("2026-03-02"))
        Field(
            "through_day",
            \.throughDay,
            .day,
            example: Day("2026-03-08"),
            about: "The last day that is billed; for one day the same as from_day."
        )
    }
}

struct ReleaseBillingRunBody: Sendable {
    var code = ""
    var text = ""

    static let shape = Shape("ReleaseBillingRun", ReleaseBillingRunBody()) {
        Field("reason_code", \.code, .code(1...50, "a-z0-9_"), example: "checked")
        Field("reason_text", \.text, .text(3...500), example: "Two visits on one day: both took place.")
    }
}

extension RunProblem {
    static let shape = Shape<RunProblem>("BillingRunProblem") {
        Field("encounter_id", \.encounter, .id())
        Field("code", \.code, .text(1...60))
        Field("detail", \.detail, .text(0...300))
    }
}

extension HeldReason {
    static let shape = Shape<HeldReason>("BillingRunHeldReason") {
        Field("code", \.code, .text(1...60))
        Field("detail", \.detail, .text(0...300))
        Field("claims", \.claims, .list(of: .id(), 0...50))
    }
}

extension RunJob {
    static let shape = Shape<RunJob>("BillingRunJob") {
        Field("state", \.state, .text(1...20), about: "ready, running, done, discarded or dead.")
        Field("attempt", \.attempt, .int(0...Int.max))
        Field("reason", \.reason, .text(0...300), about: "The code of its last failure.")
    }
}

/// A run as it is shown: with the currency of its amounts.
struct BillingRunAnswer: Sendable, Versioned {
    let run: BillingRun
    let currency: Currency

    var version: Int { run.version }
    var id: BillingRunID { run.id }
    var fromDay: Day { run.period.from }
    var throughDay: Day { run.period.through }

    static let shape = Shape<BillingRunAnswer>("BillingRun") {
        Field("id", \.id, .id())
        Field("from_day", \.fromDay, .day)
        Field("through_day", \.throughDay, .day, about: "The last day of it.")
        Field("state", \.run.state, .choice())
        Field("encounters", \.run.encounters, .int(0...Int.max), about: "Encounters of the period; with `seen` the progress.")
        Field("seen", \.run.seen, .int(0...Int.max))
        Field("invoices", \.run.invoices, .int(0...Int.max))
        Field("claims", \.run.claims, .int(0...Int.max))
        Field("total", \.run.total, .minor())
        Field("currency", \.currency, .currency)
        Field("problem_count", \.run.problemCount, .int(0...Int.max))
        Field("problems", \.run.problems, .list(of: .object(RunProblem.shape), 0...1_000))
        Field("held_reasons", \.run.heldReasons, .list(of: .object(HeldReason.shape), 0...10))
        Field("job", \.run.job, .object(RunJob.shape), about: "The job that moves the run.")
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.run.createdAt, .instant)
        Field("updated_at", \.run.updatedAt, .instant)
    }
}

struct BillingRunRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/billing-runs",
                "Starts a billing run",
                .permission(.billingRunsStart),
                body: StartBillingRunBody.shape,
                answer: BillingRunAnswer.shape,
                place: { $0.id.description }
            ) { _, work, body in
                BillingRunAnswer(run: try await StartBillingRun(body: body).run(work), currency: work.location.currency)
            },
            .list(
                "/v1/locations/{location}/billing-runs",
                "Lists billing runs, the latest first",
                .permission(.billingRunsRead),
                item: BillingRunAnswer.shape
            ) { call, page in
                let currency = try call.location.currency
                let before = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, BillingRunID.self)) }
                let rows = try await call.read(
                    BillingRunStore.page(before: before, limit: page.fetch),
                    ReadAct("billing_run.list", "billing_run")
                )
                let runs = try rows.map { BillingRunAnswer(run: try BillingRunStore.run($0), currency: currency) }
                return page.page(runs) { [.instant($0.run.createdAt), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/billing-runs/{billing_run}",
                "Shows a billing run and how far it is",
                .permission(.billingRunsRead),
                answer: BillingRunAnswer.shape
            ) { call in
                let id = try call.path.id("billing_run", BillingRunID.self)
                let rows = try await call.read(BillingRunStore.one(id), ReadAct("billing_run.read", "billing_run"))
                guard let row = rows.first else { throw Problem.notFound }
                return BillingRunAnswer(run: try BillingRunStore.run(row), currency: try call.location.currency)
            }.polled(),
            .create(
                "/v1/locations/{location}/billing-runs/{billing_run}/release",
                "Lets the claims of a held billing run go out",
                .permission(.billingRunsStart),
                body: ReleaseBillingRunBody.shape,
                answer: BillingRunAnswer.shape,
                errors: [BillingRun.notHeld],
                status: 200
            ) { call, work, body in
                let reason = try Reason(code: body.code, text: body.text)
                let run = try await ReleaseBillingRun(id: try call.path.id("billing_run", BillingRunID.self), reason: reason).run(work)
                return BillingRunAnswer(run: run, currency: work.location.currency)
            },
        ]
    }
}
