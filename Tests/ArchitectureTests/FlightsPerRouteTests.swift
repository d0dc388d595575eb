import Assembly
import TestSupport
import Testing
import Values

@testable import Web

@Suite("Flights per route", .serialized)
struct FlightsPerRouteTests {
    static func name(_ route: Route) -> String { "\(route.method.rawValue) \(route.path)" }

    /// Waits for a database that a route may cost, by what it is. What it costs to know the caller is apart: fresh in memory, nothing.
    static func ceiling(_ route: Route) -> Int {
        switch route.form.act {
        case .get, .list, .search, .file: 1
        // The lock of the key and the first look; what is decided on it; the commit, with everything whose answer nobody reads.
        case .create, .change, .remove, .upload: 3
        case .act: 2
        }
    }

    /// Why a route may cost more.
    static let exceptions: [String: (flights: Int, why: String)] = [:]

    @Test("each route is as few waits for a database as its kind allows, and none is left out")
    func counted() async throws {
        let walked = try await Walked.shared.value
        let clinic = walked.clinic
        let lines = try await clinic.requests.of(walked.visits.values.map(\.request))
        var left: [String] = []
        var over: [String] = []
        for route in clinic.gateway.server.routes {
            let name = Self.name(route)
            guard let visit = walked.visits[name], let line = lines[visit.request] else {
                left.append(name)
                continue
            }
            let flights = line["flights"]?.integer ?? .max
            let ceiling = Self.exceptions[name]?.flights ?? Self.ceiling(route)
            if flights > ceiling { over.append("\(name) took \(flights) flights, \(ceiling) are enough") }
            #expect((line["admission_flights"]?.integer ?? .max) <= 3, "\(name)")
        }
        #expect(over.isEmpty, "\(over.joined(separator: "\n"))")
        #expect(left.isEmpty, "never asked: \(left)")
        let known = Set(clinic.gateway.server.routes.map(Self.name))
        for name in Self.exceptions.keys { #expect(known.contains(name), "\(name) is no route any more") }
    }
}
