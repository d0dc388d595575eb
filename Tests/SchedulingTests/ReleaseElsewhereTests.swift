import Access
import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Appointments at another location that a claim gives up")
struct ReleaseElsewhereTests {
    @Test(
        "a claim gives it up as staff there would, by the right of whoever named it, and the ledger of the claim says so; once",
        .shows("TI-11")
    )
    func story() async throws {
        let places = try await TwoPlaces.shared.value
        let clinic = places.clinic
        let provider = try await places.practice.newProvider("Gives up")
        let day = Practice.day(500)
        let later = try await places.booked(day.adding(days: 9))
        let entry = try await places.waits(provider, giving: places.name(later, at: clinic.south))
        #expect(entry.status == 201 && entry.json["release_elsewhere"]?["appointment_id"]?.text == later, "\(entry.text)")
        let slot = try await places.claimed(provider, day)
        let row = try await places.settled(slot)
        #expect(row["elsewhere_status"] == "released" && row["release_elsewhere"]?["appointment_id"]?.text == later)
        #expect(row["elsewhere_reason"]?.bytes == JSON.null.bytes)
        let there = try await places.appointment(later)
        #expect(
            there.json["status"] == "cancelled" && there.json["cancel_reason_code"] == "moved_up" && there.json["cancelled_late"] == false
        )
        let trail = try await clinic.services.tenancy.read(
            clinic.south,
            """
            select actor_kind, actor_name from {location}.audit_entry where action = 'appointment.cancel' and object_id = \(AppointmentID(later))
            """
        )
        let who = try #require(trail.first).decode((String, String).self)
        #expect(trail.count == 1 && who.0 == "staff" && who.1 == "front_desk")
        try await eventually("its time is free there for others") {
            let freed = try await clinic.send("front_desk", "GET", clinic.path(clinic.south, "freed-slots?limit=200"))
            return freed.json["items"]?.items.contains { $0["appointment_id"]?.text == later } == true
        }
        // Both jobs come again, as after a worker that died before it could say that they were done.
        for database in [clinic.north.database, clinic.south.database] {
            try await clinic.services.tenancy.queue(database) { tx in
                tx.enqueue(
                    """
                    update queue.job set state = 'ready', finished_at = null
                    where kind in (\(ReleaseElsewhere.kind), \(NoteReleased.kind)) and parameters->>'slot' = \(slot.description)
                    """
                )
            }
            try await eventually("they are done again") {
                let open = try await clinic.services.tenancy.queueRead(
                    database,
                    "select count(*) from queue.job where kind in (\(ReleaseElsewhere.kind), \(NoteReleased.kind)) and state <> 'done'"
                )
                return try open.first?.value(0, as: Int.self) == 0
            }
        }
        #expect(try await places.appointment(later).etag == there.etag)
        let again = try await places.practice.ledger(slot)
        #expect(again?.bytes == row.bytes)
    }

    @Test("only who may cancel there names it: an appointment that is still to come, of the same patient", .shows("AZ-2", "TI-3"))
    func naming() async throws {
        let places = try await TwoPlaces.shared.value
        let clinic = places.clinic
        let provider = try await places.practice.newProvider("Names")
        let day = Practice.day(510)
        let later = try await places.booked(day)
        let others = try await places.booked(patient: 2, day, "11:00")
        let never = clinic.services.ambient.id(AppointmentID.self).description
        let cancelled = try await places.booked(patient: 1, day, "13:00")
        let cancel = try await clinic.send(
            "front_desk",
            "POST",
            clinic.path(clinic.south, "appointments/\(cancelled)/cancellation"),
            body: ["reason_code": "patient_ill"]
        )
        #expect(cancel.status == 200, "\(cancel.text)")
        func refusal(_ name: JSON, token: String? = nil) async throws -> [String] {
            let answer = try await places.waits(provider, giving: name, token: token)
            #expect(answer.status == 422, "\(answer.text)")
            let error = answer.json["errors"]?.items.first
            return [error?["pointer"]?.text ?? "", error?["code"]?.text ?? ""]
        }
        let (location, appointment) = ("/release_elsewhere/location_id", "/release_elsewhere/appointment_id")
        #expect(try await refusal(places.name(later, at: clinic.north)) == [location, "same_location"])
        #expect(try await refusal(places.name(later, at: clinic.elsewhere)) == [location, "unknown_reference"])
        let stranger = try await clinic.token("north_desk")
        #expect(try await refusal(places.name(later, at: clinic.south), token: stranger) == [location, "unknown_reference"])
        let booker = try await clinic.key("appointments.book", "appointments.read")
        #expect(try await refusal(places.name(later, at: clinic.south), token: booker) == [location, "unknown_reference"])
        #expect(try await refusal(places.name(never, at: clinic.south)) == [appointment, "unknown_reference"])
        #expect(try await refusal(places.name(others, at: clinic.south)) == [appointment, "other_patient"])
        #expect(try await refusal(places.name(cancelled, at: clinic.south)) == [appointment, "not_ahead"])
        try await clinic.services.access.seal(.location(clinic.south))
        let looks = try await clinic.services.tenancy.read(
            clinic.south,
            "select count(*) from {location}.audit_entry where action = 'waitlist.elsewhere' and objects @> \([AppointmentID(others)?.uuid].compactMap(\.self))"
        )
        #expect(try looks.first?.value(0, as: Int.self) == 1)
    }

    @Test("whoever may not see appointments there learns neither which nor where, and changes the rest", .shows("TI-11"))
    func hidden() async throws {
        let places = try await TwoPlaces.shared.value
        let clinic = places.clinic
        let provider = try await places.practice.newProvider("Hidden")
        let day = Practice.day(520)
        let later = try await places.booked(day.adding(days: 9))
        let entry = try await places.waits(provider, giving: places.name(later, at: clinic.south))
        let path = clinic.path(clinic.north, "waitlist-entries/\(entry.id)")
        func tells(_ answer: TestAnswer) -> Bool { answer.text.contains(later) || answer.text.contains(clinic.south.id.description) }
        #expect(tells(try await clinic.send("front_desk", "GET", path)))
        let seen = try await clinic.send("north_desk", "GET", path)
        #expect(seen.status == 200 && !tells(seen) && seen.json["release_elsewhere"]?.bytes == JSON.null.bytes)
        let list = try await clinic.send("north_desk", "GET", clinic.path(clinic.north, "waitlist-entries?limit=200"))
        #expect(list.text.contains(entry.id) && !tells(list))
        let urgent = try await clinic.send("north_desk", "PATCH", path, body: ["urgency": 1], headers: ["If-Match": entry.etag])
        #expect(urgent.status == 200 && !tells(urgent), "\(urgent.text)")
        #expect(tells(try await clinic.send("front_desk", "GET", path)))
        let slot = try await places.claimed(provider, day)
        #expect(try await places.settled(slot)["elsewhere_status"] == "released")
        let ledger = try await clinic.send(
            "north_desk",
            "GET",
            clinic.path(clinic.north, "freed-slots?elsewhere_status=released&limit=200")
        )
        #expect(ledger.text.contains(slot.description) && !tells(ledger))
    }

    @Test("a claim that gives nothing up leaves it, and so does an entry that names it no more")
    func kept() async throws {
        let places = try await TwoPlaces.shared.value
        let clinic = places.clinic
        let day = Practice.day(530)
        let later = try await places.booked(day.adding(days: 9))
        let kept = try await places.practice.newProvider("Keeps")
        #expect(try await places.waits(kept, giving: places.name(later, at: clinic.south)).status == 201)
        let slot = try await places.claimed(kept, day, [("release_later", false)])
        #expect(try await places.practice.ledger(slot)?["elsewhere_status"]?.bytes == JSON.null.bytes)
        let unnamed = try await places.practice.newProvider("Unnames")
        let entry = try await places.waits(unnamed, giving: places.name(later, at: clinic.south))
        let change = try await clinic.send(
            "front_desk",
            "PATCH",
            clinic.path(clinic.north, "waitlist-entries/\(entry.id)"),
            body: ["release_elsewhere": .null],
            headers: ["If-Match": entry.etag]
        )
        #expect(change.status == 200 && change.json["release_elsewhere"]?.bytes == JSON.null.bytes, "\(change.text)")
        let other = try await places.claimed(unnamed, day.adding(days: 1))
        #expect(try await places.practice.ledger(other)?["elsewhere_status"]?.bytes == JSON.null.bytes)
        #expect(try await places.appointment(later).json["status"] == "booked")
    }

    @Test("what cannot be given up is in the ledger with what to do: it has begun, is sooner by now, or is not there")
    func failed() async throws {
        let places = try await TwoPlaces.shared.value
        let clinic = places.clinic
        let begun = try await places.story("Begun", Practice.day(540)) { later in
            let now = clinic.services.ambient.now()
            let id = AppointmentID(later)
            try await clinic.services.tenancy.transaction(clinic.south) { tx in
                tx.enqueue("update {location}.appointment set starts_at = \(now), ends_at = \(now.adding(minutes: 30)) where id = \(id)")
            }
        }
        #expect(begun["elsewhere_status"] == "failed" && begun["elsewhere_reason"] == "already_begun")
        #expect(begun["elsewhere_advice"]?.text == ElsewhereFailure.begun.advice)
        let day = Practice.day(541)
        var moved = ""
        let sooner = try await places.story("Sooner", day) { later in
            moved = later
            let answer = try await clinic.send(
                "front_desk",
                "PATCH",
                clinic.path(clinic.south, "appointments/\(later)"),
                body: ["day": .string(day.adding(days: -1).description), "time": "09:00"],
                headers: ["If-Match": "\"1\""]
            )
            #expect(answer.status == 200, "\(answer.text)")
        }
        #expect(sooner["elsewhere_reason"] == "not_later")
        #expect(try await places.appointment(moved).json["status"] == "booked")
        let failures = clinic.path(clinic.north, "freed-slots?elsewhere_status=failed&limit=200")
        let ids = try await clinic.send("front_desk", "GET", failures).json["items"]?.items.compactMap { $0["id"]?.text } ?? []
        #expect([begun, sooner].allSatisfy { ids.contains($0["id"]?.text ?? "") })
        // One that is not there: only what reads another location's rows could come to that.
        let slot = try #require(FreedSlotID(sooner["id"]?.text ?? ""))
        let by = try await places.namer(of: slot)
        let gone = AppointmentElsewhere(location: clinic.south.id, appointment: clinic.services.ambient.id())
        try await places.practice.work { work in
            _ = work.start(ReleaseElsewhere(slot: slot, elsewhere: gone, by: by, after: work.now))
        }
        try await eventually("it is not found") { try await places.practice.ledger(slot)?["elsewhere_reason"] == "not_found" }
        // What was thought to have failed may have been done: that is the last word.
        for failure in [ElsewhereFailure?.none, .unreachable] {
            try await places.practice.work { work in try await SettleElsewhere(slot: slot, failure: failure).run(work) }
            let row = try await places.practice.ledger(slot)
            #expect(row?["elsewhere_status"] == "released" && row?["elsewhere_reason"]?.bytes == JSON.null.bytes)
        }
    }

    @Test(
        "the right of whoever named it counts when it is given up: once withdrawn, it stays, and the ledger says who to ask",
        .shows("AZ-6", "TI-9")
    )
    func withdrawn() async throws {
        let places = try await TwoPlaces.shared.value
        let clinic = places.clinic
        let made = try await clinic.send(
            "owner",
            "POST",
            "/v1/organizations/\(clinic.organization)/api-keys",
            body: [
                "name": "Names and is revoked", "scopes": ["appointments.book", "appointments.cancel", "appointments.read"],
                "expires_at": .string(clinic.services.ambient.now().adding(seconds: 86_400).description),
            ]
        )
        let provider = try await places.practice.newProvider("Withdrawn")
        let day = Practice.day(550)
        let later = try await places.booked(day.adding(days: 9))
        let entry = try await places.waits(
            provider,
            giving: places.name(later, at: clinic.south),
            token: try #require(made.json["token"]?.text)
        )
        #expect(entry.status == 201, "\(entry.text)")
        let key = try #require(made.json["key"]?["id"]?.text)
        let revoked = try await clinic.send("owner", "DELETE", "/v1/organizations/\(clinic.organization)/api-keys/\(key)")
        #expect(revoked.status == 204, "\(revoked.text)")
        let row = try await places.settled(try await places.claimed(provider, day))
        #expect(row["elsewhere_status"] == "failed" && row["elsewhere_reason"] == "right_withdrawn")
        #expect(try await places.appointment(later).json["status"] == "booked")
    }
}
