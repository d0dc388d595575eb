import Access
import Postgres
import Tenancy
import Values
import Web

/// Finds openings at every location where the caller may see the schedule: each is read through its own door and writes its own trail. Of others
/// nothing is told, not even that they are there.
struct FindOpeningsAnywhere {
    let body: OpeningsAnywhereBody
    let call: Call

    /// What is asked of one location: the type by its id where the body names it, else by the body's name.
    private struct Question: Sendable {
        let location: Location
        var type: AppointmentTypeID?
    }

    func run() async throws -> OpeningsAnywhere {
        _ = try body.days()
        let questions = try await questions()
        guard questions.count <= OpeningsAnywhereBody.mostLocations else { throw OpeningsAnywhereBody.tooMany }
        let asked = try await LocationAnswer.all(questions) { try await answer($0) }
        let answers = asked.compactMap(\.answer).compactMap(\.self)
        if answers.isEmpty, let failure = asked.lazy.compactMap(\.failure).first { throw failure }
        guard body.typeName == nil || !answers.isEmpty else { throw OpeningsAnywhereBody.unknownName }
        let openings = answers.flatMap { answer in
            answer.found.items.map { LocatedOpening(location: answer.location, type: answer.type, opening: $0) }
        }
        let best = openings.sorted { left, right in
            if body.order.comes(left.opening, before: right.opening) { return true }
            if body.order.comes(right.opening, before: left.opening) { return false }
            return (left.location.name, left.location.id) < (right.location.name, right.location.id)
        }
        let unavailable = Set(zip(questions, asked).filter { $0.1.failure != nil }.map(\.0.location))
        return OpeningsAnywhere(
            items: Array(best.prefix(body.limit)),
            total: answers.map(\.found.total).reduce(0, +),
            unavailable: unavailable.sorted { ($0.name, $0.id) < ($1.name, $1.id) }.map(UnavailableLocation.init)
        )
    }

    /// Errors: `unknown_reference` for a location that is not there or not the caller's to see, the same for both.
    private func questions() async throws -> [Question] {
        guard (body.typeName == nil) != body.types.isEmpty else { throw OpeningsAnywhereBody.oneForm }
        let seen = try await call.tenancy.locations(of: call.organization).filter {
            [.active, .moving].contains($0.state) && call.caller.may(.scheduleRead, at: $0)
        }
        let table = Dictionary(seen.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let named = body.types.map(\.location) + body.locations
        let pointers = body.types.indices.map { "/types/\($0)/location_id" } + body.locations.indices.map { "/location_ids/\($0)" }
        let errors = zip(pointers, named).filter { table[$0.1] == nil }.map {
            Problem.Member($0.0, "unknown_reference", "There is no such location here.")
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        guard body.types.isEmpty else {
            return body.types.compactMap { part in table[part.location].map { Question(location: $0, type: part.type) } }
        }
        return seen.filter { body.locations.isEmpty || body.locations.contains($0.id) }.map { Question(location: $0) }
    }

    private struct Answer: Sendable {
        let location: Location
        let type: AppointmentTypeID
        let found: Openings
    }

    /// nil where no such type is in use. Where nobody may perform it, or patients do not book it, there are no openings.
    private func answer(_ question: Question) async throws -> Answer? {
        var type = question.type
        if let name = body.typeName {
            let rows = try await call.tenancy.read(question.location, AppointmentTypeStore.named(name))
            type = try rows.first?.value(0, as: AppointmentTypeID.self)
        }
        guard let type else { return nil }
        do {
            let found = try await FindOpenings(body: body.at(type), location: question.location, call: call).run()
            return Answer(location: question.location, type: type, found: found)
        } catch let problem as Problem where problem.code == OpeningsBody.noPerformer.code || problem.code == NotBookable.problem.code {
            return Answer(location: question.location, type: type, found: Openings(items: [], total: 0, timeZone: ""))
        } catch let problem as Problem where problem.errors.contains(where: { $0.pointer == "/type_id" }) {
            let index = body.types.firstIndex { $0.location == question.location.id && $0.type == type } ?? 0
            throw Problem.invalid("/types/\(index)/type_id", "unknown_reference", "There is no such appointment type at this location.")
        }
    }
}
