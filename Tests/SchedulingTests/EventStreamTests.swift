import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Streams of what changes")
struct EventStreamTests {
    private func path(_ clinic: TestClinic, _ location: Location? = nil) -> String { clinic.path(location ?? clinic.north, "events") }

    @Test("each change is told once, in order, without the patient; whoever comes again goes on where they were", .shows("TI-11"))
    func story() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let token = try await clinic.token("front_desk")
        let day = Practice.day(1)
        var first = ""
        let events = try await clinic.http.follow(path(clinic), token: token) { events in
            if events.count == 1, first.isEmpty { first = try await practice.booked(day, "09:00").id }
            return events.count >= 2
        }
        #expect(events.map(\.name) == ["ready", "appointment.booked"])
        let booked = try #require(events.last)
        #expect(booked.data["appointment"]?.text == first && booked.data["day"]?.text == day.description)
        #expect(booked.data["patient"] == nil && booked.data["at"]?.text.flatMap { Instant($0) } != nil)
        // While nobody listens.
        #expect(try await practice.step(first, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        let second = try await practice.booked(patient: 1, day, "10:00").id
        let all = try await clinic.http.follow(path(clinic), token: token, last: booked.id) { events in
            events.contains { $0.data["appointment"]?.text == second }
        }
        let rest = all.filter { !$0.name.hasPrefix("waitlist.") }
        #expect(rest.map(\.name) == ["ready", "appointment.cancelled", "appointment.booked"])
        #expect(rest.compactMap { $0.data["appointment"]?.text } == [first, second])
        let trail = try await clinic.services.tenancy.read(
            clinic.north,
            "select count(*) from {location}.audit_entry where action = 'events.followed'"
        ).first?.value(0, as: Int.self)
        #expect(trail == 2)
        await clinic.close()
    }

    @Test("whoever may not see appointments is told of hours, and of no appointment")
    func withoutAppointments() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let key = try await clinic.key("schedule.read")
        var acted = false
        let events = try await clinic.http.follow(path(clinic), token: key) { events in
            if !events.isEmpty, !acted {
                acted = true
                _ = try await practice.booked(Practice.day(2), "09:00")
                _ = try await practice.block(practice.provider, Practice.day(3), "09:00", "10:00")
            }
            return events.count >= 2
        }
        #expect(events.map(\.name) == ["ready", "schedule.changed"])
        await clinic.close()
    }

    @Test("where nothing was told yet, whoever comes again misses nothing of what came first")
    func first() async throws {
        let clinic = try await TestClinic.open(worker: true)
        let token = try await clinic.token("front_desk")
        let ready = try await clinic.http.follow(path(clinic), token: token) { !$0.isEmpty }
        let start = try #require(ready.first?.id)
        let practice = try await Practice(clinic)
        let booked = try await practice.booked(Practice.day(1), "09:00").id
        let rest = try await clinic.http.follow(path(clinic), token: token, last: start) { $0.count >= 2 }
        #expect(rest.map(\.name) == ["ready", "appointment.booked"] && rest.last?.data["appointment"]?.text == booked)
        await clinic.close()
    }

    @Test("what is freed, offered, claimed and not taken is told by ids and days, never whose", .shows("TI-11"))
    func waitlist() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let token = try await clinic.token("front_desk")
        let provider = try await practice.newProvider("Streamed")
        let entry = try await practice.waits(practice.patients[0], provider)
        let day = Practice.day(2)
        let freed = try await practice.booked(patient: 2, day, "10:00", [("provider_id", .string(provider))]).id
        var (cancelled, claimed) = (false, false)
        var taken = ""
        let all = try await clinic.http.follow(path(clinic), token: token) { events in
            if !events.isEmpty, !cancelled {
                cancelled = true
                #expect(try await practice.step(freed, "cancellation", ["reason_code": "patient_ill"]).status == 200)
            }
            if !claimed, let offer = events.first(where: { $0.name == "waitlist.offered" })?.data["offer"] {
                claimed = true
                let answer = try await practice.claim(try await practice.links([["id": offer]])[0])
                taken = answer.json["appointment"]?["id"]?.text ?? ""
                #expect(try await practice.step(taken, "cancellation", ["reason_code": "patient_ill"]).status == 200)
            }
            return events.contains { $0.name == "waitlist.lapsed" }
        }
        let told = all.filter { $0.name.hasPrefix("waitlist.") }
        #expect(told.map(\.name) == ["waitlist.freed", "waitlist.offered", "waitlist.claimed", "waitlist.freed", "waitlist.lapsed"])
        #expect(told.allSatisfy { $0.data["day"]?.text == day.description && $0.data["patient"] == nil })
        #expect(told.first?.data["appointment"]?.text == freed && told.first?.data["slot"] == told.dropFirst().first?.data["slot"])
        #expect(told.dropFirst().first?.data["entry"]?.text == entry)
        #expect(told.dropFirst(2).first?.data["appointment"]?.text == taken)
        await clinic.close()
    }

    @Test("a position that is none is refused; one of other numbers begins anew", .shows("WB-4"))
    func positions() async throws {
        let clinic = try await TestClinic.open()
        let answer = try await clinic.send("front_desk", "GET", path(clinic), headers: ["Last-Event-ID": "7"])
        #expect(answer.status == 400 && answer.code == "event_id_unknown")
        let foreign = "\(clinic.north.id).7"
        let token = try await clinic.token("front_desk")
        let events = try await clinic.http.follow(path(clinic), token: token, last: foreign) { $0.count >= 2 }
        #expect(events.map(\.name) == ["ready", "reset"])
        await clinic.close()
    }

    @Test("a stream ends within two seconds of the right to it: session over, grant gone, location closed", .shows("WB-4"))
    func rights() async throws {
        let clinic = try await TestClinic.open()
        let (desk, northDesk) = (try await clinic.token("front_desk"), try await clinic.token("north_desk"))
        func end(_ token: String, _ act: () async throws -> Void) async throws -> String? {
            var (acted, watch) = (false, ContinuousClock.now)
            let events = try await clinic.http.follow(path(clinic), token: token) { events in
                if !events.isEmpty, !acted {
                    acted = true
                    try await act()
                    watch = .now
                }
                return events.contains { $0.name == "end" }
            }
            #expect(ContinuousClock.now - watch < .seconds(4))
            return events.last?.data["code"]?.text
        }
        let leaving = try await end(desk) {
            let ended = try await clinic.http.send("DELETE", "/v1/sessions/current", token: desk)
            #expect(ended.status == 204)
        }
        #expect(leaving == "not_signed_in")
        let denied = try await end(northDesk) { try await takeRights(of: "north_desk", clinic) }
        #expect(denied == "not_found")
        #expect(try await clinic.send("rival", "GET", path(clinic)).status == 404)
        await clinic.close()
    }

    private func takeRights(of name: String, _ clinic: TestClinic) async throws {
        let staff = "/v1/organizations/\(clinic.organization)/staff"
        let members = try await clinic.send("owner", "GET", staff + "?limit=200").json["items"]?.items ?? []
        let member = try #require(members.first { $0["name"]?.text == name }?["id"]?.text)
        for grant in try await clinic.send("owner", "GET", "\(staff)/\(member)/grants").json["items"]?.items ?? [] {
            let path = "\(staff)/\(member)/grants/\(grant["id"]?.text ?? "")/revocation"
            let answer = try await clinic.send("owner", "POST", path, body: ["reason": ["code": "left", "text": "Left the practice."]])
            #expect(answer.status == 200)
        }
    }

    @Test("streams are bounded for each caller, and one that ends makes room", .shows("RS-4"))
    func bounded() async throws {
        let clinic = try await TestClinic.open()
        let token = try await clinic.token("front_desk")
        try await withThrowingTaskGroup { group in
            for _ in 0..<6 { group.addTask { _ = try await clinic.http.follow(path(clinic), token: token) { _ in false } } }
            try await eventually("the seventh is refused") {
                let answer = try await clinic.send("front_desk", "GET", path(clinic))
                return answer.status == 429 && answer.code == "too_many_streams"
            }
            group.cancelAll()
        }
        try await eventually("there is room again") { try await clinic.send("front_desk", "GET", path(clinic)).status == 200 }
        await clinic.close()
    }
}
