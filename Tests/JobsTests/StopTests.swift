import Jobs
import Logging
import ServiceLifecycle
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

extension QueueTests {
    @Suite(.serialized) struct StopTests {
        /// Runs a worker as a service and asks it to stop when `body` has returned; answers how long stopping took.
        private func stopping(
            _ clinic: QueueClinic,
            _ catalogue: JobCatalogue,
            grace: Duration,
            _ body: (JobWorker) async throws -> Void
        ) async throws -> Duration {
            var settings = JobWorkerSettings()
            settings.grace = grace
            let worker = clinic.worker(catalogue, nil, settings)
            let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [worker], logger: .quiet))
            let task = Task { try await group.run() }
            do {
                try await body(worker)
            } catch {
                task.cancel()
                throw error
            }
            let watch = Stopwatch()
            await group.triggerGracefulShutdown()
            try await task.value
            return watch.elapsed
        }

        @Test("a stopping worker finishes what it has begun")
        func finishes() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let begun = Gate()
            try await clinic.start(Probe(1))
            let catalogue = probing { _, _ in
                begun.open()
                try await Task.sleep(for: .milliseconds(300))
            }
            _ = try await stopping(clinic, catalogue, grace: .seconds(20)) { _ in await begun.pass() }
            #expect(try await clinic.count(.done) == 1)
            #expect(try await clinic.operations.workers(database: clinic.north.database).isEmpty)
        }

        @Test("what does not end within the grace is handed back, at no cost, and so is what had not begun")
        func handsBack() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, count: 100)
            let catalogue = probing { _, _ in try await Task.sleep(for: .seconds(600)) }
            let took = try await stopping(clinic, catalogue, grace: .milliseconds(200)) { worker in
                try await eventually("some are running") { worker.figures.running > 4 }
            }
            #expect(took < .seconds(5))
            #expect(try await clinic.count(.ready) == 100)
            #expect(try await clinic.operations.list(database: clinic.north.database, limit: 200).allSatisfy { $0.spent == 0 })
            // Another goes on at once: no lease has to end first.
            try await clinic.withWorkers(1, probing { _, _ in }) { _ in
                try await eventually("all are done", within: .seconds(4)) { try await clinic.count(.done) == 100 }
            }
        }

        @Test("a worker whose task is cancelled hands back at once")
        func cancelled() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            try await clinic.seed(Probe.kind, at: clinic.north, count: 3)
            try await clinic.withWorkers(1, probing { _, _ in try await Task.sleep(for: .seconds(600)) }) { workers in
                try await eventually("all are running") { workers[0].figures.running == 3 }
            }
            #expect(try await clinic.count(.ready) == 3)
        }

        @Test("a catalogue that contradicts itself does not start")
        func faults() async throws {
            let clinic = try QueueClinic.here()
            let twice = probing { _, _ in } + probing { _, _ in }
            #expect(twice.faults == ["job test.probe is registered twice"])
            await #expect(throws: Problem.self) { try await clinic.worker(twice).run() }
        }
    }
}
