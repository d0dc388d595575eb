import Access
import Values
import Web

struct WeeklyHoursRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/weekly-hours",
                "Sets working hours of a resource, or opening hours of the location, on a weekday",
                .permission(.scheduleManage),
                body: CreateWeeklyHoursBody.shape,
                answer: WeeklyHours.shape,
                errors: [WeeklyHours.overlap],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateWeeklyHours(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/weekly-hours",
                "Lists weekly hours from Monday on",
                .permission(.scheduleRead),
                query: HoursQuery.shape,
                item: WeeklyHours.shape
            ) { call, query, page in
                let after = try page.after.map { (weekday: try $0.int(0), from: try $0.int(1), id: try $0.id(2, WeeklyHoursID.self)) }
                let select = WeeklyHoursStore.page(query, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("weekly_hours.list", "weekly_hours"))
                return page.page(try rows.map(WeeklyHoursStore.hours)) { [.int($0.weekday), .int($0.part.from), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/weekly-hours/{hours}",
                "Shows weekly hours",
                .permission(.scheduleRead),
                answer: WeeklyHours.shape
            ) { call in
                let id = try call.path.id("hours", WeeklyHoursID.self)
                let rows = try await call.read(WeeklyHoursStore.one(id), ReadAct("weekly_hours.read", "weekly_hours"))
                guard let row = rows.first else { throw Problem.notFound }
                return try WeeklyHoursStore.hours(row)
            },
            .change(
                "/v1/locations/{location}/weekly-hours/{hours}",
                "Changes weekly hours",
                .permission(.scheduleManage),
                body: ChangeWeeklyHoursBody.shape,
                answer: WeeklyHours.shape,
                errors: [WeeklyHours.overlap]
            ) { call, work, body in
                try await ChangeWeeklyHours(id: try call.path.id("hours", WeeklyHoursID.self), body: body).run(work)
            },
            .remove(
                "/v1/locations/{location}/weekly-hours/{hours}",
                "Removes weekly hours",
                .permission(.scheduleManage)
            ) { call, work in
                try await RemoveWeeklyHours(id: try call.path.id("hours", WeeklyHoursID.self)).run(work)
            },
        ]
    }
}
