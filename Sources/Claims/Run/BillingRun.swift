import Values

/// The days a run covers, in the location's zone: `from` belongs to it, `until` does not. People name its last day, `through`.
struct Period: Sendable, Hashable {
    let from: Day
    let until: Day

    /// The longest period of one run.
    static let longest = 366

    /// Both days are in it. Errors: the days are in the wrong order, or too far apart.
    init(from: Day, through: Day) throws(Problem) {
        guard from <= through else {
            throw .invalid("/through_day", "before_from_day", "It must not be before from_day: it is the last day that is billed.")
        }
        guard through < from.adding(days: Period.longest) else {
            throw .invalid("/through_day", "too_long", "A run covers at most \(Period.longest) days.")
        }
        self.init(checked: from, through.adding(days: 1))
    }

    var through: Day { until.adding(days: -1) }

    init(checked from: Day, _ until: Day) {
        self.from = from
        self.until = until
    }
}

/// Invoices and claims for the encounters of a period: made by a job, step by step, each encounter at most once whatever happens.
struct BillingRun: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        /// The job has not begun.
        case waiting
        /// Invoices and claims are being made.
        case making
        /// The outcome looks wrong; somebody must look at it and release it.
        case held
        /// Claims are being put into files.
        case filing
        case finished
    }

    let id: BillingRunID
    let period: Period
    var state: State
    /// Encounters of the period when the run began, and how many it has looked at.
    var encounters: Int
    var seen: Int
    var invoices: Int
    var claims: Int
    /// What the claims come to, in minor units.
    var total: Int64
    /// All problems there were; the first of them are listed.
    var problemCount: Int
    var problems: [RunProblem]
    var heldReasons: [HeldReason]
    var version: Int
    let createdAt: Instant
    var updatedAt: Instant
    /// The job that moves it, as it is in the queue.
    var job: RunJob?

    /// How many problems a run lists; the others are only counted.
    static let problemsListed = 500

    static let notHeld = Problem.conflict("billing_run_not_held", "This billing run is not held.")
}

/// How the job of a run fares: a run whose job is dead stands still until an operator retries the job.
struct RunJob: Sendable, Hashable {
    let state: String
    let attempt: Int
    let reason: String?
}

/// Why a run is held.
struct HeldReason: Sendable, Hashable {
    let code: String
    let detail: String
    let claims: [ClaimID]
}

/// Figures of a run that must make sense before its claims go out (CONTROLS MC-7).
struct RunFigures: Sendable {
    /// Claims with a service that another claim of the same patient, day and provider has too.
    var duplicates: [ClaimID]
    /// Claims whose total is not positive, is not the sum of their lines, or whose charges changed since.
    var wrongTotals: [ClaimID]
    var claims: Int
    var total: Int64
    /// What a claim came to on average in earlier runs; nil when there are too few to say.
    var usualClaim: Int64?

    /// A run whose claims are on average this many times the usual is looked at by a person.
    static let jump: Int64 = 5

    var reasons: [HeldReason] {
        var reasons: [HeldReason] = []
        if !duplicates.isEmpty {
            reasons.append(
                HeldReason(
                    code: "duplicate_services",
                    detail: "The same service, day, patient and provider is claimed more than once.",
                    claims: duplicates
                )
            )
        }
        if !wrongTotals.isEmpty {
            reasons.append(
                HeldReason(
                    code: "wrong_totals",
                    detail: "The total is not positive, or is not what the charges come to.",
                    claims: wrongTotals
                )
            )
        }
        if let usualClaim, claims > 0, usualClaim > 0, total / Int64(claims) / RunFigures.jump >= usualClaim {
            reasons.append(HeldReason(code: "unusual_amount", detail: "Claims of this run are several times as high as usual.", claims: []))
        }
        return reasons
    }
}
