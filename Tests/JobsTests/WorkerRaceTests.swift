import Foundation
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Jobs

extension QueueTests {
    /// Measure time or take every core, so deploy/test runs them when nothing else does.
    @Suite(.serialized) struct WorkerRaceTests {
        @Test("handlers that compute on every core for longer than the lease keep their jobs")
        func computing() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let lease = Duration.milliseconds(1500)
            let count = ProcessInfo.processInfo.activeProcessorCount * 2
            for number in 0..<count { try await clinic.start(Probe(number)) }
            let record = Record()
            let catalogue = probing { job, context in
                record.add(job.number, context)
                let end = ContinuousClock.now + lease * 2
                while ContinuousClock.now < end {}
            }
            let others = clinic.stores(ambientID: 9)
            try await clinic.withWorkers(1, catalogue) {
                $0.lease = lease
                $0.heartbeat = .milliseconds(300)
            } _: { workers in
                // On a thread of its own, as another machine's worker would.
                let rescued = try await Task(executorPreference: BeatExecutor()) { () -> Int in
                    let beat = BeatExecutor()
                    var rescued = 0
                    while workers[0].figures.done < count, rescued == 0 {
                        rescued += try await others.leases.rescue()
                        await beat.sleep(for: .milliseconds(50))
                    }
                    return rescued
                }.value
                #expect(rescued == 0)
                try await eventually("all are done") { try await clinic.count(.done) == count }
            }
            #expect(record.entries.map(\.attempt) == Array(repeating: 1, count: count))
        }

        @Test("the backlog of a single location is worked off as fast as its places allow, without hints")
        func alone() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, count: 600)
            let start = ContinuousClock.now
            // 12 places, 20 ms each: one second. A worker that waits for its next look after each dozen needs nearly twenty.
            try await clinic.withWorkers(1, probing { _, _ in try await Task.sleep(for: .milliseconds(20)) }) { workers in
                try await eventually("all ran") { workers[0].figures.done == 600 }
            }
            #expect(ContinuousClock.now - start < .seconds(8))
        }

        @Test("a location with a long backlog delays another's single job by less than 200 ms where a worker has a place free")
        func single() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let waiting = try TestServers.current().isLong ? 100_000 : 5000
            try await clinic.seed(Probe.kind, at: clinic.north, count: waiting)
            let ran = Mutex<[Int: ContinuousClock.Instant]>([:])
            let catalogue = probing { job, context in
                if context.location?.id == clinic.south.id { return ran.withLock { $0[job.number] = .now } }
                try await Task.sleep(for: .milliseconds(20))
            }
            try await clinic.withWorkers(1, catalogue) { workers in
                try await eventually("north keeps the worker busy") { workers[0].figures.done > 100 }
                var delays: [Duration] = []
                for number in 1...9 {
                    try await clinic.start(Probe(number), at: clinic.south)
                    let start = ContinuousClock.now
                    try await eventually("south's job ran") { ran.withLock { $0[number] != nil } }
                    delays.append((ran.withLock { $0[number] } ?? .now) - start)
                }
                // The middle one: a machine that is busy with something else for a moment is no unfairness.
                #expect(delays.sorted()[4] < .milliseconds(200), "\(delays)")
                #expect(try await clinic.count(.ready) > waiting / 10)
            }
        }
    }
}
