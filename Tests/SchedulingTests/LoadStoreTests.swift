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

    /// Time that is taken of a calendar of nobody's, in minutes from the beginning of the window, which is two days long.
    private func take(_ practice: Practice, _ calendar: PatientID, _ spans: [(from: Int, until: Int, lanes: String, expires: Int?)])
        async throws
    {
        try await practice.clinic.services.tenancy.transaction(practice.clinic.north) { tx in
            for span in spans {
                try await tx.query(
                    """
                    insert into {location}.occupancy (appointment_id, resource, lanes, span, expires_at)
                    values (gen_random_uuid(), \(calendar), \(span.lanes)::text::int4range, tstzrange(\(start.adding(minutes: span.from)),
                        \(start.adding(minutes: span.until))), now() + \(span.expires) * interval '1 minute')
                    """
                )
            }
        }
    }

    private var start: Instant { Instant(seconds: 1_900_000_800) }

    private var window: InstantRange {
        get throws { try #require(InstantRange(start, start.adding(minutes: 2880))) }
    }

    private func words(_ span: InstantRange, _ lanes: Int4Range) -> String {
        let minutes = [span.start, span.end].map { $0.seconds(since: start) / 60 }
        return "\(minutes[0])-\(minutes[1]) \(lanes.lower)-\(lanes.upper.map(String.init) ?? "")"
    }

    /// The same for bookings.
    private func taken(_ practice: Practice, _ calendars: [PatientID]) async throws -> [String] {
        let rows = try await practice.clinic.services.tenancy.read(
            practice.clinic.north,
            OccupancyStore.taken(calendars.map(\.uuid), in: try window, at: practice.clinic.services.ambient.now())
        )
        return try OccupancyStore.all(rows).map { words($0.span, $0.lanes) }.sorted()
    }

    private func found(_ practice: Practice, _ calendar: PatientID) async throws -> [String] {
        let window = try window
        let rows = try await practice.clinic.services.tenancy.read(
            practice.clinic.north,
            LoadStore.ofPeople(calendar, in: window, at: practice.clinic.services.ambient.now())
        )
        return try LoadStore.load([rows]).lanes(of: calendar.uuid).flatMap { lane in
            lane.spans.map { words($0, lane.lanes) }
        }.sorted()
    }

    @Test("whatever reaches into the window is found, whole or in part, booked or held, however long before it began; nothing else is")
    func edges() async throws {
        let practice = try await Practice.shared.value
        let (whole, shared) = (calendar(practice), calendar(practice))
        let spans = [
            (1 - Occupancy.longest, 1, "[0,)", nil), (100, 115, "[0,)", nil), (115, 130, "[0,)", nil), (300, 315, "[0,)", 5),
            (400, 415, "[0,)", -5),
            (2879, 2900, "[0,)", nil),
        ]
        try await take(practice, whole, spans)
        let parts = [
            (1 - Occupancy.longest, 1, "[0,1)", nil), (-Occupancy.longest, 0, "[1,2)", nil), (200, 260, "[0,1)", nil),
            (200, 260, "[1,2)", nil),
            (230, 290, "[2,3)", 5), (2880, 2900, "[0,1)", nil),
        ]
        try await take(practice, shared, parts)
        let first = "\(1 - Occupancy.longest)-1"
        let (alone, beside) = (
            [first + " 0-", "100-115 0-", "115-130 0-", "2879-2900 0-", "300-315 0-"],
            [first + " 0-1", "200-260 0-1", "200-260 1-2", "230-290 2-3"]
        )
        #expect(try await found(practice, whole) == alone)
        #expect(try await found(practice, shared) == beside)
        #expect(try await taken(practice, [whole, shared]) == (alone + beside).sorted())
    }

    private func calendar(_ practice: Practice) -> PatientID { practice.clinic.services.ambient.id(PatientID.self) }

    @Test("no time is taken that is longer than what is looked at before a window")
    func longest() async throws {
        let practice = try await Practice.shared.value
        let calendar = calendar(practice)
        try await take(practice, calendar, [(0, Occupancy.longest, "[0,)", nil)])
        let refusal = await #expect(throws: PostgresError.self) {
            try await take(practice, calendar, [(5000, 5001 + Occupancy.longest, "[0,)", nil)])
        }
        #expect(refusal?.sqlState == .checkViolation)
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
