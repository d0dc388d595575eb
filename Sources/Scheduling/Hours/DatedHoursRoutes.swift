import Access
import Values
import Web

struct DatedHoursRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/dated-hours",
                "Sets the hours of single days: a closure, a day off, other hours than usual",
                .permission(.scheduleManage),
                body: CreateDatedHoursBody.shape,
                answer: DatedHours.shape,
                errors: [DatedHours.overlap, DatedHours.tooLong, WeeklyHours.overlap],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateDatedHours(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/dated-hours",
                "Lists the hours of single days, the earliest first",
                .permission(.scheduleRead),
                query: HoursQuery.shape,
                item: DatedHours.shape
            ) { call, query, page in
                let after = try page.after.map { (day: try $0.day(0), id: try $0.id(1, DatedHoursID.self)) }
                let select = DatedHoursStore.page(query, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("dated_hours.list", "dated_hours"))
                return page.page(try rows.map(DatedHoursStore.hours)) { [.day($0.fromDay), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/dated-hours/{dated_hours}",
                "Shows the hours of single days",
                .permission(.scheduleRead),
                answer: DatedHours.shape
            ) { call in
                let id = try call.path.id("dated_hours", DatedHoursID.self)
                let rows = try await call.read(DatedHoursStore.one(id), ReadAct("dated_hours.read", "dated_hours"))
                guard let row = rows.first else { throw Problem.notFound }
                return try DatedHoursStore.hours(row)
            },
            .change(
                "/v1/locations/{location}/dated-hours/{dated_hours}",
                "Changes the hours of single days",
                .permission(.scheduleManage),
                body: ChangeDatedHoursBody.shape,
                answer: DatedHours.shape,
                errors: [DatedHours.overlap, DatedHours.tooLong, WeeklyHours.overlap]
            ) { call, work, body in
                try await ChangeDatedHours(id: try call.path.id("dated_hours", DatedHoursID.self), body: body).run(work)
            },
            .remove(
                "/v1/locations/{location}/dated-hours/{dated_hours}",
                "Removes the hours of single days; the weekly ones hold again",
                .permission(.scheduleManage)
            ) { call, work in
                try await RemoveDatedHours(id: try call.path.id("dated_hours", DatedHoursID.self)).run(work)
            },
        ]
    }
}
