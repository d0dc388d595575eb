import Postgres
import Tenancy
import Values
import Web

/// What one of many locations answers to what all are asked.
enum LocationAnswer<Answer: Sendable>: Sendable {
    case answered(Answer)
    /// Its database does not answer now: that takes no other location's answer with it.
    case unavailable(any Error)

    var answer: Answer? {
        if case .answered(let answer) = self { answer } else { nil }
    }

    var failure: (any Error)? {
        if case .unavailable(let error) = self { error } else { nil }
    }

    /// Locations that are asked at once.
    private static var atOnce: Int { 4 }

    /// In the order of the questions. Errors: what went wrong at any of them, but for a database that does not answer.
    static func all<Question: Sendable>(
        _ questions: [Question],
        _ ask: @escaping @Sendable (Question) async throws -> Answer
    ) async throws -> [LocationAnswer] {
        try await withThrowingTaskGroup(of: (Int, LocationAnswer).self) { group in
            var answers = [LocationAnswer?](repeating: nil, count: questions.count)
            for (index, question) in questions.enumerated() {
                if index >= atOnce, let (done, answer) = try await group.next() { answers[done] = answer }
                group.addTask { (index, try await one(question, ask)) }
            }
            for try await (done, answer) in group { answers[done] = answer }
            return answers.compactMap(\.self)
        }
    }

    private static func one<Question: Sendable>(
        _ question: Question,
        _ ask: @Sendable (Question) async throws -> Answer
    ) async throws -> LocationAnswer {
        do {
            return .answered(try await ask(question))
        } catch let error as PostgresError where error.isOutage {
            return .unavailable(error)
        } catch let problem as Problem where problem.kind == .unavailable {
            return .unavailable(problem)
        }
    }
}

/// A location that an answer about many has to do without.
struct UnavailableLocation: Sendable {
    let location: Location

    static let shape = Shape<UnavailableLocation>("UnavailableLocation") {
        Field("location_id", \.location.id, .id())
        Field("location_name", \.location.name, .text(1...100))
    }
}
