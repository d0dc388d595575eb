import Access
import Tenancy
import Values
import Web

struct RepairRoutes {
    let tenancy: Tenancy

    var routes: [Route] {
        [
            .act(
                "/v1/locations/{location}/repair-proposals",
                "Proposes how a day goes on without a provider, a room or everything: which appointments stay, move, or have no place",
                .permission(.appointmentsMove),
                body: ProposeRepairBody.shape,
                answer: RepairAnswer.shape,
                errors: [ProposeRepairBody.backwards, ProposeRepairBody.tooMuch]
            ) { call, body in
                try await ProposeRepair(body: body, call: call).run()
            },
            .create(
                "/v1/locations/{location}/repairs",
                "Makes the moves of a proposal and blocks the time, all or none; refused when anything they rest on was changed since",
                .permission(.appointmentsMove),
                body: ApplyRepairBody.shape,
                answer: RepairResult.shape,
                errors: [
                    ApplyRepairBody.twice, ApplyRepairBody.nothing, Problem.stale, Appointment.wrongStatus, SlotTaken.problem,
                    NotBookable.problem, Slot.resourceGone, Slot.outsideAllotment, StartTime.tooEarly, StartTime.tooLate,
                    StartTime.notWholeMinute, RepairBlocks.stillBooked, RepairBlocks.alreadyBlocked, RepairBlocks.repeated,
                    Block.backwards, Block.tooLong, ProposeRepairBody.tooMuch,
                ]
            ) { [tenancy] _, work, body in
                try await ApplyRepair(body: body, tenancy: tenancy).run(work)
            },
        ]
    }
}
