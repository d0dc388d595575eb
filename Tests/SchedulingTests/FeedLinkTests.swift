import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Feeds that programs subscribe to")
struct FeedLinkTests {
    private func link(_ practice: Practice, _ body: JSON) async throws -> (id: String, path: String) {
        let answer = try await practice.make("calendar-feeds", body, by: "front_desk")
        return (answer.id, try #require(answer.json["path"]?.text))
    }

    /// As a calendar program does: nobody is signed in.
    private func fetch(_ practice: Practice, _ path: String, etag: String? = nil) async throws -> TestAnswer {
        try await practice.clinic.http.send("GET", path, headers: etag.map { ["If-None-Match": $0] } ?? [:])
    }

    private func reads(_ practice: Practice, of feed: String) async throws -> Int {
        let feed = try #require(CalendarFeedID(feed))
        return try await practice.clinic.services.tenancy.read(
            practice.clinic.north,
            "select count(*) from {location}.audit_entry where action = 'feed.read' and object_id = \(feed)"
        ).first?.value(0) ?? 0
    }

    @Test("a provider's link shows when and what, nobody's name, and is recorded; the same again is 304 and recorded nowhere")
    func provider() async throws {
        let practice = try await Ruled.shared.value
        let provider = try await practice.newProvider("Feed")
        let today = practice.clinic.north.rules.wallClock(at: practice.clinic.services.ambient.now()).day
        let booked = try await practice.booked(today.adding(days: 20), "10:00", [("provider_id", .string(provider))])
        let (id, path) = try await link(practice, ["provider_id": .string(provider)])
        let feed = try await fetch(practice, path)
        #expect(feed.status == 200 && feed.headers["content-type"]?.hasPrefix("text/calendar") == true, "\(feed.text)")
        #expect(feed.text.contains("UID:" + booked.id) && feed.text.contains("SUMMARY:Check-up\r\n"))
        #expect(!feed.text.contains("Park") && !feed.text.contains("Ada"))
        #expect(try await reads(practice, of: id) == 1)
        let known = try await fetch(practice, path, etag: feed.etag)
        #expect(known.status == 304 && known.text.isEmpty)
        #expect(try await reads(practice, of: id) == 1)
        _ = try await practice.step(booked.id, "confirmation")
        let changed = try await fetch(practice, path, etag: feed.etag)
        #expect(changed.status == 200 && changed.etag != feed.etag && changed.text.contains("SEQUENCE:1"))
    }

    @Test("a patient's link says where to be, not why; it ends at once when it is revoked, and a wrong one is not found")
    func patient() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let patient = try await practice.newPatient("Subscriber")
        let provider = try await practice.newProvider("Subscribed")
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        _ = try await practice.booked(
            today.adding(days: 21),
            "10:00",
            [("provider_id", .string(provider)), ("patient_id", .string(patient))]
        )
        let (id, path) = try await link(practice, ["patient_id": .string(patient)])
        let feed = try await fetch(practice, path)
        #expect(feed.text.contains("SUMMARY:Appointment") && !feed.text.contains("Check-up"))
        let list = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "calendar-feeds?limit=200"))
        let secret = String(path.split(separator: "/").last ?? "")
        #expect(list.json["items"]?.items.contains { $0["id"]?.text == id } == true && !list.text.contains(secret))
        let stored = try await clinic.services.tenancy.read(
            clinic.north,
            "select count(*) from {location}.calendar_feed where token_hash = \(Array(secret.utf8))"
        ).first?.value(0, as: Int.self)
        #expect(stored == 0)
        let wrong = String(secret.dropLast(2)) + (secret.hasSuffix("AA") ? "BA" : "AA")
        for other in ["nonsense", wrong, String(secret.dropLast())] {
            #expect(try await fetch(practice, "/v1/calendar-feeds/" + other).status == 404)
        }
        #expect(try await clinic.send("front_desk", "DELETE", clinic.path(clinic.north, "calendar-feeds/\(id)")).status == 204)
        #expect(try await fetch(practice, path).status == 404)
        #expect(try await fetch(practice, path, etag: feed.etag).status == 404)
        let both = try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "calendar-feeds"), body: [:])
        #expect(both.status == 422 && both.code == "one_owner", "\(both.text)")
    }

    @Test("nobody makes a link to what they may not see: appointments, and for a provider's, which may show names, patients")
    func rights() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let (provider, patient) = (JSON.string(practice.provider), JSON.string(practice.patients[0]))
        func make(_ key: String, _ body: JSON) async throws -> TestAnswer {
            try await clinic.http.send("POST", clinic.path(clinic.north, "calendar-feeds"), token: key, body: body)
        }
        let booking = try await clinic.key("appointments.book")
        for body: JSON in [["provider_id": provider], ["patient_id": patient]] {
            let refused = try await make(booking, body)
            #expect(refused.status == 403 && refused.code == "permission_denied", "\(refused.text)")
        }
        let seeing = try await clinic.key("appointments.book", "appointments.read")
        #expect(try await make(seeing, ["patient_id": patient]).status == 201)
        #expect(try await make(seeing, ["provider_id": provider]).status == 403)
        let knowing = try await clinic.key("appointments.book", "appointments.read", "patients.read")
        #expect(try await make(knowing, ["provider_id": provider]).status == 201)
    }

    @Test("names are in a provider's calendar where the location wants them and while it does; in no patient's, and in none elsewhere")
    func names() async throws {
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        _ = try await practice.booked(today.adding(days: 20), "10:00")
        let provider = try await link(practice, ["provider_id": .string(practice.provider)])
        let patient = try await link(practice, ["patient_id": .string(practice.patients[0])])
        func make(_ rest: String, _ body: JSON) async throws -> TestAnswer {
            let answer = try await clinic.send("owner", "POST", clinic.path(clinic.south, rest), body: body)
            try #require(answer.status == 201, "\(rest): \(answer.text)")
            return answer
        }
        let elsewhere = try await make("providers", ["given_name": "Hugo", "family_name": "Lind"]).id
        let person: JSON = ["given_name": "Ada", "family_name": "Park", "birth_date": "1990-04-01"]
        _ = try await make(
            "appointments",
            [
                "patient_id": .string(try await make("patients", ["person": person]).id),
                "type_id": .string(try await make("appointment-types", ["name": "Check-up", "minutes": 30]).id),
                "provider_id": .string(elsewhere), "day": .string(today.adding(days: 20).description), "time": "10:00",
            ]
        )
        let south = try #require(try await make("calendar-feeds", ["provider_id": .string(elsewhere)]).json["path"]?.text)
        let before = try await fetch(practice, provider.path)
        #expect(before.text.contains("SUMMARY:Check-up\r\n") && !before.text.contains("Ada"), "\(before.text)")

        let setting = clinic.path(clinic.north, "settings/scheduling.feed_names")
        func wants(_ value: Int, by name: String = "owner") async throws -> Int {
            try await clinic.send(name, "PUT", setting, body: ["value": .integer(value)]).status
        }
        #expect(try await wants(1, by: "front_desk") == 403)
        #expect(try await wants(1) == 200)
        // Settings are known everywhere after a second; who has the text of before gets the new one.
        try await eventually("names are shown") {
            let feed = try await fetch(practice, provider.path, etag: before.etag)
            return feed.status == 200 && feed.text.contains("SUMMARY:Check-up: Ada Park\r\n")
        }
        let theirs = try await fetch(practice, patient.path)
        #expect(theirs.status == 200 && theirs.text.contains("SUMMARY:Appointment"))
        #expect(!theirs.text.contains("Ada") && !theirs.text.contains("Check-up"))
        let other = try await fetch(practice, south)
        #expect(other.text.contains("SUMMARY:Check-up\r\n") && !other.text.contains("Ada"), "\(other.text)")
        // Who may not see patients makes no link that shows them.
        let blind = try await clinic.key("appointments.book", "appointments.read")
        let refused = try await clinic.http.send(
            "POST",
            clinic.path(clinic.north, "calendar-feeds"),
            token: blind,
            body: ["provider_id": .string(practice.provider)]
        )
        #expect(refused.status == 403 && refused.code == "permission_denied", "\(refused.text)")

        #expect(try await wants(0) == 200)
        try await eventually("names are gone") { try await !fetch(practice, provider.path).text.contains("Ada") }
        await clinic.close()
    }
}
