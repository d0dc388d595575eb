import Access
import Assembly
import Organizations
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Late cancellation")
struct LateCancellationTests {
    @Test("how many hours make a cancellation late is what the platform, the organization and the location set, the innermost counting")
    func window() async throws {
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let name = "scheduling.late_cancellation_hours"
        let soon = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day.adding(days: 3)
        /// Books three days from now and cancels at once.
        func isLate() async throws -> Bool {
            let booked = try await practice.booked(soon, "10:00")
            let cancelled = try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"])
            #expect(cancelled.status == 200, "\(cancelled.text)")
            return cancelled.json["cancelled_late"] == .bool(true)
        }
        #expect(try await !isLate())
        let platform = PlatformSettings(tenancy: clinic.services.tenancy, ambient: clinic.services.ambient)
        let platformOperator = Caller.commandLine(user: "operator", requestID: clinic.services.ambient.id(EventID.self).uuid)
        try await platform.set(name, to: .integer(168), by: platformOperator)
        #expect(try await platform.all().first { $0.name == name }?.value == .integer(168))
        try await eventually("the platform's value counts") { try await isLate() }
        try await set(1, "/v1/organizations/\(clinic.organization)/settings/\(name)", clinic)
        try await eventually("the organization's value counts") { try await !isLate() }
        try await set(120, clinic.path(clinic.north, "settings/\(name)"), clinic)
        try await eventually("the location's value counts") { try await isLate() }
        try await platform.unset(name)
        await #expect(throws: Problem.notFound) { try await platform.unset(name) }
        await clinic.close()
    }

    @Test("what is no setting of the platform, or no value of it, is refused")
    func refused() async throws {
        let clinic = try await Practice.shared.value.clinic
        let platform = PlatformSettings(tenancy: clinic.services.tenancy, ambient: clinic.services.ambient)
        let platformOperator = Caller.commandLine(user: "operator", requestID: clinic.services.ambient.id(EventID.self).uuid)
        for (name, value): (String, JSON) in [
            ("no.such", 1), ("patients.chart_number_prefix", "AB"), ("scheduling.late_cancellation_hours", 169),
        ] {
            await #expect(throws: Problem.self) { try await platform.set(name, to: value, by: platformOperator) }
        }
        #expect(try await platform.all().allSatisfy { !$0.isSet })
    }

    private func set(_ hours: Int, _ path: String, _ clinic: TestClinic) async throws {
        let answer = try await clinic.send("owner", "PUT", path, body: ["value": .integer(hours)])
        #expect(answer.status == 200, "\(answer.text)")
    }
}
