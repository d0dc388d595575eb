import Postgres
import Testing
import Values
import Web

@testable import Scheduling

@Suite("The life of an appointment")
struct LifecycleTests {
    private func appointment(_ status: Appointment.Status) throws -> Appointment {
        Appointment(
            id: appointmentID(1),
            patient: .blank,
            type: .blank,
            typeName: "Check-up",
            provider: .blank,
            providerName: "Grace Okafor",
            resources: [],
            span: try span("10:00", "10:30"),
            timeZone: "UTC",
            day: .blank,
            time: .midnight,
            status: status,
            version: 1,
            createdAt: .blank,
            updatedAt: .blank
        )
    }

    @Test("a visit goes from booked over arrived to completed")
    func goodDay() throws {
        #expect(try appointment(.booked).status(after: .checkIn) == .arrived)
        #expect(try appointment(.arrived).status(after: .complete) == .completed)
    }

    @Test("every status on the way of a visit is reached, and none is left out of order")
    func wholeWay() throws {
        var status = Appointment.Status.booked
        for (step, next) in [
            (Appointment.Step.confirm, Appointment.Status.confirmed), (.checkIn, .arrived), (.room, .roomed), (.begin, .inSession),
            (.checkOut, .checkingOut), (.complete, .completed),
        ] {
            status = try appointment(status).status(after: step)
            #expect(status == next)
        }
        #expect(throws: Problem.self) { try appointment(.booked).status(after: .room) }
        #expect(throws: Problem.self) { try appointment(.roomed).status(after: .confirm) }
    }

    @Test("a move changes no status")
    func moveKeepsStatus() throws {
        #expect(try appointment(.confirmed).status(after: .move) == .confirmed)
    }

    @Test(
        "nothing can be done with what is completed, cancelled or a no-show",
        arguments: [Appointment.Status.completed, .cancelled, .noShow]
    )
    func endsAreEnds(_ end: Appointment.Status) throws {
        let closed = try appointment(end)
        for step in Appointment.Step.allCases {
            let problem = #expect(throws: Problem.self) { try closed.status(after: step) }
            #expect(problem?.code == "wrong_status")
            #expect(problem?.extra["current_status"] == "\"\(end.rawValue)\"")
        }
    }

    @Test("every step is refused in every status it is not allowed in", arguments: Appointment.Step.allCases)
    func refusals(_ step: Appointment.Step) throws {
        for status in Appointment.Status.allCases {
            let appointment = try appointment(status)
            if step.allowed.contains(status) {
                #expect(try appointment.status(after: step) == step.result(from: status))
            } else {
                #expect(throws: Problem.self) { try appointment.status(after: step) }
            }
        }
    }

    @Test("nobody is completed who has not arrived")
    func completionNeedsArrival() throws {
        #expect(throws: Problem.self) { try appointment(.booked).status(after: .complete) }
        #expect(throws: Problem.self) { try appointment(.confirmed).status(after: .complete) }
    }
}
