import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("What is read of what is taken, for openings")
struct LoadStoreTests {
    /// Of some calendars, each in one row, so many appointments.
    private func rows(_ practice: Practice, _ calendars: Int, _ each: Int) async throws -> Rows {
        try await practice.clinic.services.tenancy.read(
            practice.clinic.north,
            """
            select gen_random_uuid(), int4range(0, null), null::uuid, array_agg(start) as starts, array_agg(start + interval '1 minute') as ends, 1
            from generate_series(1, \(calendars)) calendar, lateral (
                select timestamptz '2030-01-01' + number * interval '1 minute' as start from generate_series(1, \(each)) number
            ) visit group by calendar limit 10
            """
        )
    }

    @Test("more appointments than are looked at together are refused, however few calendars they are of")
    func limit() async throws {
        let practice = try await Practice.shared.value
        let half = LoadStore.mostSpans / 2
        let load = try LoadStore.load([try await rows(practice, 2, half)])
        #expect(load.lanes(of: UUID(high: 0, low: 0)).isEmpty)
        let (people, equipment) = (try await rows(practice, 1, half), try await rows(practice, 1, half + 1))
        let refusal = #expect(throws: Problem.self) { try LoadStore.load([people, equipment]) }
        #expect(refusal?.code == "too_much_booked")
    }
}
