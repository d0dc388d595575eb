import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// A practice at north with a worker, and at south, in another database, the same people with a provider to see.
struct TwoPlaces: Sendable {
    let practice: Practice
    /// The charts at south of Ada, Ben, and of somebody who was born on another day.
    let patients: [String]
    let provider: String
    let visit: String

    static let shared = Task { try await TwoPlaces(TestClinic.open(worker: true)) }

    init(_ clinic: TestClinic) async throws {
        practice = try await Practice(clinic)
        func make(_ name: String, _ rest: String, _ body: JSON) async throws -> String {
            let answer = try await clinic.send(name, "POST", clinic.path(clinic.south, rest), body: body)
            try #require(answer.status == 201, "\(rest): \(answer.text)")
            return answer.id
        }
        var patients: [String] = []
        for (name, birth) in [("Ada", "1990-04-01"), ("Ben", "1990-04-01"), ("Dora", "1955-12-24")] {
            let person: JSON = ["given_name": .string(name), "family_name": "Park", "birth_date": .string(birth)]
            patients.append(try await make("front_desk", "patients", ["person": person]))
        }
        self.patients = patients
        provider = try await make("location_manager", "providers", ["given_name": "Hugo", "family_name": "Lind"])
        visit = try await make("location_manager", "appointment-types", ["name": "Visit at south", "minutes": 30])
    }

    var clinic: TestClinic { practice.clinic }

    /// An appointment at south.
    func booked(patient: Int = 0, _ day: Day, _ time: String = "09:00") async throws -> String {
        let body: JSON = [
            "patient_id": .string(patients[patient]), "type_id": .string(visit), "provider_id": .string(provider),
            "day": .string(day.description), "time": .string(time),
        ]
        let answer = try await clinic.send("front_desk", "POST", clinic.path(clinic.south, "appointments"), body: body)
        try #require(answer.status == 201, "\(answer.text)")
        return answer.id
    }

    func appointment(_ id: String) async throws -> TestAnswer {
        try await clinic.send("front_desk", "GET", clinic.path(clinic.south, "appointments/\(id)"))
    }

    func name(_ appointment: String, at location: Location) -> JSON {
        ["location_id": .string(location.id.description), "appointment_id": .string(appointment)]
    }

    /// Puts Ada, or another, on the waitlist at north, with what they give up at south.
    func waits(_ provider: String, giving appointment: JSON, patient: Int = 0, token: String? = nil) async throws -> TestAnswer {
        let body: JSON = [
            "patient_id": .string(practice.patients[patient]), "type_ids": [.string(practice.visit)], "provider_ids": [.string(provider)],
            "release_later": false, "release_elsewhere": appointment,
        ]
        let bearer: String = if let token { token } else { try await clinic.token("front_desk") }
        return try await clinic.http.send("POST", clinic.path(clinic.north, "waitlist-entries"), token: bearer, body: body)
    }

    /// Frees ten o'clock at north, waits until its time is offered, and claims it: the slot.
    func claimed(_ provider: String, _ day: Day, _ more: [(key: String, value: JSON)] = []) async throws -> FreedSlotID {
        let booked = try await practice.booked(patient: 2, day, "10:00", [("provider_id", .string(provider))])
        #expect(try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        var offer: JSON?
        try await eventually("the time is offered") {
            let open = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-offers?status=open&limit=200"))
            offer = open.json["items"]?.items.first { $0["starts_at"] == booked.json["starts_at"] }
            return offer != nil
        }
        let token = try await practice.links([try #require(offer)])[0]
        let path = clinic.path(clinic.north, "waitlist-claims")
        let claim = try await clinic.send("front_desk", "POST", path, body: .object([("token", .string(token))] + more))
        try #require(claim.status == 201, "\(claim.text)")
        return try #require(FreedSlotID(claim.json["appointment"]?["id"]?.text ?? ""))
    }

    /// The same where no worker runs, of time that gives an appointment at south up; both.
    func claimedUnseen(_ name: String, _ day: Day) async throws -> (later: String, slot: FreedSlotID) {
        let provider = try await practice.newProvider(name)
        let later = try await booked(day.adding(days: 9))
        #expect(try await waits(provider, giving: self.name(later, at: clinic.south)).status == 201)
        let slot = try await practice.freed(provider, day).slot
        try await practice.wave(slot, 1)
        let claim = try await practice.claim(try await practice.links(practice.offers(slot))[0])
        #expect(claim.json["elsewhere_status"] == "pending", "\(claim.text)")
        return (later, slot)
    }

    /// What the ledger says of it in the end.
    func settled(_ slot: FreedSlotID) async throws -> JSON {
        var row: JSON?
        try await eventually("it is settled") {
            row = try await practice.ledger(slot)
            return row?["elsewhere_status"]?.text != "pending"
        }
        return try #require(row)
    }

    /// Claimed time of a day at north by Ada, who gives up an appointment nine days later at south after `meanwhile`; what became of it.
    func story(_ name: String, _ day: Day, _ meanwhile: (String) async throws -> Void) async throws -> JSON {
        let provider = try await practice.newProvider(name)
        let later = try await booked(day.adding(days: 9))
        let entry = try await waits(provider, giving: self.name(later, at: clinic.south))
        try #require(entry.status == 201, "\(entry.text)")
        try await meanwhile(later)
        return try await settled(try await claimed(provider, day))
    }

    /// On whose right whoever claimed a slot gives something up.
    func namer(of slot: FreedSlotID) async throws -> Actor {
        let rows = try await clinic.services.tenancy.read(
            clinic.north,
            "select id from {location}.waitlist_entry where appointment_id = \(slot)"
        )
        let id = try #require(rows.first).value(0, as: WaitlistEntryID.self)
        let entry = try await clinic.services.tenancy.read(clinic.north, WaitlistStore.one(id)).first.map(WaitlistStore.entry)
        return try #require(entry?.elsewhereBy)
    }

    /// The job that has not ended yet has spent all tries but the last, or so many, and is due.
    func lastTry(_ kind: String, spent: Int = ReleaseElsewhere.tries - 1) async throws {
        try await clinic.services.tenancy.queue(clinic.north.database) { tx in
            tx.enqueue(
                """
                update queue.job set spent = \(spent), run_at = now() where kind = \(kind) and state = 'ready'
                """
            )
        }
    }

    /// Why jobs of a kind that wait at north failed last.
    func failures(_ kind: String) async throws -> [String] {
        try await clinic.services.tenancy.queueRead(
            clinic.north.database,
            "select reason from queue.job where kind = \(kind) and state = 'ready' and spent > 0"
        ).decode((String).self)
    }
}
