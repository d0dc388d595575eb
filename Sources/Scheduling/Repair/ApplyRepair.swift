import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Moves several appointments at once, all or none, by the rules of moving one (DESIGN L7), and blocks the time they leave. Everything is locked
/// first, each sort in the order of its ids: appointments, resources, patients; then all the time they have is free, what is to be blocked is
/// blocked, and each takes its new one. Patients are told by notices, as of any move, or asked.
struct ApplyRepair {
    let body: ApplyRepairBody
    let asking: AskPatients?
    let tenancy: Tenancy

    private struct Plan {
        let move: ApplyRepairBody.Move
        let old: Appointment
        let type: AppointmentType
        let cast: Cast
    }

    func run(_ work: Work) async throws -> RepairResult {
        // Who comes first takes the lowest lane: in this order few lanes are enough.
        let moves = body.moves.sorted { ($0.start, $0.appointment) < ($1.start, $1.appointment) }
        guard Set(moves.map(\.appointment)).count == moves.count else { throw ApplyRepairBody.twice }
        guard !moves.isEmpty || !body.blocks.isEmpty else { throw ApplyRepairBody.nothing }
        let blocks = try RepairBlocks(body.blocks, work)
        let (plans, known) = try await plans(moves, blocks, work)
        let left = try await lock(plans, blocks, work)
        for block in blocks.blocks { CreateBlock.tell(block, work) }
        var appointments: [Appointment] = []
        for plan in plans { appointments.append(try await apply(plan, work)) }
        work.audit(
            Act(
                "repair.apply",
                "appointment",
                patients: Set(appointments.map(\.patient) + left.compactMap(\.patient)).sorted(),
                objects: appointments.map(\.id.uuid) + blocks.blocks.map(\.id.uuid)
            )
        )
        let questions = asking?.ask(zip(plans, appointments).map { (old: $0.old, new: $1) }, known: known, work) ?? []
        return RepairResult(appointments: appointments, blocks: blocks.blocks, left: left, questions: questions)
    }

    /// With what patients were told so far. Errors: `not_found`, `stale`, `wrong_status`, ids that are not here.
    private func plans(_ moves: [ApplyRepairBody.Move], _ blocks: RepairBlocks, _ work: Work) async throws
        -> (plans: [Plan], known: [AppointmentID: ToldAppointment])
    {
        let ids = moves.map(\.appointment)
        let named = moves.flatMap { [$0.provider.resource] + $0.resources } + blocks.resources
        let answers = try await work.query([
            RepairStore.lockAppointments(ids), AppointmentStore.these(ids), AppointmentTypeStore.of(ids),
            ResourceStore.these(named, orOf: ids), NoticeStore.known(ids),
        ])
        let appointments = Dictionary(
            try answers[1].map(AppointmentStore.appointment).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let types = Dictionary(
            try answers[2].map(AppointmentTypeStore.type).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let resources = try answers[3].map(ResourceStore.resource)
        try blocks.check(resources)
        let plans = try moves.map { move in
            guard let old = appointments[move.appointment], let type = types[old.type] else { throw Problem.notFound }
            guard old.version == move.version else { throw Problem.stale.naming(old.id) }
            _ = try old.status(after: .move)
            var errors: [Problem.Member] = []
            let cast = Cast(
                provider: move.provider,
                further: move.resources,
                found: resources,
                kept: Set(old.allResources),
                &errors
            )
            if let cast { errors += cast.missing(for: type) }
            guard let cast, errors.isEmpty else {
                throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors).naming(old.id)
            }
            return Plan(move: move, old: old, type: type, cast: cast)
        }
        return (plans, try NoticeStore.told(answers[4]))
    }

    /// Who stays booked in the time that is blocked. Errors: `already_blocked`, `still_booked`.
    private func lock(_ plans: [Plan], _ blocks: RepairBlocks, _ work: Work) async throws -> [RepairLeft] {
        let resources = Set(plans.flatMap { $0.old.allResources + $0.cast.all.map(\.id) } + blocks.resources)
        let patients = Set(plans.map(\.old.patient))
        // A flight of its own: what a slot asks first would otherwise come before it.
        let answers = try await work.query(
            [
                blocks.isOfEverything ? RepairStore.lockAllResources : OccupancyStore.lock(resources.sorted()),
                RepairStore.lockPatients(patients.sorted()), RepairStore.free(plans.map(\.old.id)),
            ] + blocks.statements(at: work.now)
        )
        return try blocks.left(Array(answers.dropFirst(3)), leavesBooked: body.leavesBooked, work)
    }

    private func apply(_ plan: Plan, _ work: Work) async throws -> Appointment {
        let (move, old) = (plan.move, plan.old)
        let rules = work.location.rules
        var start = StartTime()
        start.instant = move.start
        var new = old
        let from = try start.resolved(rules, now: work.now)
        guard let span = InstantRange(from, from.adding(minutes: old.minutes)) else { throw StartTime.tooLate }
        new.span = span
        (new.day, new.time) = rules.wallClock(at: from)
        new.timeZone = work.location.timeZone.name
        new.provider = move.provider
        new.providerName = plan.cast.provider.name
        new.resources = plan.cast.uses
        new.version += 1
        new.updatedAt = work.now
        new.overridden = []
        new.overrideCode = nil
        new.overrideText = nil
        do {
            try await take(new, plan, work)
        } catch let problem as Problem {
            throw problem.naming(old.id)
        }
        work.enqueue(AppointmentStore.update(new, by: work.caller.actor.id))
        work.record("move", from: old, to: new)
        work.audit(
            Act("appointment.move", "appointment", old.id, patients: [old.patient], changed: MoveAppointment.changed(old, new))
        )
        work.tell(new.event("appointment.moved", previousDay: new.day == old.day ? nil : old.day))
        return new
    }

    private func take(_ new: Appointment, _ plan: Plan, _ work: Work) async throws {
        var settled = RepairProposal.settled
        if new.provider == plan.old.provider { settled.insert(.performer) }
        if new.day != plan.old.day { settled.subtract([.leadTime, .horizon]) }
        let hours = DiaryHours(around: new.startsAt, minutes: new.minutes, work.location.rules)
        let slot = Slot(
            appointment: new.id,
            patron: Patron(id: new.patient, isReturning: true),
            resources: plan.cast.all,
            type: plan.type,
            span: new.span,
            hours: hours,
            kept: plan.old.allResources,
            settled: settled,
            allotments: try await AllotmentStore.read(plan.cast.all, at: work.location, in: hours.window, tenancy),
            regains: true
        )
        try await slot.take(work)
    }
}

extension Problem {
    /// The same, saying which appointment it is about.
    fileprivate func naming(_ appointment: AppointmentID) -> Problem {
        var problem = self
        problem.extra["appointment_id"] = "\"\(appointment)\""
        return problem
    }
}
