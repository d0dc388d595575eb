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
    }
}
