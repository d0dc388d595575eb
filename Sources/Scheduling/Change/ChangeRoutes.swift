import Access
import Values
import Web

struct ChangeRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/appointments/{appointment}/changes",
                "Lists what happened to an appointment, from its booking on",
                .permission(.appointmentsRead),
                item: AppointmentChange.shape
            ) { call, page in
                let id = try call.path.id("appointment", AppointmentID.self)
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, EventID.self)) }
                let rows = try await call.read(
                    AppointmentChangeStore.page(of: id, after: after, limit: page.fetch),
                    ReadAct("appointment.history", "appointment_change", patients: .column)
                )
                // Every appointment was booked: its history is never empty.
                guard !rows.isEmpty || after != nil else { throw Problem.notFound }
                return page.page(try rows.map(AppointmentChangeStore.change)) { [.instant($0.at), .id(EventID($0.id))] }
            }
        ]
    }
}
