import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("The day board")
struct BoardTests {
    @Test("one request shows hours, appointments, blocks and holds of a day; the same again is 304; any change makes it new")
    func board() async throws {
        // Its own: whatever anybody adds to the clinic makes every board new.
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let day = Practice.day(160)
        let path = clinic.path(clinic.north, "day-boards/\(day)")
        let provider = try await practice.newProvider("Boarded")
        try await practice.works(provider, day, "09:00", "17:00")
        let booked = try await practice.booked(
            day,
            "10:00",
            [("provider_id", .string(provider)), ("resource_ids", [.string(practice.room)])]
        )
        let first = try await clinic.send("front_desk", "GET", path)
        #expect(first.status == 200, "\(first.text)")
        let entry = first.json["appointments"]?.items.first
        #expect(entry?["id"]?.text == booked.id && entry?["patient_name"]?.text == "Ada Park")
        #expect(entry?["resource_ids"]?.items.compactMap(\.text) == [practice.room])
        let column = first.json["resources"]?.items.first { $0["id"]?.text == provider }
        #expect(column?["hours"]?.items.first?["starts_at"]?.text == practice.moment(day, "09:00"))
        #expect(try await clinic.send("front_desk", "GET", path, headers: ["If-None-Match": first.etag]).status == 304)
        var tag = first.etag
        func isNew() async throws -> JSON? {
            let next = try await clinic.send("front_desk", "GET", path, headers: ["If-None-Match": tag])
            tag = next.etag
            return next.status == 200 ? next.json : nil
        }
        let block = try await practice.block(practice.room, day, "13:00", "14:00")
        #expect(try await isNew()?["blocks"]?.items.first?["id"]?.text == block.id)
        let hold: JSON = [
            "type_id": .string(practice.visit), "provider_id": .string(provider), "day": .string(day.description), "time": "15:00",
        ]
        let held = try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "holds"), body: hold)
        #expect(try await isNew()?["holds"]?.items.first?["id"]?.text == held.id)
        let closed = try await practice.make("dated-hours", ["from_day": .string(day.description), "reason": "Holiday"])
        let holiday = try await isNew()
        #expect(holiday?["reason"]?.text == "Holiday" && holiday?["hours"]?.items.isEmpty == true)
        _ = try await clinic.send(
            "location_manager",
            "DELETE",
            clinic.path(clinic.north, "dated-hours/\(closed.id)"),
            headers: ["If-Match": closed.etag]
        )
        #expect(try await isNew()?["reason"]?.text == nil)
        _ = try await practice.step(booked.id, "cancellation", ["reason_code": "patient_ill"])
        #expect(try await isNew()?["appointments"]?.items.isEmpty == true)
        #expect(try await clinic.send("front_desk", "GET", path, headers: ["If-None-Match": tag]).status == 304)
        await clinic.close()
    }
}
