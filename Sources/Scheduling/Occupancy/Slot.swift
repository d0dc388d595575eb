import Access
import Jobs
import Postgres
import Synchronization
import Tenancy
import Values

/// A slot somebody wants: time of resources and of a patient. Looked at without locks first, so that those who come too late are answered at
/// once and queue for nothing; then taken under locks, in one flight.
struct Slot: Sendable {
    let appointment: AppointmentID
    /// nil for a hold of an opening nobody is named for yet.
    let patron: Patron?
    let resources: [Resource]
    let type: AppointmentType
    let span: InstantRange
    let hours: DiaryHours
    /// When everybody works; nil where it was not read yet, then it is read under the locks. Blocks always are: somebody may have moved all who
    /// were booked and blocked the time meanwhile.
    var timetable: Timetable?
    /// What an appointment that moves has now; nil for a new one. It is locked too, else two that change places would wait for each other.
    var kept: [ResourceID]?
    /// Of somebody who may set rules aside, and does.
    var overrides = false
    /// Rules that were asked before: an appointment that moves keeps its type, its patient and perhaps its start.
    var settled: Set<Obstacle.Rule> = [.resourceInactive, .resourceMissing]
    /// What is this location's of the resources that locations share.
    var allotments: [ResourceID: [InstantRange]] = [:]
    /// An appointment that was there before: time it left, and that is kept for the waitlist since, is no obstacle.
    var regains = false
    /// For a hold: when it ends.
    var expiry: Instant?

    static let resourceGone = Problem.conflict(
        "resource_inactive",
        "One of the resources has been taken out of use. Choose another."
    )
    static let outsideAllotment = Problem.conflict(
        "outside_allotment",
        "A resource that locations share is not this location's at that time. See allotments for when it is."
    )

    private var holders: [UUID] { resources.map(\.id.uuid) + (patron.map { [$0.id.uuid] } ?? []) }

    // MARK: Without locks

    /// The rules that are set aside; empty without `overrides`. Errors: `slot_taken`, `not_bookable`.
    func check(_ taken: Rows, _ timetable: Timetable, _ work: Work) throws -> [Obstacle.Rule] {
        try check(taken, timetable, at: work.now, showsAppointments: work.caller.may(.appointmentsRead, at: work.location))
    }

    private func check(_ taken: Rows, _ timetable: Timetable, at now: Instant, showsAppointments: Bool) throws -> [Obstacle.Rule] {
        let diary = Diary(try OccupancyStore.all(taken), in: hours.window, moving: appointment)
        let rules = rulebook(timetable, diary, at: now)
        let obstacles = rules.obstacles(to: span).filter { !isSettled($0) }
        let hard = obstacles.filter { !overrides || !$0.isOverridable }
        guard !hard.isEmpty else { return Set(obstacles.map(\.rule)).sorted { $0.rawValue < $1.rawValue } }
        let alternatives = alternatives(rules, diary, timetable, at: now)
        guard hard.contains(where: \.rule.isTaken) else {
            if let shared = hard.first(where: { $0.rule == .outsideAllotment })?.remedy.resource {
                throw Slot.outsideAllotment(shared, allotments[shared] ?? [], alternatives)
            }
            throw NotBookable.problem(hard, alternatives: alternatives, showsAppointments: showsAppointments)
        }
        let conflicts = diary.conflicts(rules.demands, span)
        throw SlotTaken.problem(conflicts, alternatives: alternatives, patient: patron?.id, showsAppointments: showsAppointments)
    }

    /// The nearest times at which no rule and nobody is in the way; none when something is that no other time would change.
    private func alternatives(_ rules: Rulebook, _ diary: Diary, _ timetable: Timetable, at now: Instant) -> [InstantRange] {
        guard rules.standing.allSatisfy(isSettled) else { return [] }
        let search = hours.search(timetable, resources.map(\.id))
        return diary.nearestOpenings(to: span, rules.demands, within: search, notBefore: now, where: rules.allows)
    }

    private func rulebook(_ timetable: Timetable, _ diary: Diary, at now: Instant) -> Rulebook {
        var rulebook = Rulebook(type: type, patron: patron, cast: resources, timetable: timetable, diary: diary, now: now)
        rulebook.allotments = allotments
        return rulebook
    }

    /// What was checked before, each id with its pointer.
    private func isSettled(_ obstacle: Obstacle) -> Bool { settled.contains(obstacle.rule) }

    private static func outsideAllotment(_ resource: ResourceID, _ own: [InstantRange], _ alternatives: [InstantRange]) -> Problem {
        var problem = outsideAllotment
        problem.extra["resource_id"] = "\"\(resource)\""
        problem.extra["allotments"] = "[" + own.map { "{\"from\":\"\($0.start)\",\"until\":\"\($0.end)\"}" }.joined(separator: ",") + "]"
        problem.extra["alternatives"] = SlotTaken.json(alternatives)
        return problem
    }

    // MARK: Under locks

    /// Locks, looks again and takes, in one flight. The rules that are set aside. Errors: `slot_taken`, `not_bookable`, `resource_inactive`.
    @discardableResult
    func take(_ work: Work) async throws -> [Obstacle.Rule] {
        let now = work.now
        let showsAppointments = work.caller.may(.appointmentsRead, at: work.location)
        let zone = work.location.rules
        let verdict = SlotVerdict()
        var statements = [OccupancyStore.lock(resources.map(\.id) + (kept ?? []))]
        if let patron { statements.append(OccupancyStore.lock(patron.id)) }
        statements.append(OccupancyStore.clearExpired(holders, at: now))
        if regains { statements.append(OccupancyStore.regain(appointment, resources.map(\.id), in: span)) }
        let looking = statements.count
        statements.append(OccupancyStore.taken(holders, in: hours.window, at: now))
        if timetable == nil {
            statements.append(TimetableStore.of(resources.map(\.id.uuid), in: hours.window))
        } else {
            statements.append(BlockStore.of(resources.map(\.id), in: hours.window))
        }
        work.tx.prelude(statements) { answers in
            let active = Set(try answers[0].decode((ResourceID, Bool).self).filter { $0.1 }.map { $0.0 })
            guard resources.allSatisfy({ active.contains($0.id) || kept?.contains($0.id) == true }) else {
                throw Slot.resourceGone
            }
            let timetable =
                if let known = self.timetable {
                    known.blocked(by: try answers[looking + 1].map(BlockStore.block))
                } else {
                    try TimetableStore.timetable(answers[looking + 1], zone)
                }
            let overridden = try check(
                answers[looking],
                timetable,
                at: now,
                showsAppointments: showsAppointments
            )
            verdict.overridden.withLock { $0 = overridden }
        }
        if kept != nil { work.enqueue(OccupancyStore.free(appointment)) }
        var demands =
            resources.map { Demand($0, type) } + (patron.map { [Demand(patient: $0.id)] } ?? [])
        if overrides, type.doubleBooking == .withReason {
            for index in demands.indices
            where index < resources.count && resources[index].kind == .provider {
                demands[index].doubling = true
                work.enqueue(OccupancyStore.share(demands[index], for: span))
            }
        }
        do {
            try await work.query(
                OccupancyStore.take(demands, for: span, by: appointment, type.id, until: expiry)
            )
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            // The constraint is the backstop: whoever took it did not take the locks.
            throw SlotTaken.problem
        }
        return verdict.overridden.withLock { $0 }
    }
}

/// What the look under the locks found to be set aside; it is made inside the flight.
final class SlotVerdict: Sendable {
    let overridden = Mutex<[Obstacle.Rule]>([])
}
