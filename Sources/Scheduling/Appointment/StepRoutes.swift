import Access
import Jobs
import Organizations
import Values
import Web

/// The steps in an appointment's life that change nothing but itself.
struct StepRoutes {
    let settings: SettingReader

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/appointments/{appointment}/cancellation",
                "Cancels an appointment and frees its time",
                .permission(.appointmentsCancel),
                body: CancelAppointmentBody.shape,
                answer: Appointment.shape,
                errors: [Appointment.wrongStatus],
                status: 200,
                version: .optional
            ) { [settings] call, work, body in
                let hours = try await settings.values(at: work.location).number(.lateCancellation)
                return try await CancelAppointment(
                    id: try call.path.id("appointment", AppointmentID.self),
                    body: body,
                    lateWithinHours: hours
                ).run(work)
            },
            step(
                "/v1/locations/{location}/appointments/{appointment}/confirmation",
                "Records that the patient will come",
                .appointmentsBook
            ) { try await ConfirmAppointment(id: $0).run($1) },
            step("/v1/locations/{location}/appointments/{appointment}/arrival", "Checks a patient in", .appointmentsCheckIn) {
                try await StepAppointment(id: $0, step: .checkIn, event: "appointment.arrived").run($1)
            },
            step(
                "/v1/locations/{location}/appointments/{appointment}/rooming",
                "Records that the patient waits in the room",
                .appointmentsCheckIn
            ) { try await StepAppointment(id: $0, step: .room, event: "appointment.roomed").run($1) },
            step(
                "/v1/locations/{location}/appointments/{appointment}/session",
                "Records that the provider is with the patient",
                .appointmentsCheckIn
            ) { try await StepAppointment(id: $0, step: .begin, event: "appointment.in_session").run($1) },
            step(
                "/v1/locations/{location}/appointments/{appointment}/check-out",
                "Records that the patient is on the way out; completion ends the visit",
                .appointmentsCheckIn
            ) { try await StepAppointment(id: $0, step: .checkOut, event: "appointment.checking_out").run($1) },
            step(
                "/v1/locations/{location}/appointments/{appointment}/no-show",
                "Records that the patient did not come",
                .appointmentsCheckIn
            ) { try await StepAppointment(id: $0, step: .noShow, event: "appointment.no_show").run($1) },
        ]
    }

    private func step(
        _ path: StaticString,
        _ summary: StaticString,
        _ permission: Permission,
        _ take: @escaping @Sendable (AppointmentID, Work) async throws -> Appointment
    ) -> Route {
        .create(
            path,
            summary,
            .permission(permission),
            body: NoDetails.shape,
            answer: Appointment.shape,
            errors: [Appointment.wrongStatus, Appointment.tooEarly],
            status: 200,
            version: .optional
        ) { call, work, _ in
            try await take(try call.path.id("appointment", AppointmentID.self), work)
        }
    }
}

/// The body of a step that needs no details: an empty object.
struct NoDetails: Sendable {
    static let shape = Shape("NoDetails", NoDetails()) {}
}
