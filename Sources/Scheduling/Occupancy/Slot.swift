import Access
import Jobs
import Postgres
import Tenancy
import Values

/// A slot somebody wants: time of resources and of a patient. Looked at without locks first, so that those who come too late are answered at
/// once and queue for nothing; then taken under locks, in one flight.
struct Slot: Sendable {
    let appointment: AppointmentID
    let patient: PatientID
    let resources: [Resource]
    let type: AppointmentType
    let span: InstantRange
    let hours: DiaryHours
    /// What an appointment that moves has now; nil for a new one. It is locked too, else two that change places would wait for each other.
    var kept: [ResourceID]?

    static let resourceGone = Problem.conflict("resource_inactive", "One of the resources has been taken out of use. Choose another.")
    static let outsideAllotment = Problem.conflict(
        "outside_allotment",
        "A resource that locations share is not this location's at that time. See allotments for when it is."
    )

    private var demands: [Demand] { resources.map { Demand($0, type) } + [Demand(patient: patient)] }
    private var holders: [UUID] { demands.map(\.holder) }

    // MARK: Without locks

    /// Errors: `slot_taken`.
    func check(_ taken: Rows, _ work: Work) throws {
        try check(taken, at: work.now, showsAppointments: work.caller.may(.appointmentsRead, at: work.location))
    }

    private func check(_ taken: Rows, at now: Instant, showsAppointments: Bool) throws {
        let diary = Diary(try taken.map(OccupancyStore.occupancy), in: hours.window, moving: appointment)
        let conflicts = diary.conflicts(demands, span)
        guard !conflicts.isEmpty else { return }
        let alternatives = diary.nearestOpenings(to: span, demands, within: hours.hours, notBefore: now)
        throw SlotTaken.problem(conflicts, alternatives: alternatives, patient: patient, showsAppointments: showsAppointments)
    }

    /// Resources that several locations share are taken only where they are this location's; others cost no look.
    /// Errors: `outside_allotment`.
    func checkAllotments(_ work: Work, _ tenancy: Tenancy) async throws {
        for resource in resources where resource.shared {
            let wanted = Demand(resource, type).span(for: span)
            let rows = try await tenancy.organizationRead(
                work.location.organization,
                AllotmentStore.of(resource.id, at: work.location.id, in: hours.window)
            )
            let allotments = try rows.map { try $0.value(0, as: InstantRange.self) }
            guard allotments.contains(where: { $0.contains(wanted) }) else { throw Slot.outsideAllotment(resource, allotments) }
        }
    }

    private static func outsideAllotment(_ resource: Resource, _ allotments: [InstantRange]) -> Problem {
        var problem = outsideAllotment
        problem.extra["resource_id"] = "\"\(resource.id)\""
        problem.extra["allotments"] =
            "[" + allotments.map { "{\"from\":\"\($0.start)\",\"until\":\"\($0.end)\"}" }.joined(separator: ",") + "]"
        return problem
    }

    // MARK: Under locks

    /// Locks, looks again and takes, in one flight. Errors: `slot_taken`, `resource_inactive`.
    func take(_ work: Work) async throws {
        let now = work.now
        let showsAppointments = work.caller.may(.appointmentsRead, at: work.location)
        work.tx.prelude([
            OccupancyStore.lock(resources.map(\.id) + (kept ?? [])), OccupancyStore.lock(patient),
            OccupancyStore.clearExpired(holders, at: now),
            OccupancyStore.taken(holders, in: hours.window, at: now),
        ]) { answers in
            let active = Set(try answers[0].decode((ResourceID, Bool).self).filter { $0.1 }.map { $0.0 })
            guard resources.allSatisfy({ active.contains($0.id) || kept?.contains($0.id) == true }) else { throw Slot.resourceGone }
            try check(answers[3], at: now, showsAppointments: showsAppointments)
        }
        if kept != nil { work.enqueue(OccupancyStore.free(appointment)) }
        do {
            try await work.query(OccupancyStore.take(demands, for: span, by: appointment))
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            // The constraint is the backstop: whoever took it did not take the locks.
            throw SlotTaken.problem
        }
    }
}
