import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Working hours, closures and blocks")
struct HoursTests {
    @Test("outside a provider's hours nothing is booked, and the nearest alternatives lie inside them")
    func outside() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(100)
        let provider = try await practice.newProvider("Hours")
        try await practice.works(provider, day, "09:00", "12:00")
        try await practice.works(provider, day, "13:00", "17:00")
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        for time in ["08:45", "11:45", "12:15", "16:45", "20:00"] {
            let answer = try await practice.book(day, time, theirs)
            #expect(answer.status == 409 && answer.code == "not_bookable", "\(answer.text)")
            #expect(answer.rules == ["outside_hours"])
        }
        let late = try await practice.book(day, "12:15", theirs)
        #expect(
            late.json["alternatives"]?.items.compactMap { $0["starts_at"]?.text }
                == ["11:30", "13:00", "11:15"].map { practice.moment(day, $0) }
        )
        _ = try await practice.booked(day, "11:30", theirs)
        // A taken slot is refused with alternatives inside the hours as well.
        let taken = try await practice.book(patient: 1, day, "11:30", theirs)
        #expect(taken.code == "slot_taken")
        #expect(
            taken.json["alternatives"]?.items.compactMap { $0["starts_at"]?.text }
                == ["11:00", "10:45", "10:30"].map { practice.moment(day, $0) }
        )
    }

    @Test("own working hours that overlap are refused by a code of their own, also when they are changed")
    func overlapping() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(101)
        let provider = try await practice.newProvider("Overlap")
        try await practice.works(provider, day, "09:00", "12:00")
        let path = clinic.path(clinic.north, "weekly-hours")
        let same: JSON = [
            "resource_id": .string(provider), "weekday": .integer(day.weekday), "from": "11:00", "until": "14:00",
            "from_day": .string(day.description),
        ]
        #expect(try await clinic.send("location_manager", "POST", path, body: same).code == "hours_overlap")
        let later = try await practice.works(provider, day, "12:00", "00:00")
        #expect(later.json["until"]?.text == "00:00")
        let changed = try await clinic.send(
            "location_manager",
            "PATCH",
            "\(path)/\(later.id)",
            body: ["from": "11:59"],
            headers: ["If-Match": later.etag]
        )
        #expect(changed.code == "hours_overlap")
        let list = try await clinic.send("front_desk", "GET", "\(path)?resource_id=\(provider)")
        #expect(list.json["items"]?.items.compactMap { $0["from"]?.text } == ["09:00", "12:00"])
        #expect(try await clinic.send("location_manager", "DELETE", "\(path)/\(later.id)").status == 428)
        #expect(try await clinic.send("location_manager", "DELETE", "\(path)/\(later.id)", headers: ["If-Match": "\"7\""]).status == 412)
        #expect(try await clinic.send("location_manager", "DELETE", "\(path)/\(later.id)", headers: ["If-Match": later.etag]).status == 204)
        #expect(try await clinic.send("front_desk", "GET", "\(path)/\(later.id)").status == 404)
        let dated: JSON = [
            "resource_id": .string(provider), "from_day": .string(day.description), "reason": "Course",
            "hours": [["from": "09:00", "until": "12:00"], ["from": "11:00", "until": "13:00"]],
        ]
        #expect(
            try await clinic.send("location_manager", "POST", clinic.path(clinic.north, "dated-hours"), body: dated).code == "hours_overlap"
        )
    }

    @Test("a day off, a closure and other hours for a day hold instead of the weekly ones, and end with their removal")
    func dated() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(102)
        let provider = try await practice.newProvider("Dated")
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider))]
        try await practice.works(provider, day, "09:00", "12:00")
        let off = try await practice.make(
            "dated-hours",
            ["resource_id": .string(provider), "from_day": .string(day.description), "reason": "Course"]
        )
        #expect(try await practice.book(day, "09:00", theirs).rules == ["outside_hours"])
        let path = clinic.path(clinic.north, "dated-hours/\(off.id)")
        let evening = try await clinic.send(
            "location_manager",
            "PATCH",
            path,
            body: ["hours": [["from": "18:00", "until": "20:00"]], "reason": "Evening"],
            headers: ["If-Match": off.etag]
        )
        #expect(evening.status == 200, "\(evening.text)")
        _ = try await practice.booked(day, "18:00", theirs)
        #expect(try await practice.book(patient: 1, day, "09:00", theirs).rules == ["outside_hours"])
        #expect(try await clinic.send("location_manager", "DELETE", path, headers: ["If-Match": evening.etag]).status == 204)
        _ = try await practice.booked(patient: 1, day, "09:00", theirs)
        let closed = try await practice.make("dated-hours", ["from_day": .string(day.description), "reason": "Holiday"])
        #expect(try await practice.book(patient: 2, day, "10:00", theirs).rules == ["closed"])
        let again: JSON = [
            "from_day": .string(day.adding(days: -1).description), "through_day": .string(day.description), "reason": "Again",
        ]
        #expect(
            try await clinic.send("location_manager", "POST", clinic.path(clinic.north, "dated-hours"), body: again).code
                == "dated_hours_overlap"
        )
        let place = clinic.path(clinic.north, "dated-hours/\(closed.id)")
        #expect(try await clinic.send("location_manager", "DELETE", place, headers: ["If-Match": closed.etag]).status == 204)
    }

    @Test("a block keeps a room free with its buffers, what was booked before stays, and who blocked it is named")
    func blocks() async throws {
        let practice = try await Ruled.shared.value
        let day = Practice.day(103)
        let room = try await practice.make("resources", ["kind": "room", "name": "Blocked room"]).id
        let use: [(key: String, value: JSON)] = [("resource_ids", [.string(room)])]
        let before = try await practice.booked(day, "10:00", use)
        let blocked = try await practice.block(room, day, "09:00", "11:00")
        #expect(try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(before.id)").json["status"]?.text == "booked")
        let answer = try await practice.book(patient: 1, day, "09:15", use + [("provider_id", .string(practice.colleague))])
        #expect(answer.rules == ["block"])
        let obstacle = answer.json["obstacles"]?.items.first
        #expect(obstacle?["cause"]?["id"]?.text == blocked.id)
        #expect(obstacle?["cause"]?["set_by"]?.text == blocked.json["updated_by"]?.text)
        #expect(obstacle?["remedy"]?["action"]?.text == "remove_block")
        _ = try await practice.booked(patient: 1, day, "11:00", use + [("provider_id", .string(practice.colleague))])
    }

    @Test("what cannot be hours or a block is refused by name")
    func malformed() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        func code(_ path: String, _ body: JSON) async throws -> String? {
            let answer = try await clinic.send("location_manager", "POST", clinic.path(clinic.north, path), body: body)
            #expect(answer.status == 422, "\(answer.text)")
            return answer.json["errors"]?.items.first?["code"]?.text
        }
        #expect(try await code("weekly-hours", ["weekday": 8, "from": "09:00", "until": "10:00"]) == "out_of_range")
        #expect(try await code("weekly-hours", ["weekday": 1, "from": "10:00", "until": "09:00"]) == "before_from")
        #expect(
            try await code("weekly-hours", ["resource_id": .string(practice.patients[0]), "weekday": 1, "from": "09:00", "until": "10:00"])
                == "unknown_reference"
        )
        #expect(try await code("dated-hours", ["from_day": "2027-01-01", "through_day": "2028-06-01", "reason": "Long"]) == "too_long")
        let moment = "2027-01-01T10:00:00Z"
        #expect(try await code("blocks", ["starts_at": .string(moment), "ends_at": .string(moment), "reason_code": "x"]) == "before_start")
        #expect(
            try await code("blocks", ["starts_at": .string(moment), "ends_at": "2029-01-01T10:00:00Z", "reason_code": "x"]) == "too_long"
        )
    }
}
