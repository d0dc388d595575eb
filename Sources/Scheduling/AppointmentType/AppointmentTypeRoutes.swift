import Access
import Values
import Web

struct AppointmentTypeRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/appointment-types",
                "Adds an appointment type",
                .permission(.scheduleManage),
                body: TypeTemplate.shape,
                answer: AppointmentType.shape,
                errors: [AppointmentType.nameTaken, AppointmentType.lanesWithoutPolicy, AppointmentType.groupAlone],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateAppointmentType(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/appointment-types",
                "Lists appointment types by name",
                .permission(.scheduleRead),
                query: AppointmentTypeQuery.shape,
                item: AppointmentType.shape
            ) { call, query, page in
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, AppointmentTypeID.self)) }
                let select = AppointmentTypeStore.page(active: query.active, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("appointment_type.list", "appointment_type"))
                return page.page(try rows.map(AppointmentTypeStore.type)) { [.text($0.name), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/appointment-types/{type}",
                "Shows an appointment type",
                .permission(.scheduleRead),
                answer: AppointmentType.shape
            ) { call in
                let id = try call.path.id("type", AppointmentTypeID.self)
                let rows = try await call.read(AppointmentTypeStore.one(id), ReadAct("appointment_type.read", "appointment_type"))
                guard let row = rows.first else { throw Problem.notFound }
                return try AppointmentTypeStore.type(row)
            },
            .change(
                "/v1/locations/{location}/appointment-types/{type}",
                "Changes an appointment type",
                .permission(.scheduleManage),
                body: ChangeAppointmentTypeBody.shape,
                answer: AppointmentType.shape,
                errors: [
                    AppointmentType.inherited, AppointmentType.nameTaken, AppointmentType.lanesWithoutPolicy, AppointmentType.groupAlone,
                ]
            ) { call, work, body in
                try await ChangeAppointmentType(id: try call.path.id("type", AppointmentTypeID.self), body: body).run(work)
            },
        ]
    }
}
