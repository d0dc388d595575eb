import Access
import Postgres
import Tenancy
import Values
import Web

/// Proposes how a day goes on without what is out. Changes nothing.
struct ProposeRepair {
    let body: ProposeRepairBody
    let call: Call

    func run() async throws -> RepairAnswer {
        let location = try call.location
        let day = body.day
        let clock = DayClock(day, through: day, location.rules)
        let outages = try body.outages.map { try $0.outage() }
        let window = clock.whole.widened(by: AppointmentType.bufferRange.upperBound + AppointmentType.minutesRange.upperBound)
        let (answers, visits) = try await call.tenancy.read(location, lazily: true) { tx in
            let answers = try await tx.query([
                RepairStore.visits(clock.whole), RepairStore.types(clock.whole),
                RepairStore.resources(clock.whole, out: body.outages.compactMap(\.resource)),
                RepairStore.taken(in: window, at: call.now),
                TimetableStore.of(nil, in: window),
            ])
            let visits = try answers[0].map(RepairStore.visit)
            tx.audit(
                Act(
                    "repair.propose",
                    "appointment",
                    patients: Array(Set(visits.map(\.patient))).sorted(),
                    objects: visits.map(\.id.uuid)
                ),
                by: call.caller,
                at: call.now,
                ambient: call.ambient
            )
            return (answers, visits)
        }
        guard visits.count < RepairStore.mostVisits, answers[3].count < RepairStore.mostTaken else { throw ProposeRepairBody.tooMuch }
        let types = try answers[1].map(AppointmentTypeStore.type)
        let resources = try ResourceStore.resources(answers[2])
        try body.check(Set(resources.map(\.id)))
        var repair = RepairDay(
            visits: visits,
            types: Dictionary(types.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
            resources: Dictionary(resources.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
            taken: try answers[3].map(OccupancyStore.occupancy),
            timetable: try TimetableStore.timetable(answers[4], location.rules),
            clock: clock,
            now: call.now,
            outages: outages
        )
        repair.step = body.step
        repair.othersAtMost = body.others
        repair.keepsProviders = body.keepsProviders
        repair.allotments = try await AllotmentStore.read(resources, at: location, in: window, call.tenancy)
        let known = repair
        // The search of a full day is long: others are served meanwhile.
        let proposal = await withTaskExecutorPreference(globalConcurrentExecutor) { RepairProposal(known) }
        return RepairAnswer(
            day: day,
            timeZone: location.timeZone.name,
            proposal: proposal,
            blocks: body.outages.map(\.block)
        )
    }
}
