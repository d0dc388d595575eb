import Testing
import Values

@testable import Jobs

@Suite struct MembersTests {
    private enum Side: String, QueueValue { case left, right }

    @Test("members come back as they were written")
    func roundTrip() throws {
        let id = Ambient.system.id(PatientID.self)
        let day = try #require(Day("2026-03-02"))
        var members: QueueMembers = ["patient": id, "day": day, "count": 3, "side": Side.right, "code": "a \"quoted\" code"]
        members["days"] = QueueMembers.list([day, day.adding(days: 1)])
        let read = try QueueMembers(json: members.json)
        #expect(read == members)
        #expect(try read.id("patient", as: PatientID.self) == id)
        #expect(try read.value("day", as: Day.self) == day)
        #expect(try read.value("count", as: Int.self) == 3)
        #expect(try read.value("side", as: Side.self) == .right)
        #expect(try read.list("days", of: Day.self) == [day, day.adding(days: 1)])
        #expect(try read.optional("absent", as: Int.self) == nil)
    }

    @Test("what is missing or is something else is named")
    func unreadable() throws {
        let members: QueueMembers = ["count": "many"]
        #expect(throws: QueueMembers.Unreadable(member: "patient")) { try members.id("patient", as: PatientID.self) }
        #expect(throws: QueueMembers.Unreadable(member: "count")) { try members.value("count", as: Int.self) }
        #expect(throws: (any Error).self) { try QueueMembers(json: "[1]") }
    }

    @Test("waits grow, are spread, and have an end")
    func backoff() {
        let backoff = JobBackoff(first: .seconds(1), maximum: .seconds(60))
        #expect(backoff.delay(failed: 1, random: 0) == .milliseconds(750))
        #expect(backoff.delay(failed: 1, random: .max) >= .milliseconds(1249))
        #expect(backoff.delay(failed: 3, random: 1 << 63) == .seconds(4))
        #expect(backoff.delay(failed: 1000, random: 1 << 63) == .seconds(60))
    }
}
