import Access
import Jobs
import Organizations
import Postgres
import Tenancy
import Values
import Web

struct SeriesRoutes {
    let tenancy: Tenancy
    let settings: SettingReader

    private static let ruleErrors = RecurrenceProblem.errors + PlanSeries.limits + [PlanSeries.tooEarly, PlanSeries.tooLate]
    private static let slotErrors = PlanSeries.limits + [SeriesPlan.problem, SlotTaken.problem, Slot.resourceGone]

    var routes: [Route] { booking + reading + editing }

    private var booking: [Route] {
        [
            .act(
                "/v1/locations/{location}/series-previews",
                "Looks at every occurrence of a series: free or not, why not, what the clocks do, and where else it could be",
                .permission(.appointmentsBook),
                body: SeriesBody.preview,
                answer: SeriesPlan.shape,
                errors: SeriesRoutes.ruleErrors
            ) { call, body in
                try await PreviewSeries(body: body, call: call).run()
            },
            .create(
                "/v1/locations/{location}/series",
                "Books a series: every occurrence is looked at before anything is saved, and each becomes an appointment",
                .permission(.appointmentsBook),
                body: SeriesBody.shape,
                answer: Series.shape,
                errors: SeriesRoutes.ruleErrors + [SeriesPlan.problem, SlotTaken.problem, Slot.resourceGone],
                place: { $0.id.description }
            ) { [tenancy] _, work, body in
                try await BookSeries(body: body, tenancy: tenancy).run(work)
            },
        ]
    }

    private var reading: [Route] {
        [
            .get(
                "/v1/locations/{location}/series/{series}",
                "Shows a series as it was asked for, and which appointment each of its days became",
                .permission(.appointmentsRead),
                answer: Series.shape
            ) { call in
                let id = try call.path.id("series", SeriesID.self)
                let rows = try await call.read(SeriesStore.one(id), ReadAct("series.read", "series", patients: .column))
                guard let row = rows.first else { throw Problem.notFound }
                return try SeriesStore.series(row)
            },
            .list(
                "/v1/locations/{location}/series",
                "Lists a patient's series",
                .permission(.appointmentsRead),
                query: SeriesQuery.shape,
                item: Series.shape
            ) { call, query, page in
                let after = try page.after.map { (day: try $0.day(0), id: try $0.id(1, SeriesID.self)) }
                let rows = try await call.read(
                    SeriesStore.page(of: query.patient, after: after, limit: page.fetch),
                    ReadAct("series.list", "series", patients: .column)
                )
                return page.page(try rows.map(SeriesStore.series)) { [.day($0.startDay), .id($0.id)] }
            },
            .list(
                "/v1/locations/{location}/series/{series}/appointments",
                "Lists the appointments of a series as they stand now",
                .permission(.appointmentsRead),
                item: Appointment.shape
            ) { call, page in
                let id = try call.path.id("series", SeriesID.self)
                let after = try page.after.map { (start: try $0.instant(0), id: try $0.id(1, AppointmentID.self)) }
                let select = AppointmentStore.page(
                    SeriesStore.appointments(id, 1...Series.limits.occurrences),
                    after: after,
                    limit: page.fetch
                )
                let rows = try await call.read(select, ReadAct("appointment.list", "appointment", patients: .column))
                // A series has one appointment at least.
                guard !rows.isEmpty || after != nil else { throw Problem.notFound }
                return page.page(try rows.map(AppointmentStore.appointment)) { [.instant($0.startsAt), .id($0.id)] }
            },
        ]
    }

    private var editing: [Route] {
        [
            .change(
                "/v1/locations/{location}/series/{series}",
                "Moves one occurrence, it and the following, or all that are not over, or gives them another provider or other rooms",
                .permission(.appointmentsMove),
                body: MoveSeriesBody.shape,
                answer: SeriesEdit.shape,
                errors: SeriesRoutes.slotErrors + [
                    SeriesScope.nothingLeft, SeriesScope.ordinalMissing, SeriesScope.ordinalUnwanted, MoveSeries.nothingAsked,
                    MoveSeries.tooEarly, MoveSeries.tooLate,
                ]
            ) { [tenancy] call, work, body in
                try await MoveSeries(id: try call.path.id("series", SeriesID.self), body: body, tenancy: tenancy).run(work)
            },
            .create(
                "/v1/locations/{location}/series/{series}/cancellation",
                "Cancels one occurrence, it and the following, or all that are not over",
                .permission(.appointmentsCancel),
                body: CancelSeriesBody.shape,
                answer: SeriesEdit.shape,
                errors: [SeriesScope.nothingLeft, SeriesScope.ordinalMissing, SeriesScope.ordinalUnwanted],
                status: 200,
                version: .optional
            ) { [settings] call, work, body in
                let hours = try await settings.values(at: work.location).number(.lateCancellation)
                return try await CancelSeries(
                    id: try call.path.id("series", SeriesID.self),
                    body: body,
                    lateWithinHours: hours
                ).run(work)
            },
        ]
    }
}

struct SeriesQuery: Sendable {
    var patient = PatientID.blank

    static let shape = Shape("SeriesQuery", SeriesQuery()) {
        Field("patient_id", \.patient, .id())
    }
}
