import Assembly
import Jobs
import Postgres
import Redis
import Tenancy
import TestSupport
import Testing
import Values

@Suite("Redis that is killed, away, full, or back from an old file", .serialized)
struct RedisFailureTests {
    enum Fault: CaseIterable {
        /// Killed in the middle and started again.
        case killed
        /// Away from the first second to the last.
        case away
        /// Takes no more writes.
        case full
        /// Everything it knew at the beginning, and nothing it learned since.
        case oldFile
    }

    @Test("a billing run and a posting end right, once, whatever becomes of Redis", .shows("RS-9", "JF-1"), arguments: Fault.allCases)
    func day(_ fault: Fault) async throws {
        let busy = try await BusyClinic.open()
        if fault == .away { try await Servers.killRedis() }
        let worker = try Program("polyclinic-worker", [], busy.clinic.settings)
        try await busy.startRuns()
        try await eventually("the run has begun", within: .seconds(30)) { try await busy.seen() > 0 }
        let old = fault == .oldFile ? try await busy.redisContent() : []
        switch fault {
        case .killed:
            try await Servers.killRedis()
            try await Servers.startRedis()
        case .full: try await busy.limitRedis(bytes: 1)
        case .away, .oldFile: break
        }
        try await busy.billed()
        try await busy.checkClaims()
        if fault == .oldFile { try await busy.restoreRedis(old) }
        try await busy.receiveRemittance()
        try await busy.isPosted()
        if fault == .oldFile { try await busy.restoreRedis(old) }
        try await busy.checkPostings()
        #expect(try await busy.jobs(.dead).isEmpty)
        switch fault {
        case .away: try await Servers.startRedis()
        case .full: try await busy.limitRedis(bytes: 256 * 1024 * 1024)
        case .killed, .oldFile: break
        }
        #expect(worker.isRunning)
        try await worker.kill()
        await busy.clinic.close()
    }
}
