import Access
import Billing
import Jobs
import Postgres
import Tenancy
import Values
import X12

/// Makes the invoices and claims of a billing run. It may be killed anywhere: the run's row says how far it is, and each step moves that
/// place in the transaction of its effects.
struct MakeClaims: JobDescription {
    static let kind = "claims.make"
    static let policy = JobPolicy(timeLimit: .seconds(3600), maximumRunningPerLocation: 2)

    let run: BillingRunID

    init(run: BillingRunID) {
        self.run = run
    }

    init(_ parameters: JobParameters) throws {
        run = try parameters.id("billing_run")
    }

    var parameters: JobParameters { ["billing_run": run] }
}

/// Runs `MakeClaims`.
struct ClaimMaking: Sendable {
    let settings: ClaimsSettings
    let keys: KeyRing

    func run(_ job: MakeClaims, _ context: JobContext) async throws {
        let location = try context.requireLocation()
        let party = try await party(of: location, context)
        while true {
            try context.checkLease()
            guard let row = try await context.tenancy.read(location, BillingRunStore.progress(job.run)).first else {
                throw JobDecision.discard("billing_run_gone")
            }
            let progress = try BillingRunStore.progress(row)
            await context.progress(progress.seen, of: progress.encounters)
            switch progress.state {
            case .waiting: try await context.work("begin") { work in try await begin(job.run, work) }
            case .making: try await context.work("encounters after \(progress.seen)") { work in try await step(job.run, party, work) }
            case .held, .filing, .finished: return
            }
        }
    }

    private func party(of location: Location, _ context: JobContext) async throws -> BillingParty? {
        let rows = try await context.tenancy.organizationRead(location.organization, BillingPartyStore.of(location.id))
        return try rows.first.map { try BillingPartyStore.party($0, of: location.organization, keys: keys) }
    }

    private func begin(_ run: BillingRunID, _ work: Work) async throws {
        guard let row = try await work.query(BillingRunStore.lockedProgress(run)).first else { return }
        let progress = try BillingRunStore.progress(row)
        guard progress.state == .waiting else { return }
        let encounters: Int = try await work.query(BillingRunStore.count(progress.period)).first?.value(0) ?? 0
        work.enqueue(BillingRunStore.begin(run, encounters: encounters, from: progress.period.from, at: work.now, by: work.caller.actor.id))
    }

    /// The next encounters; after the last, the judgement.
    private func step(_ run: BillingRunID, _ party: BillingParty?, _ work: Work) async throws {
        guard let row = try await work.query(BillingRunStore.lockedProgress(run)).first else { return }
        let progress = try BillingRunStore.progress(row)
        guard progress.state == .making, let day = progress.seenDay, let encounter = progress.seenEncounter else { return }
        let limit = settings.encountersPerStep
        let rows = try await work.query(ClaimMaterialStore.encounters(progress.period, after: (day, encounter), limit: limit))
        var step = RunStep(seen: rows.count)
        let candidates = try rows.map { try Candidate($0, at: work.location.id, keys: keys) }
        step.last = candidates.last.map { ($0.material.serviceDay, $0.material.encounter) }
        for candidate in candidates {
            if let problem = candidate.problem { step.problems.append(problem) }
            // The fee that was missing may be there by now: the next run finds the charges.
            if candidate.lacksCharges { work.start(ChargeVisit(encounter: candidate.material.encounter)) }
        }
        try await MakeClaimsOfEncounters(run: run, party: party).run(work, candidates.filter(\.isDue), &step)
        work.enqueue(BillingRunStore.advance(run, by: step, at: work.now, by: work.caller.actor.id))
        if !step.problems.isEmpty { work.enqueue(BillingRunStore.add(step.problems, to: run)) }
        if rows.count < limit { try await judge(run, work) }
    }

    private func judge(_ run: BillingRunID, _ work: Work) async throws {
        let answers = try await work.query([RunCheckStore.duplicates(run), RunCheckStore.wrongTotals(run), RunCheckStore.amounts(run)])
        let reasons = try RunCheckStore.figures(answers).reasons
        work.enqueue(BillingRunStore.set(reasons.isEmpty ? .filing : .held, reasons, of: run, at: work.now, by: work.caller.actor.id))
        work.audit(Act(reasons.isEmpty ? "billing_run.made" : "billing_run.held", "billing_run", run))
        if reasons.isEmpty { work.enqueue(BillingRunStore.handOver(run, to: work.start(FileClaims(run: run)))) }
    }
}

/// An encounter that a run looks at.
struct Candidate: Sendable {
    var material: ClaimMaterial
    let isCharged: Bool
    let isClaimed: Bool
    /// Something was done, or its type has a fee, and no charge was ever posted: one that was entered in error is a decision.
    let lacksCharges: Bool

    /// Why nothing is made of a visit that somebody expects money for.
    var problem: RunProblem? {
        if lacksCharges {
            return RunProblem(
                encounter: material.encounter,
                code: "not_charged",
                detail: "No charge was posted: a fee schedule in force on the day must have its codes. It is tried again now."
            )
        }
        guard isCharged, !isClaimed, material.coverage == nil else { return nil }
        return RunProblem(encounter: material.encounter, code: "no_coverage", detail: "Not insured on its day: the patient owes it.")
    }

    /// Charged, insured on its day, and not claimed yet.
    var isDue: Bool { isCharged && !isClaimed && material.coverage != nil }

    init(_ row: Row, at location: LocationID, keys: KeyRing) throws {
        var columns = Columns(row)
        let (encounter, day, diagnoses): (EncounterID, Day, [String]) = (try columns.next(), try columns.next(), try columns.next())
        isCharged = try columns.next()
        isClaimed = try columns.next()
        lacksCharges = try columns.next()
        material = try ClaimMaterialStore.material(encounter, day, diagnoses, &columns, at: location, keys: keys)
    }
}
