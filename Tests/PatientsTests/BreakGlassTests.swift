import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Breaking glass")
struct BreakGlassTests {
    @Test("one named patient's chart opens to be read, nothing else does, and every look has the reason", .shows("AZ-11"))
    func reading() async throws {
        let story = try await Emergency()
        let clinic = story.clinic
        for path in ["", "/relationships", "/coverages"] {
            #expect(try await story.send("GET", "patients/\(story.ada)\(path)").status == 404, "before")
        }
        let broken = try await story.breakGlass()
        #expect(broken.status == 201, "\(broken.text)")
        #expect(broken.json["review"]?.text == "open")
        let read = try await story.send("GET", "patients/\(story.ada)")
        #expect(read.status == 200 && read.json["person"]?["given_name"]?.text == "Ada")
        #expect(read.headers["break-glass-until"] == broken.json["expires_at"]?.text, "for the banner")
        for path in ["relationships", "coverages"] {
            #expect(try await story.send("GET", "patients/\(story.ada)/\(path)").status == 200)
        }
        let closed = ["patients", "patients/\(story.other)", "patients/\(story.ada)/ledger", "patients/\(story.ada)/balance", "providers"]
        for path in closed { #expect(try await story.send("GET", path).status == 404, "\(path)") }
        let changed = try await story.send("PATCH", "patients/\(story.ada)", ["note": "x"], headers: ["If-Match": "\"1\""])
        #expect(changed.status == 404)
        let added: JSON = ["person": ["given_name": "Bo", "family_name": "Park"], "kind": "guarantor"]
        #expect(try await story.send("POST", "patients/\(story.ada)/relationships", added).status == 404)
        #expect(try await story.send("POST", "patients/search", ["text": "park"]).status == 404)
        let entries = try await clinic.send("auditor", "GET", clinic.path(clinic.south, "audit-entries?patient_id=\(story.ada)"))
        let seen = entries.json["items"]?.items.filter { $0["actor_name"]?.text == "Dr. Reyes" } ?? []
        let actions = seen.compactMap { $0["action"]?.text }
        #expect(actions.contains("patient.read"))
        #expect(seen.last?["action"]?.text == "patient.glass_broken")
        for entry in seen.dropLast() {
            #expect(entry["reason_code"]?.text == "break_glass_emergency")
            #expect(entry["reason_text"]?.text == "Unconscious after a fall.")
        }
        await clinic.close()
    }

    @Test("without a reason it does not open, nor for who may not, a patient who is not here, or somebody who needs none", .shows("AZ-11"))
    func refused() async throws {
        let story = try await Emergency()
        let clinic = story.clinic
        let bare = try await story.send("POST", "break-glass", ["patient_id": .string(story.ada)])
        #expect(bare.status == 422)
        #expect(Set(bare.json["errors"]?.items.compactMap { $0["pointer"]?.text } ?? []) == ["/reason_code", "/reason_text"])
        let short: JSON = ["patient_id": .string(story.ada), "reason_code": "emergency", "reason_text": "x"]
        #expect(try await story.send("POST", "break-glass", short).status == 422)
        #expect(try await story.breakGlass("01900000-0000-7000-8000-000000000000").status == 404)
        let full: JSON = ["patient_id": .string(story.ada), "reason_code": "emergency", "reason_text": "Unconscious."]
        let path = clinic.path(clinic.south, "break-glass")
        #expect(try await clinic.send("north_desk", "POST", path, body: full).status == 404)
        #expect(try await clinic.send("front_desk", "POST", path, body: full).code == "permission_denied")
        #expect(try await clinic.send("rival", "POST", path, body: full).status == 404)
        #expect(try await clinic.send("owner", "POST", path, body: full).code == "glass_not_needed")
        #expect(try await story.reviews().isEmpty)
        #expect(try await !story.seesAda())
        await clinic.close()
    }

    @Test("it ends by itself, at once; an hour is the most, and the installation's setting", .shows("AZ-11"))
    func expiry() async throws {
        var story = try await Emergency()
        #expect(try await story.breakGlass(minutes: 14).status == 201)
        story.clock.advance(seconds: 13 * 60 + 30)
        #expect(try await story.seesAda())
        story.clock.advance(seconds: 30)
        #expect(try await !story.seesAda())
        try await story.signInAgain()
        #expect(try story.length(try await story.breakGlass()) == 3600)
        #expect(try await story.breakGlass(minutes: 61).status == 422)
        await story.clinic.close()
        let strict = try await Emergency { $0.security.breakGlassMinutes = 5 }
        #expect(try strict.length(try await strict.breakGlass(minutes: 60)) == 300)
        await strict.clinic.close()
    }

    @Test("who broke it ends it at once; somebody else's cannot be ended; five open ones are the most")
    func ended() async throws {
        let story = try await Emergency()
        let id = try await story.breakGlass().id
        let path = story.clinic.path(story.clinic.south, "break-glass/\(id)")
        #expect(try await story.clinic.send("provider", "DELETE", path).status == 404)
        #expect(try await story.seesAda())
        #expect(try await story.send("DELETE", "break-glass/\(id)").status == 204)
        #expect(try await !story.seesAda())
        #expect(try await story.send("DELETE", "break-glass/\(id)").status == 404)
        for _ in 0..<5 { #expect(try await story.breakGlass().status == 201) }
        #expect(try await story.breakGlass().code == "too_many_open")
        await story.clinic.close()
    }

    @Test("the privacy officer is told, and somebody else closes the review with a note, once", .shows("AZ-11"))
    func review() async throws {
        let story = try await Emergency()
        let clinic = story.clinic
        let id = try await story.breakGlass().id
        let events = try await clinic.services.tenancy.queueRead(
            nil,
            "select members::text from queue.event where name = 'chart.glass_broken'"
        ).decode((String).self)
        #expect(events.count == 1 && events[0].contains(id) && !events[0].contains("fall"), "ids only")
        let open = try await story.reviews("?review=open")
        #expect(open.compactMap { $0["id"]?.text } == [id])
        #expect(open.first?["staff_name"]?.text == "Dr. Reyes")
        let path = story.ours("break-glass/\(id)/review")
        let note: JSON = ["note": "Spoke with Dr. Reyes; the reason holds."]
        #expect(try await clinic.http.send("POST", path, token: story.token, body: note).code == "permission_denied")
        #expect(try await clinic.send("auditor", "POST", path, body: [:]).status == 422)
        #expect(try await clinic.send("rival", "POST", path, body: note).status == 404)
        try await story.grant(["permission": "break_glass.review"])
        try await eventually("nobody reviews their own") {
            try await clinic.http.send("POST", path, token: story.token, body: note).code == "own_review"
        }
        let closed = try await clinic.send("auditor", "POST", path, body: note)
        #expect(closed.status == 200 && closed.json["review"]?.text == "closed", "\(closed.text)")
        #expect(try await clinic.send("owner", "POST", path, body: note).code == "already_reviewed")
        #expect(try await story.reviews("?review=open").isEmpty)
        let trail = try await clinic.send("auditor", "GET", story.ours("audit-entries?patient_id=\(story.ada)"))
        let actions = trail.json["items"]?.items.compactMap { $0["action"]?.text } ?? []
        #expect(Set(actions).isSuperset(of: ["break_glass.opened", "break_glass.reviewed", "break_glass.list"]))
        await clinic.close()
    }

    @Test("a right denied at the location stays denied in an emergency")
    func denied() async throws {
        let story = try await Emergency()
        let south: JSON = .string(story.clinic.south.id.description)
        #expect(try await story.breakGlass().status == 201)
        try await story.grant(["permission": "patients.break_glass", "location_id": south, "effect": "deny"])
        // What was open ends with the deny; the gateway learns of the deny itself within its second, and until then may open one more.
        try await eventually("nothing new opens") { try await story.breakGlass().status == 404 }
        #expect(try await !story.seesAda())
        await story.clinic.close()
    }
}
