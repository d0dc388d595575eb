import Access
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// Measures time, so deploy/test runs it when nothing else does.
@Suite("Racing for a slot", .serialized)
struct RaceTests {
    @Test("500 at once for one slot and three resources in any order: one has it, 499 hear so within 3 seconds", .shows("MC-1"))
    func race() async throws {
        let practice = try await Practice.shared.value
        let day = Practice.day(7)
        let resources = [practice.room, practice.device, practice.colleague]
        _ = try await practice.clinic.token("front_desk")
        let started = ContinuousClock.now
        let answers = try await withThrowingTaskGroup { group in
            for number in 0..<500 {
                let body = practice.body(
                    patient: number % 3,
                    day,
                    "10:00",
                    [("resource_ids", .array(resources.shuffled().map(JSON.string)))]
                )
                group.addTask {
                    let begun = ContinuousClock.now
                    let answer = try await practice.clinic.send("front_desk", "POST", practice.path, body: body)
                    return (answer, ContinuousClock.now - begun)
                }
            }
            return try await group.reduce(into: [(TestAnswer, Duration)]()) { $0.append($1) }
        }
        #expect(answers.count { $0.0.status == 201 } == 1)
        #expect(answers.count { $0.0.status == 409 && $0.0.code == "slot_taken" } == 499)
        let slowest = answers.map(\.1).max() ?? .zero
        #expect(slowest < .seconds(3), "the slowest of 500 took \(slowest), all \(ContinuousClock.now - started)")
    }
}
