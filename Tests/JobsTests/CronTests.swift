import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    @Suite(.serialized) struct CronTests {
        @Test("a slot fires once, however many workers look at it; for each location in its own queue", .shows("TM-4", "JF-4"))
        func once() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            let now = Mutex(try #require(Instant("2026-03-02T12:00:10Z")))
            let ambient = Ambient(now: { now.withLock { $0 } }, random: Ambient.system.random)
            var catalogue = probing { job, context in record.add(job.number, context) }
            catalogue.cron = [
                CronEntry("test.platform", .every(seconds: 60)) { _ in Probe(1) },
                CronEntry(eachLocation: "test.everywhere", .daily(.midnight)) { _, _ in Probe(2) },
            ]
            let tables = (0..<2).map { _ in Cron(entries: catalogue.cron, tenancy: clinic.tenancy, ambient: ambient) }
            try await withThrowingTaskGroup { group in
                for _ in 0..<5 { for cron in tables { group.addTask { _ = try await cron.fire() } } }
                try await group.waitForAll()
            }
            try await clinic.withWorkers(2, catalogue) { workers in
                // The workers' own clock is elsewhere: their slots are others, and each of those fires once too.
                try await eventually("every slot ran") {
                    record.entries.filter { $0.number == 2 }.count == 6 && record.entries.filter { $0.number == 1 }.count >= 2
                }
            }
            #expect(
                Set(record.entries.filter { $0.number == 2 }.map(\.location)) == [clinic.north.id, clinic.south.id, clinic.elsewhere.id]
            )
            let control = try await clinic.operations.list(database: nil)
            #expect(Set(control.map(\.createdAt)).count == control.count)
        }

        @Test("a suspended location gets only what runs for suspended ones too, and that runs")
        func suspended() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let record = Record()
            let sealed = Mutex<[LocationID?]>([])
            var catalogue = probing { job, context in record.add(job.number, context) }
            catalogue.jobs.append(JobRegistration(Tireless.self) { _, context in sealed.withLock { $0.append(context.location?.id) } })
            catalogue.cron = [
                CronEntry(eachLocation: "test.usual", .daily(.midnight)) { _, _ in Probe(3) },
                CronEntry(eachLocation: "test.tireless", .daily(.midnight)) { _, _ in Tireless() },
            ]
            func state(_ state: String) async throws {
                try await clinic.sql(
                    "update control.location_directory set state = \(state) where id = \(clinic.south.id)",
                    in: clinic.controlName
                )
                try await eventually("it is known") {
                    let listed = try await clinic.tenancy.locations().first { $0.id == clinic.south.id }
                    let found = try await clinic.tenancy.location(role: clinic.south.role.name)
                    return [listed?.state.rawValue, found?.state.rawValue] == [state, state]
                }
            }
            try await state("suspended")
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("both kinds ran where they should") {
                    record.count == 2 && Set(sealed.withLock { $0 }) == [clinic.north.id, clinic.south.id, clinic.elsewhere.id]
                }
            }
            #expect(Set(record.entries.map(\.location)) == [clinic.north.id, clinic.elsewhere.id])
            try await state("active")
        }

        @Test("after an absence only the latest slot is made up for, and a finished slot is not fired again")
        func catchUp() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let now = Mutex(try #require(Instant("2026-03-02T12:00:10Z")))
            let ambient = Ambient(now: { now.withLock { $0 } }, random: Ambient.system.random)
            let entries = [CronEntry("test.platform", .every(seconds: 60)) { _ in Probe(1) }]
            _ = try await Cron(entries: entries, tenancy: clinic.tenancy, ambient: ambient).fire()
            now.withLock { $0 = $0.adding(seconds: 3600) }
            _ = try await Cron(entries: entries, tenancy: clinic.tenancy, ambient: ambient).fire()
            #expect(try await clinic.operations.list(database: nil).count == 2)
            try await clinic.withWorkers(1, probing { _, _ in }) { _ in
                try await eventually("both ran") { try await clinic.operations.list(database: nil, state: .done).count == 2 }
            }
            _ = try await Cron(entries: entries, tenancy: clinic.tenancy, ambient: ambient).fire()
            #expect(try await clinic.operations.list(database: nil).count == 2)
        }
    }
}

/// Runs for suspended locations too.
struct Tireless: ParameterlessJob {
    static let kind = "test.tireless"
    static let policy = JobPolicy(whileSuspended: true)
}

@Suite struct CronScheduleTests {
    private func latest(_ schedule: CronSchedule, _ now: String, _ zone: String = "America/New_York") throws -> String {
        let rules = TimeZoneRules(try #require(ZoneName(zone)))
        let slot = schedule.latest(at: try #require(Instant(now)), rules)
        return "\(slot.key) \(slot.instant)"
    }

    @Test("slots are counted from fixed points")
    func even() throws {
        #expect(try latest(.every(seconds: 300), "2026-03-02T12:04:59Z") == "2026-03-02T12:00:00Z 2026-03-02T12:00:00Z")
        #expect(try latest(.every(seconds: 300), "2026-03-02T12:05:00Z") == "2026-03-02T12:05:00Z 2026-03-02T12:05:00Z")
        #expect(try latest(.hourly(minute: 15), "2026-03-02T12:14:00Z") == "2026-03-02T11:15:00Z 2026-03-02T11:15:00Z")
    }

    @Test("days, weeks and months follow the wall clock")
    func wallClock() throws {
        let two = try #require(TimeOfDay("02:00"))
        #expect(try latest(.daily(two), "2026-03-02T06:59:00Z") == "2026-03-01 2026-03-01T07:00:00Z")
        #expect(try latest(.daily(two), "2026-03-02T07:00:00Z") == "2026-03-02 2026-03-02T07:00:00Z")
        #expect(try latest(.weekly(weekday: 1, two), "2026-03-04T12:00:00Z") == "2026-03-02 2026-03-02T07:00:00Z")
        #expect(try latest(.monthly(day: 28, two), "2026-03-04T12:00:00Z") == "2026-02-28 2026-02-28T07:00:00Z")
        #expect(try latest(.daily(two), "2026-03-02T12:00:00Z", "Asia/Kolkata") == "2026-03-02 2026-03-01T20:30:00Z")
    }

    @Test("a skipped time is due when the gap ends, a repeated one the first time only", .shows("TM-4"))
    func transitions() throws {
        let time = try #require(TimeOfDay("02:30"))
        #expect(try latest(.daily(time), "2026-03-08T12:00:00Z") == "2026-03-08 2026-03-08T07:00:00Z")
        let early = try #require(TimeOfDay("01:30"))
        #expect(try latest(.daily(early), "2026-11-01T05:45:00Z") == "2026-11-01 2026-11-01T05:30:00Z")
        #expect(try latest(.daily(early), "2026-11-01T06:45:00Z") == "2026-11-01 2026-11-01T05:30:00Z")
    }
}
