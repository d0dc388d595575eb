import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Repairs that block the time")
struct RepairBlockTests {
    private func one(_ practice: Practice, _ id: String) async throws -> JSON {
        try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(id)").json
    }

    private func blocks(_ practice: Practice, _ resource: String) async throws -> [JSON] {
        let path = practice.clinic.path(practice.clinic.north, "blocks?resource_id=\(resource)")
        return try await practice.clinic.send("front_desk", "GET", path).json["items"]?.items ?? []
    }

    @Test("a proposal says its outage as a block, and with it the repair is one request: all are moved and nobody books the time any more")
    func approved() async throws {
        let practice = try await Ruled.shared.value
        let (day, provider) = (Practice.day(500), try await practice.newProvider("Approved"))
        let booked = try await practice.booked(day, "10:00", [("provider_id", .string(provider))])
        let kept = try await practice.booked(patient: 1, day, "15:00", [("provider_id", .string(provider))])
        let why: [(key: String, value: JSON)] = [("reason_code", "ill"), ("reason_text", "Back on Thursday")]
        let proposal = try await practice.proposal(day, [practice.outage(provider, day, "10:00", "15:00", why)])
        #expect(proposal["affected"]?.integer == 1 && proposal["moved"]?.integer == 1)
        let events = try await told(practice, provider)
        let applied = try await practice.repair([("moves", practice.moves(proposal)), ("blocks", proposal["blocks"] ?? .null)])
        #expect(applied.status == 201, "\(applied.text)")
        #expect(applied.json["left"]?.items.isEmpty == true)
        #expect(try await one(practice, booked.id)["provider_id"]?.text != provider)
        #expect(try await one(practice, kept.id)["version"]?.integer == 1)
        let written = try await blocks(practice, provider)
        #expect(written.count == 1 && written.first?["id"] == applied.json["blocks"]?.items.first?["id"])
        #expect(written.first?["reason_code"]?.text == "ill" && written.first?["reason_text"]?.text == "Back on Thursday")
        #expect(written.first?["starts_at"]?.text == practice.moment(day, "10:00"))
        #expect(try await told(practice, provider) == events + 1)
        let block = BlockID(written.first?["id"]?.text ?? "")
        let entries: Statement = """
            select count(*) from {location}.audit_entry where action = 'block.create' and object_id = \(block)
            """
        #expect(try await practice.count(entries) == 1)
        let refused = try await practice.book(patient: 2, day, "10:00", [("provider_id", .string(provider))])
        #expect(refused.code == "not_bookable" && refused.rules == ["block"], "\(refused.text)")
    }

    /// How often changed hours of somebody were told of.
    private func told(_ practice: Practice, _ provider: String) async throws -> Int {
        let clinic = practice.clinic
        let rows = try await clinic.services.tenancy.queueRead(
            clinic.north.database,
            "select count(*) from queue.event where name = 'schedule.changed' and members->>'resource' = \(provider)"
        )
        return try rows.first?.value(0, as: Int.self) ?? 0
    }

    @Test("who is booked in the time and not moved is named; only with leave_booked they stay, and are listed")
    func left() async throws {
        let practice = try await Ruled.shared.value
        let (day, provider) = (Practice.day(501), try await practice.newProvider("Left"))
        let moved = try await practice.booked(day, "10:00", [("provider_id", .string(provider))])
        let forgotten = try await practice.booked(patient: 1, day, "11:00", [("provider_id", .string(provider))])
        let cancelled = try await practice.booked(patient: 2, day, "12:00", [("provider_id", .string(provider))])
        #expect(try await practice.step(cancelled.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        let body: [(key: String, value: JSON)] = [
            ("moves", [practice.move(moved, to: practice.colleague)]),
            ("blocks", [practice.absence(provider, day, "10:00", "15:00")]),
        ]
        let refused = try await practice.repair(body)
        #expect(refused.status == 409 && refused.code == "still_booked", "\(refused.text)")
        #expect(refused.json["left"]?.items.compactMap { $0["appointment_id"]?.text } == [forgotten.id])
        #expect(refused.json["count"]?.integer == 1 && refused.json["left"]?.items.first?["patient_id"] == .null)
        #expect(try await one(practice, moved.id)["provider_id"]?.text == provider)
        #expect(try await blocks(practice, provider).isEmpty)
        let applied = try await practice.repair(body + [("leave_booked", true)])
        #expect(applied.status == 201, "\(applied.text)")
        let left = try #require(applied.json["left"]?.items.first)
        #expect(left["appointment_id"]?.text == forgotten.id && left["patient_id"]?.text == practice.patients[1])
        #expect(try await one(practice, moved.id)["provider_id"]?.text == practice.colleague)
        #expect(try await one(practice, forgotten.id)["status"]?.text == "booked")
        #expect(try await blocks(practice, provider).count == 1)
    }

    @Test("minutes kept around a visit are time of it, and an opening that is held may still be booked: both are left")
    func around() async throws {
        let practice = try await Ruled.shared.value
        let (day, provider) = (Practice.day(502), try await practice.newProvider("Around"))
        let wide = try await practice.newType("Wide repair", [("buffer_after", 15)])
        let visit = try await practice.booked(day, "09:30", [("provider_id", .string(provider)), ("type_id", .string(wide))])
        let hold = try await practice.make(
            "holds",
            [
                "type_id": .string(practice.visit), "provider_id": .string(provider), "day": .string(day.description), "time": "11:00",
            ],
            by: "front_desk"
        )
        let refused = try await practice.repair([("moves", []), ("blocks", [practice.absence(provider, day, "10:00", "15:00")])])
        #expect(refused.code == "still_booked", "\(refused.text)")
        let left = refused.json["left"]?.items ?? []
        #expect(left.compactMap { $0["appointment_id"]?.text } == [visit.id])
        #expect(left.compactMap { $0["hold_id"]?.text } == [hold.id])
    }

    @Test("a block that is there already is named; another reason over a part of the time is another block", arguments: [true, false])
    func already(ofEverything: Bool) async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(ofEverything ? 503 : 504)
        let provider = ofEverything ? nil : try await practice.newProvider("Already")
        func block(_ from: String, _ until: String, _ reason: String) async throws -> TestAnswer {
            try await practice.repair([("moves", []), ("blocks", [practice.absence(provider, day, from, until, reason: reason)])])
        }
        let lunch = try await block("12:00", "13:00", "lunch")
        #expect(lunch.status == 201, "\(lunch.text)")
        let first = try await block("10:00", "15:00", "ill")
        #expect(first.status == 201, "\(first.text)")
        for (from, until, reason) in [("10:00", "15:00", "ill"), ("14:00", "17:00", "ill"), ("10:00", "15:00", "away")] {
            let refused = try await block(from, until, reason)
            #expect(refused.status == 409 && refused.code == "already_blocked", "\(refused.text)")
            #expect(refused.json["block_id"] == first.json["blocks"]?.items.first?["id"])
        }
        let after = try await block("15:00", "17:00", "ill")
        #expect(after.status == 201, "\(after.text)")
        let refused = try await practice.book(day, "11:00")
        #expect((refused.status == 201) == !ofEverything, "\(refused.text)")
    }

    @Test("blocking needs the right to it, and who may not see appointments is told of nobody by name", .shows("AZ-2"))
    func rights() async throws {
        let practice = try await Ruled.shared.value
        let (day, provider) = (Practice.day(505), try await practice.newProvider("Rights"))
        let booked = try await practice.booked(day, "10:00", [("provider_id", .string(provider))])
        let other = try await practice.booked(patient: 1, day, "11:00", [("provider_id", .string(provider))])
        let body: [(key: String, value: JSON)] = [
            ("moves", [practice.move(booked, to: practice.colleague)]),
            ("blocks", [practice.absence(provider, day, "10:00", "15:00")]),
        ]
        let mover = try await practice.clinic.key("appointments.move")
        let refused = try await practice.repair(body, token: mover)
        #expect(refused.status == 403 && refused.code == "permission_denied", "\(refused.text)")
        #expect(try await one(practice, booked.id)["provider_id"]?.text == provider)
        let blocker = try await practice.clinic.key("appointments.move", "schedule.block")
        let named = try await practice.repair(body, token: blocker)
        #expect(named.code == "still_booked" && named.json["count"]?.integer == 1, "\(named.text)")
        #expect(!named.text.contains(other.id) && named.json["left"]?.items.first?["provider_id"]?.text == provider)
        let applied = try await practice.repair(body + [("leave_booked", true)], token: blocker)
        #expect(applied.status == 201, "\(applied.text)")
        #expect(!applied.text.contains(other.id) && !applied.text.contains(practice.patients[1]))
    }

    @Test("nobody is moved into the time that is blocked; what cannot be blocked is named, and nothing happens")
    func refused() async throws {
        let practice = try await Ruled.shared.value
        let (day, provider) = (Practice.day(506), try await practice.newProvider("Refused"))
        let booked = try await practice.booked(day, "10:00", [("provider_id", .string(provider))])
        let later = try await practice.repair([
            ("moves", [practice.move(booked, to: provider, at: practice.moment(day, "11:00"))]),
            ("blocks", [practice.absence(provider, day, "10:00", "15:00")]),
        ])
        #expect(later.code == "not_bookable" && later.rules == ["block"], "\(later.text)")
        func fault(_ blocks: [JSON]) async throws -> JSON? {
            let answer = try await practice.repair([("moves", [practice.move(booked, to: practice.colleague)]), ("blocks", .array(blocks))])
            #expect(answer.status == 422, "\(answer.text)")
            return answer.json["errors"]?.items.first
        }
        let fine = practice.absence(provider, day, "10:00", "15:00")
        let unknown = try await fault([fine, practice.absence(practice.patients[0], day, "10:00", "15:00")])
        #expect(unknown?["pointer"]?.text == "/blocks/1/resource_id" && unknown?["code"]?.text == "unknown_reference")
        let backwards = try await fault([fine, practice.absence(provider, day, "15:00", "10:00")])
        #expect(backwards?["pointer"]?.text == "/blocks/1/ends_at" && backwards?["code"]?.text == "before_start")
        let twice = try await fault([fine, practice.absence(provider, day, "11:00", "16:00")])
        #expect(twice?["pointer"]?.text == "/blocks" && twice?["code"]?.text == "duplicate")
        let nothing = try await practice.repair([("moves", [])])
        #expect(nothing.json["errors"]?.items.first?["code"]?.text == "too_few", "\(nothing.text)")
        #expect(try await one(practice, booked.id)["version"]?.integer == 1)
        #expect(try await blocks(practice, provider).isEmpty)
    }

    @Test("the time that a repair leaves blocked is offered to nobody of the waitlist")
    func waitlist() async throws {
        let practice = try await Waves.shared.value
        let (day, provider) = (Practice.day(507), try await practice.newProvider("Unoffered"))
        _ = try await practice.waits(practice.patients[1], provider)
        let booked = try await practice.booked(day, "10:00", [("provider_id", .string(provider))])
        let applied = try await practice.repair([
            ("moves", [practice.move(booked, to: practice.colleague)]),
            ("blocks", [practice.absence(provider, day, "10:00", "15:00")]),
        ])
        #expect(applied.status == 201, "\(applied.text)")
        let slot = try await practice.noticed(booked.id)
        try await practice.wave(slot, 1)
        #expect(try await practice.offers(slot).isEmpty)
        #expect(try await practice.ledger(slot)?["status"]?.text == "lapsed")
    }

    @Test("among many who book at the same moment nobody gets into time that a repair blocks", .shows("MC-1"))
    func race() async throws {
        let practice = try await Ruled.shared.value
        for round in 0..<6 {
            let (day, provider) = (Practice.day(510 + round), try await practice.newProvider("Race \(round)"))
            var people: [String] = []
            for number in 0..<12 { people.append(try await practice.newPatient("Race \(round) \(number)")) }
            let answers = try await atOnce(14) { [people] number in
                guard number >= 2 else {
                    return try await practice.repair([("moves", []), ("blocks", [practice.absence(provider, day, "08:00", "23:00")])])
                }
                let person: [(key: String, value: JSON)] = [
                    ("patient_id", .string(people[number - 2])), ("provider_id", .string(provider)),
                ]
                return try await practice.book(day, "\(number + 8):00", person)
            }
            let codes = answers.compactMap(\.code)
            #expect(answers.allSatisfy { $0.status == 201 || $0.status == 409 }, "\(answers.map(\.text))")
            let isBlocked = try await !blocks(practice, provider).isEmpty
            let standing = try await practice.standing(provider, day)
            #expect(!isBlocked || standing == 0, "\(standing) are booked in time that is blocked")
            #expect(isBlocked || codes.contains("still_booked"))
        }
    }
}
