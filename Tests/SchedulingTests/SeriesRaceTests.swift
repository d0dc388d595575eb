import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Series that race")
struct SeriesRaceTests {
    @Test(
        "of series that want the same slots, with resources in any order, one has them all: nothing is booked twice, nobody waits in a circle",
        .shows("MC-1")
    )
    func race() async throws {
        let practice = try await Serial.shared.value
        let provider = try await practice.newProvider("Raced")
        let colleague = try await practice.newProvider("Helper")
        let day = Practice.day(100)
        let answers = try await withThrowingTaskGroup { group in
            for number in 0..<12 {
                let own = number.isMultiple(of: 2)
                let body = practice.seriesBody(
                    practice.patients[number % 3],
                    own ? provider : colleague,
                    "FREQ=DAILY;COUNT=30",
                    day,
                    number.isMultiple(of: 3) ? "10:00" : "10:15",
                    [
                        (
                            "resource_ids",
                            .array([.string(own ? colleague : provider), .string(practice.room), .string(practice.device)].shuffled())
                        )
                    ]
                )
                group.addTask { try await practice.bookSeries(body) }
            }
            return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
        }
        #expect(answers.count { $0.status == 201 } == 1, "\(answers.map(\.status))")
        #expect(answers.count { $0.status == 409 && $0.code == "series_not_bookable" } == 11, "\(answers.compactMap(\.code))")
    }

    @Test("series that skip, single bookings and moves race for the same days: every slot has one owner", .shows("MC-1"))
    func mixed() async throws {
        let practice = try await Serial.shared.value
        let provider = try await practice.newProvider("Mixed")
        let patients = try await withThrowingTaskGroup { group in
            for number in 0..<6 { group.addTask { try await practice.newPatient("Mixed\(number)") } }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        let day = Practice.day(150)
        let answers = try await withThrowingTaskGroup { group in
            for (number, patient) in patients.enumerated() {
                let body = practice.seriesBody(
                    patient,
                    provider,
                    "FREQ=DAILY;COUNT=20",
                    day,
                    "11:00",
                    [("on_conflict", number < 3 ? "skip" : "shift")]
                )
                group.addTask { try await practice.bookSeries(body) }
                group.addTask {
                    try await practice.book(patient: number % 3, day.adding(days: number), "11:10", [("provider_id", .string(provider))])
                }
            }
            return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
        }
        #expect(answers.allSatisfy { [201, 409].contains($0.status) }, "\(answers.filter { ![201, 409].contains($0.status) }.map(\.text))")
        let overlaps = try await practice.clinic.services.tenancy.read(
            practice.clinic.north,
            """
            select count(*) from {location}.appointment first join {location}.appointment second on first.id < second.id
                and first.provider_id = second.provider_id and first.starts_at < second.ends_at and second.starts_at < first.ends_at
            where first.provider_id = \(try #require(ProviderID(provider))) and first.status = 'booked' and second.status = 'booked'
            """
        ).first?.value(0, as: Int.self)
        #expect(overlaps == 0)
    }
}
