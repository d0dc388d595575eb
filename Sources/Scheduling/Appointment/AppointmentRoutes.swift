import Access
import Tenancy
import Values
import Web

struct AppointmentRoutes {
    let tenancy: Tenancy

    static let slotErrors = [
        SlotTaken.problem, NotBookable.problem, Override.denied, Slot.resourceGone, Slot.outsideAllotment, StartTime.oneForm,
        StartTime.skipped, StartTime.repeated,
        StartTime.tooEarly,
        StartTime.tooLate, StartTime.notWholeMinute, AllotmentStore.tooMany, TimetableStore.tooMuch,
    ]

    var routes: [Route] { booking + reading }

    private var booking: [Route] {
        [
            .create(
                "/v1/locations/{location}/appointments",
                "Books an appointment",
                .permission(.appointmentsBook),
                body: BookAppointmentBody.shape,
                answer: Appointment.shape,
                errors: AppointmentRoutes.slotErrors,
                place: { $0.id.description }
            ) { [tenancy] _, work, body in
                try await BookAppointment(body: body, tenancy: tenancy).run(work)
            }.offeringLater(BookAppointmentBody.shape) { _, body in body.later },
            .change(
                "/v1/locations/{location}/appointments/{appointment}",
                "Moves an appointment",
                .permission(.appointmentsMove),
                body: MoveAppointmentBody.shape,
                answer: Appointment.shape,
                errors: AppointmentRoutes.slotErrors + [Appointment.wrongStatus]
            ) { [tenancy] call, work, body in
                let id = try call.path.id("appointment", AppointmentID.self)
                return try await MoveAppointment(id: id, body: body, tenancy: tenancy).run(work)
            }.offeringLater(MoveAppointmentBody.shape) { call, body in
                try await body.later(try call.path.id("appointment"), call)
            },
        ]
    }

    private var reading: [Route] {
        [
            .get(
                "/v1/locations/{location}/appointments/{appointment}",
                "Shows an appointment",
                .permission(.appointmentsRead),
                answer: Appointment.shape
            ) { call in
                let id = try call.path.id("appointment", AppointmentID.self)
                let rows = try await call.read(AppointmentStore.one(id), ReadAct("appointment.read", "appointment", patients: .column))
                guard let row = rows.first else { throw Problem.notFound }
                return try AppointmentStore.appointment(row)
            },
            .list(
                "/v1/locations/{location}/appointments",
                "Lists the appointments of a day, of a span of days, or of a patient",
                .permission(.appointmentsRead),
                query: AppointmentQuery.shape,
                item: Appointment.shape,
                errors: [AppointmentQuery.tooWide, AppointmentQuery.twoRanges]
            ) { call, query, page in
                let range = try query.range(try call.location.rules)
                let after = try page.after.map { (start: try $0.instant(0), id: try $0.id(1, AppointmentID.self)) }
                let select = AppointmentStore.page(range, query, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("appointment.list", "appointment", patients: .column))
                return page.page(try rows.map(AppointmentStore.appointment)) { [.instant($0.startsAt), .id($0.id)] }
            },
        ]
    }
}
