import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// A practice with a worker: what a cancellation frees is offered.
enum Waiting {
    static let shared = Task { try await Practice(TestClinic.open(worker: true)) }
}

@Suite("The waitlist")
struct WaitlistTests {
    private func wait(
        _ practice: Practice,
        _ patient: Int,
        _ provider: String,
        type: String? = nil,
        _ more: [(key: String, value: JSON)] = []
    )
        async throws -> TestAnswer
    {
        try await practice.make(
            "waitlist-entries",
            .object(
                [
                    ("patient_id", .string(practice.patients[patient])), ("type_ids", [.string(type ?? practice.visit)]),
                    ("provider_ids", [.string(provider)]),
                ] + more
            ),
            by: "front_desk"
        )
    }

    /// Books at ten with a provider of the test's own, cancels, and waits until so many have been asked.
    private func freed(_ practice: Practice, _ provider: String, _ day: Day, offers: Int, patient: Int = 2) async throws -> [JSON] {
        let booked = try await practice.booked(patient: patient, day, "10:00", [("provider_id", .string(provider))])
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        return try await asked(practice, booked.id, offers)
    }

    private func asked(_ practice: Practice, _ appointment: String, _ count: Int) async throws -> [JSON] {
        let clinic = practice.clinic
        var offers: [JSON] = []
        try await eventually("they are asked") {
            let slots = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "freed-slots?limit=200"))
            let slot = slots.json["items"]?.items.first { $0["appointment_id"]?.text == appointment }
            guard let id = slot?["id"]?.text else { return false }
            let answer = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-offers?slot_id=\(id)"))
            offers = answer.json["items"]?.items ?? []
            return offers.count >= count && slot?["status"]?.text != "offered" || offers.count == count && count > 0
        }
        return offers
    }

    private func link(_ practice: Practice, _ offer: JSON) async throws -> String {
        let path = practice.clinic.path(practice.clinic.north, "waitlist-offers/\(offer["id"]?.text ?? "")/link")
        let answer = try await practice.clinic.send("front_desk", "POST", path, body: [:])
        #expect(answer.status == 201, "\(answer.text)")
        return answer.json["token"]?.text ?? ""
    }

    private func claim(_ practice: Practice, _ token: String) async throws -> TestAnswer {
        try await practice.clinic.send(
            "front_desk",
            "POST",
            practice.clinic.path(practice.clinic.north, "waitlist-claims"),
            body: ["token": .string(token)]
        )
    }

    @Test("freed time is offered by rank with reasons; the first claim has it, the rest hear that it is taken, and the ledger says so")
    func story() async throws {
        let practice = try await Waiting.shared.value
        let provider = try await practice.newProvider("Story")
        let day = Practice.day(320)
        let patient = try await wait(practice, 0, provider)
        let urgent = try await wait(practice, 1, provider, [("urgency", 1)])
        let later = try await practice.booked(patient: 1, day.adding(days: 9), "09:00", [("provider_id", .string(provider))])
        let offers = try await freed(practice, provider, day, offers: 2).sorted {
            ($0["place"]?.integer ?? 0) < ($1["place"]?.integer ?? 0)
        }
        try #require(offers.count == 2)
        #expect(offers[0]["entry_id"]?.text == urgent.id && offers[1]["entry_id"]?.text == patient.id)
        #expect(offers[0]["reasons"]?.items.compactMap(\.text).contains("urgent:120") == true)
        #expect(offers[0]["reasons"]?.items.compactMap(\.text).contains("gives_up_later:1") == true)
        let old = try await link(practice, offers[0])
        let first = try await link(practice, offers[0])
        let second = try await link(practice, offers[1])
        #expect(try await claim(practice, old).code == "claim_unknown")
        #expect(try await claim(practice, "nonsense").code == "claim_unknown")
        let claimed = try await claim(practice, first)
        #expect(claimed.status == 201, "\(claimed.text)")
        #expect(claimed.json["appointment"]?["patient_id"]?.text == practice.patients[1])
        #expect(claimed.json["released_appointment_id"]?.text == later.id)
        #expect(try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(later.id)").json["status"]?.text == "cancelled")
        #expect(try await claim(practice, first).code == "claim_used")
        #expect(try await claim(practice, second).code == "claim_taken")
        let entries = practice.clinic.path(practice.clinic.north, "waitlist-entries")
        #expect(try await practice.clinic.send("front_desk", "GET", "\(entries)/\(urgent.id)").json["status"]?.text == "booked")
        #expect(try await practice.clinic.send("front_desk", "GET", "\(entries)/\(patient.id)").json["status"]?.text == "waiting")
        let ledger = try await practice.clinic.send(
            "front_desk",
            "GET",
            practice.clinic.path(practice.clinic.north, "freed-slots?status=taken&limit=200")
        )
        let row = ledger.json["items"]?.items.first { $0["id"] == offers[0]["slot_id"] }
        #expect(row?["recovered_minutes"]?.integer == 30 && row?["patient_id"]?.text == practice.patients[1])
    }

    @Test("of many claims of one offer at once, and of several offers of one time, exactly one wins", .shows("MC-1"))
    func race() async throws {
        let practice = try await Waiting.shared.value
        let provider = try await practice.newProvider("Race")
        _ = try await wait(practice, 0, provider)
        _ = try await wait(practice, 1, provider)
        let offers = try await freed(practice, provider, Practice.day(330), offers: 2)
        try #require(offers.count == 2)
        let tokens = [try await link(practice, offers[0]), try await link(practice, offers[1])]
        let answers = try await atOnce(24) { number in try await claim(practice, tokens[number % 2]) }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.code == "claim_used" } == 11)
        #expect(answers.count { $0.code == "claim_taken" } == 12)
    }

    @Test("who may not cancel gives no later appointment up by a claim; without that the claim is theirs", .shows("AZ-2"))
    func release() async throws {
        // Of its own: any claim of another test gives up a later appointment of the same patient.
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let staff = "/v1/organizations/\(clinic.organization)/staff"
        let members = try await clinic.send("owner", "GET", staff + "?limit=200").json["items"]?.items ?? []
        let email = try clinic.person("provider").email
        let member = try #require(members.first { $0["email"]?.text == email }?["id"]?.text)
        let denied = try await clinic.send(
            "owner",
            "POST",
            "\(staff)/\(member)/grants",
            body: [
                "grant": ["permission": "appointments.cancel", "effect": "deny"], "reason": ["code": "test", "text": "For this test."],
            ]
        )
        #expect(denied.status == 201, "\(denied.text)")
        let provider = try await practice.newProvider("Release")
        let day = Practice.day(370)
        _ = try await wait(practice, 0, provider)
        let later = try await practice.booked(patient: 0, day.adding(days: 9), "09:00", [("provider_id", .string(provider))])
        let offer = try #require(try await freed(practice, provider, day, offers: 1).first)
        let token = try await link(practice, offer)
        func claimed(_ releases: Bool) async throws -> TestAnswer {
            try await clinic.send(
                "provider",
                "POST",
                clinic.path(clinic.north, "waitlist-claims"),
                body: ["token": .string(token), "release_later": .bool(releases)]
            )
        }
        try await eventually("the denial is known") {
            let unknown = "\(practice.path)/01900000-0000-7000-8000-000000000000/cancellation"
            return try await clinic.send("provider", "POST", unknown, body: [:]).status == 403
        }
        #expect(try await claimed(true).code == "release_denied")
        #expect(try await clinic.send("front_desk", "GET", "\(practice.path)/\(later.id)").json["status"]?.text == "booked")
        let answer = try await claimed(false)
        #expect(answer.status == 201, "\(answer.text)")
        #expect(try await clinic.send("front_desk", "GET", "\(practice.path)/\(later.id)").json["status"]?.text == "booked")
        await clinic.close()
    }

    /// The hold of a wave ends before its offers do, as for a clock that is ahead.
    private func endHold(_ practice: Practice, _ offer: JSON) async throws {
        let clinic = practice.clinic
        let past = clinic.services.ambient.now().adding(seconds: -1)
        let slot = FreedSlotID(offer["slot_id"]?.text ?? "")
        try await clinic.services.tenancy.transaction(clinic.north) { tx in
            tx.enqueue("update {location}.occupancy set expires_at = \(past) where appointment_id = \(slot)")
        }
    }

    @Test("time that was booked otherwise is taken for whoever claims it; an offer that ran out says so")
    func late() async throws {
        let practice = try await Waiting.shared.value
        let clinic = practice.clinic
        let provider = try await practice.newProvider("Late")
        _ = try await wait(practice, 0, provider)
        _ = try await wait(practice, 1, provider)
        let day = Practice.day(340)
        let offers = try await freed(practice, provider, day, offers: 2)
        try #require(offers.count == 2)
        let tokens = [try await link(practice, offers[0]), try await link(practice, offers[1])]
        try await endHold(practice, offers[0])
        _ = try await practice.booked(patient: 2, day, "10:00", [("provider_id", .string(provider))])
        #expect(try await claim(practice, tokens[0]).code == "claim_taken")
        let past = clinic.services.ambient.now().adding(seconds: -1)
        let id = try #require(WaitlistOfferID(offers[1]["id"]?.text ?? ""))
        try await clinic.services.tenancy.transaction(clinic.north) { tx in
            tx.enqueue("update {location}.waitlist_offer set expires_at = \(past) where id = \(id)")
        }
        #expect(try await claim(practice, tokens[1]).code == "claim_expired")
    }

    @Test("a move frees the old time; who wants another day, another provider or a longer visit is not asked")
    func matching() async throws {
        let practice = try await Waiting.shared.value
        let provider = try await practice.newProvider("Match")
        let other = try await practice.newProvider("Other")
        let long = try await practice.newType("Long visit", [("minutes", 60)])
        let day = Practice.day(350)
        let fits = try await wait(
            practice,
            0,
            provider,
            [("windows", [["weekdays": [.integer(day.weekday)], "from_time": "09:00", "until_time": "12:00"]])]
        )
        _ = try await wait(practice, 1, provider, [("windows", [["from_day": .string(day.adding(days: 1).description)]])])
        _ = try await wait(practice, 1, other)
        _ = try await wait(practice, 1, provider, type: long)
        let booked = try await practice.booked(patient: 2, day, "10:00", [("provider_id", .string(provider))])
        let moved = try await practice.clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(booked.id)",
            body: ["day": .string(day.description), "time": "15:00"],
            headers: ["If-Match": booked.etag]
        )
        #expect(moved.status == 200, "\(moved.text)")
        let offers = try await asked(practice, booked.id, 1)
        #expect(offers.compactMap { $0["entry_id"]?.text } == [fits.id])
        #expect(offers.first?["starts_at"] == booked.json["starts_at"])
    }

    @Test("an entry is changed by its version, and once removed it waits no more; a window must end after it begins")
    func entries() async throws {
        let practice = try await Waiting.shared.value
        let clinic = practice.clinic
        let provider = try await practice.newProvider("Entries")
        let entry = try await wait(practice, 0, provider)
        let path = clinic.path(clinic.north, "waitlist-entries/\(entry.id)")
        let changed = try await clinic.send(
            "front_desk",
            "PATCH",
            path,
            body: ["urgency": 2, "note": "Mornings"],
            headers: ["If-Match": entry.etag]
        )
        #expect(changed.status == 200 && changed.json["urgency"]?.integer == 2)
        #expect(try await clinic.send("front_desk", "PATCH", path, body: ["urgency": 1], headers: ["If-Match": entry.etag]).status == 412)
        let backwards: JSON = ["windows": [["from_time": "12:00", "until_time": "09:00"]]]
        let refused = try await clinic.send("front_desk", "PATCH", path, body: backwards, headers: ["If-Match": changed.etag])
        #expect(refused.json["errors"]?.items.first?["code"]?.text == "before_from")
        #expect(try await clinic.send("front_desk", "DELETE", path, headers: ["If-Match": changed.etag]).status == 204)
        #expect(try await clinic.send("front_desk", "DELETE", path, headers: ["If-Match": "\"3\""]).code == "not_waiting")
    }
}
