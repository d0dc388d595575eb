import Access
import Assembly
import Jobs
import Postgres
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Flights")
struct FlightTests {
    @Test("a booking takes three flights, one that comes too late two, a step two")
    func counted() async throws {
        let practice = try await Practice.shared.value
        let tenancy = practice.clinic.services.tenancy
        var body = BookAppointmentBody()
        body.patient = try #require(PatientID(practice.patients[0]))
        body.type = try #require(AppointmentTypeID(practice.visit))
        body.provider = try #require(ProviderID(practice.provider))
        body.resources = [try #require(ResourceID(practice.room))]
        body.start = StartTime(day: Practice.day(41), time: TimeOfDay("09:00"))
        let booking = BookAppointment(body: body, tenancy: tenancy)
        let booked = try await flights(3, practice) { try await booking.run($0) }
        // Look, and end.
        _ = try await flights(2, practice) { work in await #expect(throws: Problem.self) { try await booking.run(work) } }
        try await practice.comes(booked.id.description)
        _ = try await flights(2, practice) {
            try await StepAppointment(id: booked.id, step: .checkIn, event: "appointment.arrived").run($0)
        }
        _ = try await flights(2, practice) { try await CompleteAppointment(id: booked.id, body: CompleteAppointmentBody()).run($0) }
    }

    private func flights<Value: Sendable>(_ count: Int, _ practice: Practice, _ body: (Work) async throws -> Value) async throws -> Value {
        let clinic = practice.clinic
        let counter = FlightCounter()
        let caller = Caller.system("tests", requestID: clinic.services.ambient.id(EventID.self).uuid)
        let value = try await FlightCounter.$current.withValue(counter) {
            try await clinic.services.tenancy.work(clinic.north, by: caller, ambient: clinic.services.ambient, wake: nil, body)
        }
        #expect(counter.count == count)
        return value
    }
}
