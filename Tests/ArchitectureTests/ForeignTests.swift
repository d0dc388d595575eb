import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Web

@Suite("Foreign ids", .serialized)
struct ForeignTests {
    /// Its own, because it counts what changed.
    private static let shared = Task { try await TestClinic.open() }

    /// A path of the route: `{location}` and `{organization}` are the clinic's, other names are filled by `id`, else by a fresh id.
    static func path(_ route: Route, _ clinic: TestClinic, location: Location, _ id: (String) -> String?) -> String {
        var path = route.path.description
        for name in route.path.names {
            let value: String
            switch name {
            case "organization": value = id(name) ?? clinic.organization.description
            case "location": value = id(name) ?? location.id.description
            case "day": value = "2026-03-02"
            case "setting": value = "scheduling.late_cancellation_hours"
            default: value = id(name) ?? clinic.services.ambient.id(EventID.self).description
            }
            path = path.replacing("{\(name)}", with: value)
        }
        return path
    }

    @Test(
        "the owner of another organization learns nothing: each route of a location or organization answers as for one that never was",
        .shows("TI-1", "TI-2")
    )
    func otherOrganization() async throws {
        let clinic = try await Self.shared.value
        let before = try await fingerprint(clinic)
        for route in clinic.gateway.server.routes where route.scope != .account {
            let never = clinic.services.ambient.id(EventID.self).description
            let body = Bodies.of(route)
            let foreign = try await clinic.send(
                "rival",
                route.method.rawValue,
                Self.path(route, clinic, location: clinic.north) { _ in nil },
                body: body
            )
            let absent = try await clinic.send(
                "rival",
                route.method.rawValue,
                Self.path(route, clinic, location: clinic.north) { $0 == "location" || $0 == "organization" ? never : nil },
                body: body
            )
            #expect(
                foreign.status == 404 && foreign.code == "not_found",
                "\(route.method.rawValue) \(route.path) answered \(foreign.status) \(foreign.code ?? "")"
            )
            #expect(Self.withoutRequest(foreign) == Self.withoutRequest(absent), "\(route.method.rawValue) \(route.path)")
        }
        #expect(try await fingerprint(clinic) == before)
    }

    @Test("somebody who works at one location gets 404 at the other one of the same organization", .shows("TI-11"))
    func otherLocation() async throws {
        let clinic = try await Self.shared.value
        for route in clinic.gateway.server.routes where route.scope == .location && !route.path.names.contains("organization") {
            let answer = try await clinic.send(
                "north_desk",
                route.method.rawValue,
                Self.path(route, clinic, location: clinic.south) { _ in nil },
                body: Bodies.of(route)
            )
            #expect(
                answer.status == 404 && answer.code == "not_found",
                "\(route.method.rawValue) \(route.path) answered \(answer.status) \(answer.code ?? "")"
            )
        }
    }

    @Test(
        "what exists at the other location is not found at this one, like what never existed, and nothing changes",
        .shows("TI-2", "TI-3")
    )
    func otherThings() async throws {
        let clinic = try await Self.shared.value
        let things = try await Things.make(clinic, at: clinic.south)
        let before = try await fingerprint(clinic)
        var tried = 0
        var missing: Set<String> = []
        for route in clinic.gateway.server.routes where route.path.description.hasPrefix("/v1/locations/{location}/") {
            guard let name = route.path.names.first(where: { $0 != "location" && $0 != "day" && $0 != "setting" }) else { continue }
            guard let id = things[name] else {
                missing.insert(name)
                continue
            }
            tried += 1
            let file = route.form.act == .upload ? route.form.bodyMedia.first : nil
            let foreign = try await clinic.http.send(
                route.method.rawValue,
                Self.path(route, clinic, location: clinic.north) { $0 == name ? id : nil },
                token: try await clinic.token("owner"),
                bytes: file == nil ? Bodies.of(route)?.bytes : Array("x".utf8),
                headers: ["If-Match": "\"1\"", "Content-Type": file ?? "application/json"]
            )
            let absent = try await clinic.http.send(
                route.method.rawValue,
                Self.path(route, clinic, location: clinic.north) { _ in nil },
                token: try await clinic.token("owner"),
                bytes: file == nil ? Bodies.of(route)?.bytes : Array("x".utf8),
                headers: ["If-Match": "\"1\"", "Content-Type": file ?? "application/json"]
            )
            if route.method == .get, foreign.status == 200 {
                #expect(foreign.json["data"]?.items.isEmpty == true, "\(route.path) shows something")
                continue
            }
            #expect(foreign.status == 404, "\(route.method.rawValue) \(route.path) answered \(foreign.status) \(foreign.text)")
            #expect(Self.withoutRequest(foreign) == Self.withoutRequest(absent), "\(route.method.rawValue) \(route.path)")
        }
        #expect(tried >= 50)
        // An emergency is told apart by its patient, who is asked for.
        #expect(missing == ["break_glass"], "\(missing.sorted()) are not asked for")
        #expect(try await fingerprint(clinic) == before)
    }

    static func withoutRequest(_ answer: TestAnswer) -> String {
        guard case .object(let members) = answer.json else { return answer.text }
        return "\(answer.status)" + String(decoding: JSON.object(members.filter { $0.key != "request_id" }).bytes, as: UTF8.self)
    }

    /// The rows of every table of the clinic's locations but the trail's, as one hash each.
    private func fingerprint(_ clinic: TestClinic) async throws -> [String] {
        var prints: [String] = []
        for location in [clinic.north, clinic.south] {
            prints += try await clinic.services.tenancy.read(
                location,
                """
                select 'patient ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.patient t
                union all select 'appointment ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.appointment t
                union all select 'occupancy ' || count(*)::text from {location}.occupancy
                union all select 'ledger ' || count(*)::text from {location}.ledger_entry
                union all select 'coverage ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.coverage t
                union all select 'resource ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.resource t
                union all select 'payer ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.payer t
                union all select 'series ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.series t
                union all select 'hold ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.hold t
                union all select 'feed ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.calendar_feed t
                union all select 'question ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.repair_question t
                union all select 'offer ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.waitlist_offer t
                union all select 'encounter ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.encounter t
                union all select 'claim ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.claim t
                union all select 'invoice ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t.id)), '') from {location}.invoice t
                union all select 'run ' || count(*)::text from {location}.billing_run
                union all select 'setting ' || count(*)::text from {location}.setting
                """
            ).decode((String).self)
        }
        return prints
    }
}
