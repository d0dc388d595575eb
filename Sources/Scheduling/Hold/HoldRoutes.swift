import Access
import Jobs
import Organizations
import Tenancy
import Values
import Web

struct HoldRoutes {
    let tenancy: Tenancy
    let settings: SettingReader

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/holds",
                "Keeps an opening for some minutes, so that nobody else gets it before it is confirmed",
                .permission(.appointmentsBook),
                body: HoldBody.shape,
                answer: Hold.shape,
                errors: AppointmentRoutes.slotErrors,
                place: { $0.id.description }
            ) { [tenancy, settings] _, work, body in
                let minutes = try await settings.values(at: work.location).number(.holdMinutes)
                return try await HoldOpening(body: body, minutes: minutes, tenancy: tenancy).run(work)
            }.offeringLater(HoldBody.shape) { _, body in body.later },
            .create(
                "/v1/locations/{location}/holds/{hold}/confirmation",
                "Makes an appointment of a hold; it bears the hold's id",
                .permission(.appointmentsBook),
                body: ConfirmHoldBody.shape,
                answer: Appointment.shape,
                errors: [
                    Hold.expired, Hold.used, Hold.otherPatient, Hold.patientMissing, Hold.forWaitlist, NotBookable.problem,
                    Override.denied, SlotTaken.problem,
                ]
            ) { call, work, body in
                try await ConfirmHold(id: try call.path.id("hold", HoldID.self), body: body).run(work)
            },
            .remove(
                "/v1/locations/{location}/holds/{hold}",
                "Gives a hold's time back; of time that is kept for the waitlist it withdraws the offers too",
                .permission(.appointmentsBook),
                errors: [Hold.used],
                version: .none
            ) { call, work in
                try await ReleaseHold(id: try call.path.id("hold", HoldID.self)).run(work)
            },
        ]
    }
}
