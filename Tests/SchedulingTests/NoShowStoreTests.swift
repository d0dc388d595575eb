import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("What is read of past appointments, for rates")
struct NoShowStoreTests {
    private struct Visit {
        let id: AppointmentID
        let patient: PatientID
        let start: Instant
        let status: String
    }

    @Test("what was known of each appointment of a year is what its patient's whole history says, however far back")
    func histories() async throws {
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let patients = practice.patients.compactMap { PatientID($0) }
        // Two years before the year, and one after it.
        let first = Instant(seconds: 978_307_200)
        let (from, until) = (first.adding(seconds: 2 * 365 * 86_400), first.adding(seconds: 3 * 365 * 86_400))
        var random = Seeded(12)
        // The last patient never came, often enough; the others seldom did not.
        let visits = (0..<1500).map { number in
            let (patient, chance) = (number % patients.count, Int.random(in: 0..<200, using: &random))
            let isLast = patient == patients.count - 1
            return Visit(
                id: clinic.services.ambient.id(),
                patient: patients[patient],
                start: first.adding(minutes: Int.random(in: 0..<(4 * 365 * 1440), using: &random)),
                status: chance < (isLast ? 6 : 1) ? "no_show" : chance < 60 && !isLast ? "completed" : "cancelled"
            )
        }
        let read: @Sendable (Transaction) async throws -> ([NoShowCell], [PastVisit]) = { tx in
            tx.enqueue(
                """
                insert into {location}.appointment (id, patient_id, type_id, provider_id, starts_at, ends_at, time_zone, wall_day, wall_time, status,
                    created_at, created_by, updated_at, updated_by)
                select visit.id, visit.patient, \(AppointmentTypeID(practice.visit)), \(ProviderID(practice.provider)), visit.start,
                    visit.start + interval '30 minutes', 'UTC', (visit.start at time zone 'UTC')::date, (visit.start at time zone 'UTC')::time,
                    visit.status, visit.start - interval '3 days', visit.id, visit.start, visit.id
                from unnest(\(visits.map(\.id)), \(visits.map(\.patient)), \(visits.map(\.start)), \(visits.map(\.status)))
                    as visit (id, patient, start, status)
                """
            )
            let answers = try await tx.query([NoShowStore.cells(from: from, until: until), NoShowStore.visits(from: from, until: until)])
            return (try NoShowStore.cells(answers[0]), try answers[1].map(NoShowStore.visit))
        }
        let (cells, found) = try await clinic.services.tenancy.transaction(clinic.north, read)

        var expected: [NoShowTraits: [Bool]] = [:]
        for visit in visits where visit.status != "cancelled" && visit.start >= from && visit.start < until {
            let before = visits.filter {
                $0.patient == visit.patient && ($0.start, $0.id) < (visit.start, visit.id)
            }
            let traits = NoShowTraits(
                weekday: TimeZoneRules(.utc).wallClock(at: visit.start).day.weekday,
                leadDays: 3,
                earlierNoShows: min(before.count { $0.status == "no_show" }, NoShowTraits.mostEarlier),
                isNew: !before.contains { $0.status == "completed" },
                type: try #require(AppointmentTypeID(practice.visit))
            )
            expected[traits, default: []].append(visit.status == "no_show")
        }
        #expect(
            Dictionary(grouping: found, by: \.traits).mapValues { $0.map(\.wasMissed).count { $0 } }
                == expected.mapValues { $0.count { $0 } }
        )
        #expect(Dictionary(grouping: found, by: \.traits).mapValues(\.count) == expected.mapValues(\.count))
        #expect(cells.count == expected.count && cells.reduce(0) { $0 + $1.count } == found.count && found.count > 40)
        for cell in cells {
            // A cell names the least lead time of its group, which three days are.
            #expect(expected[cell.traits]?.count == cell.count && expected[cell.traits]?.count { $0 } == cell.missed)
        }
        #expect(Set(expected.keys.map(\.earlierNoShows)).count > 2 && Set(expected.keys.map(\.isNew)).count == 2)
        await clinic.close()
    }
}
