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
        // That it began is recorded, and where it begins is looked up; looking for news is not counted.
        case .stream: 4
        // The lock of the key and the first look; what is decided on it; the commit, with everything whose answer nobody reads.
        case .create, .change, .remove, .upload: 3
        case .act: 2
        }
    }

    /// Routes that cost more, and why.
    static let exceptions: [String: (flights: Int, why: String)] = {
        var table: [String: (flights: Int, why: String)] = [:]
        func may(_ flights: Int, _ routes: [String], _ why: String) {
            for route in routes {
                let words = route.split(separator: " ")
                table["\(words[0]) /v1/\(words[1])"] = (flights, why)
            }
        }
        let proof = "a guess is counted before it is looked at, and stays counted whatever follows; then the act has its own transaction"
        may(6, ["POST sessions"], proof)
        may(7, ["POST sessions/current/step-up"], proof)
        may(8, ["POST account/password"], proof)
        may(5, ["POST invitations/acceptance"], proof)
        may(
            3,
            ["DELETE sessions/current", "DELETE sessions/others", "DELETE sessions/{session}", "POST account/second-factor"],
            "what was ended is written to the trail of each organization the account belongs to, which is looked up"
        )
        let staff = "organizations/{organization}/staff"
        let one = staff + "/{staff}"
        let superiors = "who manages a member must hold what the member holds: both are read before anything is decided"
        may(4, ["POST " + staff, "PATCH " + one], superiors)
        may(
            5,
            ["GET " + one + "/sessions", "POST " + one + "/sessions/ending", "POST " + one + "/unlocking"],
            superiors + "; and sessions lie outside the organization's door"
        )
        may(
            6,
            ["POST " + one + "/grants", "POST " + one + "/grants/{grant}/revocation"],
            superiors + "; an owner must be left, and emergency access ends with the right to it"
        )
        may(
            11,
            ["POST " + one + "/suspension", "POST " + one + "/resumption"],
            superiors + "; an owner must be left, emergency access ends, and sessions end outside the organization's door"
        )
        let role = "organizations/{organization}/roles/{role}"
        may(
            4,
            ["PATCH " + role, "POST " + role + "/removal"],
            "who changes a role must hold what it gives, and removing it looks who has it"
        )
        may(3, ["GET locations/{location}/audit-entries"], "what reads recorded is brought into the trail from the intake first")
        may(2, ["GET locations/{location}/settings"], "the organization's values are in another database")
        may(
            4,
            [
                "POST locations/{location}/patients", "POST locations/{location}/appointments/{appointment}/cancellation",
            ],
            "a setting is looked up when it is not fresh in memory"
        )
        may(
            5,
            ["POST locations/{location}/holds"],
            "a booking, and a setting that is looked up in two databases when it is not fresh in memory"
        )
        may(
            3,
            ["POST locations/{location}/explanations", "GET locations/{location}/day-boards/{day}"],
            "several tables are read in one session; its end and the flush that makes its record safe are waits of their own"
        )
        may(5, ["POST locations/{location}/openings"], "the same; and half of what is taken is read by another connection meanwhile")
        may(
            6,
            ["GET organizations/{organization}/appointment-type-packs/{pack}/drift"],
            "the pack and where it was applied are in control; then each of two locations is looked up and read where it is"
        )
        may(
            6,
            ["POST organizations/{organization}/openings"],
            "each location is read in a session of its own, as for its openings; the list of locations when it is not fresh in memory"
        )
        may(3, ["POST locations/{location}/series-previews"], "several tables are read in one session, as for openings")
        may(
            5,
            [
                "POST locations/{location}/series", "PATCH locations/{location}/series/{series}",
                "POST locations/{location}/series/{series}/cancellation",
            ],
            "what is taken under the locks decides what is booked, so looking and taking are apart; a setting may be looked up"
        )
        let imports = ["appointment-imports", "appointment-import-previews"]
        may(
            7,
            imports.map { "POST locations/{location}/" + $0 } + imports.map { "POST locations/{location}/providers/{provider}/" + $0 },
            "a file's words are looked up, then its references under the locks, however many rows it has"
        )
        may(
            6,
            ["GET calendar-feeds/{token}"],
            "its location and settings are looked up when they are not fresh in memory; its tables are read in one session"
        )
        may(
            7,
            ["POST locations/{location}/repairs"],
            "everything that moves is locked before the first takes its new time; one more flight for each appointment that moves; a setting"
        )
        may(
            5,
            ["POST repair-answers"],
            "its location is looked up when it is not fresh in memory; the appointment is locked before the question, and given up after it"
        )
        may(
            6,
            ["POST locations/{location}/waitlist-claims"],
            "the offer and the appointment that is given up are locked first, then a booking follows, then what is given up is cancelled"
        )
        may(
            5,
            ["PATCH locations/{location}/waitlist-entries/{entry}"],
            "an appointment that is given up at another location is looked up there, and whether it is the same patient's"
        )
        may(
            3,
            [
                "POST locations/{location}/repair-proposals", "GET locations/{location}/no-show-rates",
                "GET locations/{location}/appointments/{appointment}/no-show-risk", "POST locations/{location}/double-booking-simulations",
            ],
            "several tables are read in one session, as for openings"
        )
        may(
            6,
            ["POST locations/{location}/break-glass"],
            "staff, rights and open emergencies are looked at, and its record is at the location"
        )
        return table
    }()

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
