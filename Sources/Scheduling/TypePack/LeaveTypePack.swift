import Access
import Jobs
import Values
import Web

/// Makes a type that came from a pack the location's own: it stays as it is, may be changed freely, and follows the pack no more.
struct LeaveTypePack {
    let id: AppointmentTypeID

    /// Errors: `not_found`, also for what came from no pack.
    func run(_ work: Work) async throws {
        guard let type = try await work.query(AppointmentTypeStore.locked(id)).first.map(AppointmentTypeStore.type), type.inherited != nil
        else { throw Problem.notFound }
        try work.expect(type.version)
        LeaveTypePack.release(type, work)
    }

    static func release(_ type: AppointmentType, _ work: Work) {
        work.enqueue(HeldTypeStore.release(type.id, at: work.now, by: work.caller.actor.id))
        work.audit(Act("appointment_type.change", "appointment_type", type.id, changed: ["inherited"]))
    }
}

struct InheritanceRoutes {
    var routes: [Route] {
        [
            .remove(
                "/v1/locations/{location}/appointment-types/{type}/inheritance",
                "Makes a type that came from a pack the location's own; it stays as it is",
                .permission(.scheduleManage)
            ) { call, work in
                try await LeaveTypePack(id: try call.path.id("type", AppointmentTypeID.self)).run(work)
            }
        ]
    }
}
