import Assembly
import Jobs
import Synchronization
import TestSupport
import Testing

@Suite("Workers side by side that are killed, paused past their leases, and whose clocks are apart", .serialized)
struct WorkerCrewFailureTests {
    private static let isLong = (try? TestServers.current().isLong) ?? false

    @Test(
        "two workers that start at the same moment, one of them killed or paused at any moment, do everything once",
        .shows("MC-6", "JF-2", "JF-3")
    )
    func struck() async throws {
        let wanted = Self.isLong ? 200 : 6
        var strikes = 0
        while strikes < wanted {
            let busy = try await BusyClinic.open()
            let crew = try Crew(busy.clinic.settings, clocks: [0, 0])
            let left = wanted - strikes
            async let striking = strike(crew, atMost: left)
            try await day(busy)
            crew.rest()
            let struck = try await striking
            #expect(struck > 0)
            strikes += struck
            #expect(try await busy.jobs(.dead).isEmpty)
            try await crew.kill()
            await busy.clinic.close()
        }
        print("failure: \(strikes) workers struck in runs and postings")
    }

    @Test(
        "workers whose clocks are twenty minutes apart share the work, and rescue each other's, as those whose clocks agree",
        .shows("JF-2")
    )
    func clocks() async throws {
        let busy = try await BusyClinic.open()
        let crew = try Crew(busy.clinic.settings, clocks: [0, 1200])
        try await busy.startRuns()
        for member in [0, 1] {
            let seen = try await busy.seen()
            try await eventually("the run goes on", within: .seconds(60)) { try await busy.seen() > seen }
            try await crew.restart(member)
        }
        try await busy.billed()
        try await busy.checkClaims()
        try await busy.receiveRemittance()
        try await busy.isPosted()
        try await busy.checkPostings()
        #expect(try await busy.jobs(.dead).isEmpty)
        try await crew.kill()
        await busy.clinic.close()
    }

    /// A billing run and a posting, and what must be true after each.
    private func day(_ busy: BusyClinic) async throws {
        try await busy.startRuns()
        try await busy.billed(within: .seconds(600))
        try await busy.checkClaims()
        try await busy.receiveRemittance()
        try await busy.isPosted(within: .seconds(600))
        try await busy.checkPostings()
    }

    /// Strikes now this one and now that one; answers how often when the work is done. A paused one sleeps past its lease now and then, so that it
    /// wakes up in the middle of work that has been given to the other.
    private func strike(_ crew: Crew, atMost times: Int) async throws -> Int {
        var struck = 0
        while struck < times, !crew.isResting {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...2500)))
            let victim = Int.random(in: 0...1)
            if Int.random(in: 0..<3) == 0 {
                crew.pause(victim)
                try await Task.sleep(for: .milliseconds([300, 7_500].randomElement() ?? 300))
                crew.resume(victim)
            } else {
                try await crew.restart(victim)
            }
            struck += 1
        }
        return struck
    }
}

/// Worker processes of one clinic.
private final class Crew: Sendable {
    private let settings: Settings
    private let clocks: [Int]
    private let members: Mutex<[Program]>
    private let isOver = Mutex(false)

    /// `clocks`: the seconds by which each one's clock is ahead.
    init(_ settings: Settings, clocks: [Int]) throws {
        self.settings = settings
        self.clocks = clocks
        members = Mutex(try clocks.map { try Program("polyclinic-worker", [], settings, clock: $0) })
    }

    /// kill -9, and another one in its place.
    func restart(_ member: Int) async throws {
        try await members.withLock { $0[member] }.kill()
        let next = try Program("polyclinic-worker", [], settings, clock: clocks[member])
        members.withLock { $0[member] = next }
    }

    func pause(_ member: Int) { members.withLock { $0[member].pause() } }

    func resume(_ member: Int) { members.withLock { $0[member].resume() } }

    /// No more strikes.
    func rest() { isOver.withLock { $0 = true } }

    var isResting: Bool { isOver.withLock { $0 } }

    func kill() async throws {
        for member in members.withLock({ $0 }) { try await member.kill() }
    }
}
