import Access
import Values
import Web

struct EncounterRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/appointments/{appointment}/completion",
                "Completes a visit: what happened becomes an encounter",
                .permission(.appointmentsComplete),
                body: CompleteAppointmentBody.shape,
                answer: Encounter.shape,
                errors: [Appointment.wrongStatus, Appointment.tooEarly],
                version: .optional
            ) { call, work, body in
                try await CompleteAppointment(id: try call.path.id("appointment", AppointmentID.self), body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/encounters",
                "Lists the encounters of a day or of a patient",
                .permission(.appointmentsRead),
                query: EncounterQuery.shape,
                item: Encounter.shape,
                errors: [EncounterQuery.tooWide]
            ) { call, query, page in
                let after = try page.after.map { (day: try $0.day(0), id: try $0.id(1, EncounterID.self)) }
                let select = EncounterStore.page(try query.checked(), after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("encounter.list", "encounter", patients: .column))
                return page.page(try rows.map(EncounterStore.encounter)) { [.day($0.serviceDay), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/encounters/{encounter}",
                "Shows an encounter",
                .permission(.appointmentsRead),
                answer: Encounter.shape
            ) { call in
                let id = try call.path.id("encounter", EncounterID.self)
                let rows = try await call.read(EncounterStore.one(id), ReadAct("encounter.read", "encounter", patients: .column))
                guard let row = rows.first else { throw Problem.notFound }
                return try EncounterStore.encounter(row)
            },
        ]
    }
}
