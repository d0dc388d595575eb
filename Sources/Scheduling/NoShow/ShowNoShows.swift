import Access
import Postgres
import Tenancy
import Values
import Web

/// The rates of the last year, the risk of one appointment, and what policies would have done.
struct ShowNoShows {
    let call: Call

    /// Rates rest on so many days.
    static let days = 365

    func rates(_ query: NoShowQuery) async throws -> NoShowRates {
        let location = try call.location
        let range = try query.range(location.rules, call.now)
        return try await call.tenancy.read(location, lazily: true) { tx in
            tx.audit(Act("no_show.rates"), by: call.caller, at: call.now, ambient: call.ambient)
            return try await ShowNoShows.rates(tx, range)
        }
    }

    func risk(of id: AppointmentID) async throws -> NoShowRisk {
        let location = try call.location
        let from = call.now.adding(seconds: -Int64(ShowNoShows.days) * 86_400)
        return try await call.tenancy.read(location, lazily: true) { tx in
            let answers = try await tx.query([NoShowStore.traits(id, at: call.now), NoShowStore.cells(from: from, until: call.now)])
            guard let (patient, traits) = try answers[0].first.map(NoShowStore.traits) else { throw Problem.notFound }
            tx.audit(
                Act("no_show.risk", "appointment", id, patients: [patient]),
                by: call.caller,
                at: call.now,
                ambient: call.ambient
            )
            return NoShowRisk(traits, NoShowRates(try NoShowStore.cells(answers[1])))
        }
    }

    /// Rates come from the year before the days that are simulated: nothing is predicted from itself.
    func simulate(_ body: SimulationBody) async throws -> Simulation {
        let location = try call.location
        let range = try body.range(location.rules, call.now)
        let earlier = range.start.adding(seconds: -Int64(ShowNoShows.days) * 86_400)
        return try await call.tenancy.read(location, lazily: true) { tx in
            tx.audit(Act("no_show.simulate"), by: call.caller, at: call.now, ambient: call.ambient)
            let answers = try await tx.query([
                NoShowStore.cells(from: earlier, until: range.start), NoShowStore.visits(from: range.start, until: range.end),
            ])
            guard answers[1].count < NoShowStore.mostVisits else { throw SimulationBody.tooMany }
            let rates = NoShowRates(try NoShowStore.cells(answers[0]))
            let visits = try answers[1].map(NoShowStore.visit)
            return Simulation(
                appointments: rates.count,
                base: rates.base,
                results: body.policies.map { DoubleBookingResult($0, visits, rates) }
            )
        }
    }

    private static func rates(_ tx: Transaction, _ range: InstantRange) async throws -> NoShowRates {
        NoShowRates(try NoShowStore.cells(try await tx.query(NoShowStore.cells(from: range.start, until: range.end))))
    }
}
