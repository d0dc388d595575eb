import Access
import Jobs
import Organizations
import Tenancy
import Values
import Web

struct RepairRoutes {
    let tenancy: Tenancy
    let settings: SettingReader

    var routes: [Route] {
        [
            .act(
                "/v1/locations/{location}/repair-proposals",
                "Proposes how a day goes on without a provider, a room or everything: which appointments stay, move, or have no place",
                .permission(.appointmentsMove),
                body: ProposeRepairBody.shape,
                answer: RepairAnswer.shape,
                errors: [
                    ProposeRepairBody.backwards, ProposeRepairBody.tooMuch, Resource.tooMany, AllotmentStore.tooMany,
                    TimetableStore.tooMuch,
                ]
            ) { call, body in
                try await ProposeRepair(body: body, call: call).run()
            },
            .create(
                "/v1/locations/{location}/repairs",
                "Makes the moves of a proposal, blocks the time and tells or asks the patients; refused when anything was changed since",
                .permission(.appointmentsMove),
                body: ApplyRepairBody.shape,
                answer: RepairResult.shape,
                errors: [
                    ApplyRepairBody.twice, ApplyRepairBody.nothing, Problem.stale, Appointment.wrongStatus, SlotTaken.problem,
                    NotBookable.problem, Slot.resourceGone, Slot.outsideAllotment, StartTime.tooEarly, StartTime.tooLate,
                    StartTime.notWholeMinute, RepairBlocks.stillBooked, RepairBlocks.alreadyBlocked, RepairBlocks.repeated,
                    Block.backwards, Block.tooLong, ProposeRepairBody.tooMuch, AllotmentStore.tooMany, TimetableStore.tooMuch,
                ]
            ) { [tenancy, settings] _, work, body in
                let asking: AskPatients? =
                    if body.patients == .asked {
                        AskPatients(try await settings.values(at: work.location))
                    } else {
                        nil
                    }
                return try await ApplyRepair(body: body, asking: asking, tenancy: tenancy).run(work)
            },
        ]
    }
}
