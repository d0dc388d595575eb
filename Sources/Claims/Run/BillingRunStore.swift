import Postgres
import Values

/// All SQL on `billing_run`.
enum BillingRunStore {
    private static let all: Statement = """
        select billing_run.id, from_day, until_day, billing_run.state, encounters, seen, invoices, claims, total, problem_count, problems, held_reasons,
            version, billing_run.created_at, updated_at, job.state as job_state, job.attempt, job.reason
        from {location}.billing_run left join queue.job on job.id = billing_run.job_id
        """

    static func one(_ id: BillingRunID) -> Statement { all + " where billing_run.id = \(id)" }

    static func locked(_ id: BillingRunID) -> Statement { one(id) + " for update of billing_run" }

    static func page(before: (at: Instant, id: BillingRunID)?, limit: Int) -> Statement {
        var select = all
        if let before { select += " where (billing_run.created_at, billing_run.id) < (\(before.at), \(before.id))" }
        return select + " order by billing_run.created_at desc, billing_run.id desc limit \(limit)"
    }

    static func insert(_ run: BillingRun, job: JobID, by actor: UUID) -> Statement {
        """
        insert into {location}.billing_run (id, from_day, until_day, state, job_id, created_at, created_by, updated_at, updated_by)
        values (\(run.id), \(run.period.from), \(run.period.until), \(run.state), \(job), \(run.createdAt), \(actor), \(run.createdAt), \(actor))
        """
    }

    /// What the making goes by: where it stands. Locked, so that one transaction at a time moves it.
    static func progress(_ id: BillingRunID) -> Statement {
        "select state, from_day, until_day, encounters, seen, seen_day, seen_encounter from {location}.billing_run where id = \(id)"
    }

    static func lockedProgress(_ id: BillingRunID) -> Statement { progress(id) + " for update" }

    static func count(_ period: Period) -> Statement {
        """
        select count(*) from {location}.encounter
        where service_day >= \(period.from) and service_day < \(period.until) and entered_in_error is null
        """
    }

    static func begin(_ id: BillingRunID, encounters: Int, from day: Day, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.billing_run set state = 'making', encounters = \(encounters), seen_day = \(day), seen_encounter = \(EncounterID(UUID(high: 0, low: 0))),
            version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(id)
        """
    }

    static func advance(_ id: BillingRunID, by step: RunStep, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.billing_run set seen = seen + \(step.seen), encounters = greatest(encounters, seen + \(step.seen)),
            seen_day = coalesce(\(step.last?.day), seen_day), seen_encounter = coalesce(\(step.last?.encounter), seen_encounter),
            invoices = invoices + \(step.invoices), claims = claims + \(step.claims), total = total + \(step.total),
            version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(id)
        """
    }

    /// The first problems are listed, all are counted.
    static func add(_ problems: [RunProblem], to id: BillingRunID) -> Statement {
        """
        update {location}.billing_run set problem_count = problem_count + \(problems.count),
            problems = case when jsonb_array_length(problems) < \(BillingRun.problemsListed) then problems || \(JSONText(json(Array(problems.prefix(BillingRun.problemsListed))))) else problems end
        where id = \(id)
        """
    }

    static func set(_ state: BillingRun.State, _ reasons: [HeldReason], of id: BillingRunID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.billing_run set state = \(state), held_reasons = \(JSONText(json(reasons))), version = version + 1,
            updated_at = \(now), updated_by = \(actor)
        where id = \(id)
        """
    }

    /// From now on another job moves the run.
    static func handOver(_ id: BillingRunID, to job: JobID) -> Statement {
        "update {location}.billing_run set job_id = \(job) where id = \(id)"
    }

    static func finish(_ id: BillingRunID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.billing_run set state = 'finished', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(id) and state = 'filing'
        """
    }

    static func run(_ row: Row) throws -> BillingRun {
        var columns = Columns(row)
        return BillingRun(
            id: try columns.next(),
            period: Period(checked: try columns.next(), try columns.next()),
            state: try columns.next(),
            encounters: try columns.next(),
            seen: try columns.next(),
            invoices: try columns.next(),
            claims: try columns.next(),
            total: try columns.next(),
            problemCount: try columns.next(),
            problems: try problems(try columns.next()),
            heldReasons: try reasons(try columns.next()),
            version: try columns.next(),
            createdAt: try columns.next(),
            updatedAt: try columns.next(),
            job: try job(&columns)
        )
    }

    private static func job(_ columns: inout Columns) throws -> RunJob? {
        let (state, attempt, reason): (String?, Int?, String?) = (try columns.next(), try columns.next(), try columns.next())
        guard let state, let attempt else { return nil }
        return RunJob(state: state, attempt: attempt, reason: reason)
    }

    static func progress(_ row: Row) throws -> RunProgress {
        var columns = Columns(row)
        return RunProgress(
            state: try columns.next(),
            period: Period(checked: try columns.next(), try columns.next()),
            encounters: try columns.next(),
            seen: try columns.next(),
            seenDay: try columns.next(),
            seenEncounter: try columns.next()
        )
    }

    private static func json(_ problems: [RunProblem]) -> String {
        text(
            problems.map { problem in
                .object([
                    ("encounter", .string(problem.encounter.description)), ("code", .string(problem.code)),
                    ("detail", .string(problem.detail)),
                ])
            }
        )
    }

    private static func json(_ reasons: [HeldReason]) -> String {
        text(
            reasons.map { reason in
                .object([
                    ("code", .string(reason.code)), ("detail", .string(reason.detail)),
                    ("claims", .array(reason.claims.map { .string($0.description) })),
                ])
            }
        )
    }

    private static func text(_ items: [JSON]) -> String { String(decoding: JSON.array(items).bytes, as: UTF8.self) }

    private static func problems(_ json: JSONText) throws -> [RunProblem] {
        try items(json).compactMap { item in
            guard let encounter = item["encounter"]?.text.flatMap({ EncounterID($0) }), let code = item["code"]?.text else { return nil }
            return RunProblem(encounter: encounter, code: code, detail: item["detail"]?.text ?? "")
        }
    }

    private static func reasons(_ json: JSONText) throws -> [HeldReason] {
        try items(json).compactMap { item in
            guard let code = item["code"]?.text, case .array(let claims)? = item["claims"] else { return nil }
            return HeldReason(code: code, detail: item["detail"]?.text ?? "", claims: claims.compactMap { $0.text.flatMap { ClaimID($0) } })
        }
    }

    private static func items(_ json: JSONText) throws -> [JSON] {
        guard case .array(let items) = try JSON.parse(Array(json.text.utf8), limits: JSON.Limits(bytes: 4 * 1024 * 1024)) else { return [] }
        return items
    }
}

extension BillingRun.State: Bindable, Readable {}

/// Where the making of a run stands.
struct RunProgress: Sendable {
    let state: BillingRun.State
    let period: Period
    let encounters: Int
    let seen: Int
    let seenDay: Day?
    let seenEncounter: EncounterID?
}

/// What one transaction of a run did.
struct RunStep: Sendable {
    var seen = 0
    var last: (day: Day, encounter: EncounterID)?
    var invoices = 0
    var claims = 0
    var total: Int64 = 0
    var problems: [RunProblem] = []
}
