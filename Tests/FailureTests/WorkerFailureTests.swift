import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Workers that are killed, stopped, or lose Redis", .serialized)
struct WorkerFailureTests {
    enum Fault: CaseIterable {
        case killedWorker, flushedRedis
    }

    @Test("a day with the worker killed or Redis emptied in the middle ends right, once", .shows("MC-6", "JF-2"), arguments: Fault.allCases)
    func day(_ fault: Fault) async throws {
        let busy = try await BusyClinic.open()
        var worker = try Program("polyclinic-worker", [], busy.clinic.settings)
        let visits = busy.visits(at: busy.clinic.north)

        try await busy.startRuns()
        let runFaults = try await strike(fault, &worker, busy, atMost: 3) { (try await busy.seen(), visits) }
        #expect(runFaults > 1)
        try await busy.billed()
        try await busy.checkClaims()

        try await busy.receiveRemittance()
        let postingFaults = try await strike(fault, &worker, busy, atMost: 3) { (try await busy.posted(), visits) }
        #expect(postingFaults > 1)
        try await busy.isPosted()
        try await busy.checkPostings()

        #expect(try await busy.jobs(.dead).isEmpty)
        try await worker.kill()
        await busy.clinic.close()
    }

    @Test("a worker that is asked to stop ends within a minute, hands its jobs back, and another goes on", .shows("JF-6"))
    func stopped() async throws {
        let busy = try await BusyClinic.open()
        let worker = try Program("polyclinic-worker", [], busy.clinic.settings)
        try await busy.startRuns()
        try await eventually("the run has begun", within: .seconds(30)) { try await busy.seen() > 0 }
        #expect(try await worker.stop() == 0)
        #expect(try await busy.jobs(.running).isEmpty)
        #expect(try await busy.jobs(.ready).allSatisfy { $0.spent == 0 })
        for database in [nil] + busy.clinic.settings.servers.locationDatabases.map(Optional.some) {
            #expect(try await busy.clinic.services.jobOperations.workers(database: database).isEmpty)
        }
        let next = try Program("polyclinic-worker", [], busy.clinic.settings)
        try await busy.billed()
        try await busy.checkClaims()
        #expect(try await busy.jobs(.dead).isEmpty)
        #expect(try await next.stop() == 0)
        await busy.clinic.close()
    }

    /// Lets the fault happen each time that work has gone on but is not at its end; how often it did.
    private func strike(
        _ fault: Fault,
        _ worker: inout Program,
        _ busy: BusyClinic,
        atMost times: Int,
        _ progress: () async throws -> (done: Int, of: Int)
    ) async throws -> Int {
        var (last, struck) = (0, 0)
        while struck < times {
            try await eventually("work goes on after \(last)", within: .seconds(40)) { try await progress().done > last }
            let (done, all) = try await progress()
            if done >= all { break }
            last = done
            struck += 1
            switch fault {
            case .flushedRedis: try await busy.flushRedis()
            case .killedWorker:
                try await worker.kill()
                worker = try Program("polyclinic-worker", [], busy.clinic.settings)
            }
        }
        return struck
    }
}
