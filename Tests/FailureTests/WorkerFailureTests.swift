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

    @Test("a day with the worker killed or Redis emptied in the middle ends right, once", arguments: Fault.allCases)
    func day(_ fault: Fault) async throws {
        let busy = try await BusyClinic.open()
        var worker = try WorkerProgram(busy.clinic.settings)
        let visits = busy.visits(at: busy.clinic.north)

        try await busy.startRuns()
        let runFaults = try await strike(fault, &worker, busy, atMost: 3) { (try await busy.seen(), visits) }
        #expect(runFaults > 1)
        try await busy.billed()
        try await checkClaims(busy)

        try await busy.receiveRemittance()
        let postingFaults = try await strike(fault, &worker, busy, atMost: 3) { (try await busy.posted(), visits) }
        #expect(postingFaults > 1)
        try await eventually("the remittance is posted", within: .seconds(60)) { try await busy.remittances().first?["state"] == "posted" }
        try await checkPostings(busy)

        #expect(try await busy.jobs(.dead).isEmpty)
        try await worker.kill()
        await busy.clinic.close()
    }

    @Test("a worker that is asked to stop ends within a minute, hands its jobs back, and another goes on")
    func stopped() async throws {
        let busy = try await BusyClinic.open()
        let worker = try WorkerProgram(busy.clinic.settings)
        try await busy.startRuns()
        try await eventually("the run has begun", within: .seconds(30)) { try await busy.seen() > 0 }
        #expect(try await worker.stop() == 0)
        #expect(try await busy.jobs(.running).isEmpty)
        #expect(try await busy.jobs(.ready).allSatisfy { $0.spent == 0 })
        for database in [nil] + busy.clinic.settings.servers.locationDatabases.map(Optional.some) {
            #expect(try await busy.clinic.services.jobOperations.workers(database: database).isEmpty)
        }
        let next = try WorkerProgram(busy.clinic.settings)
        try await busy.billed()
        try await checkClaims(busy)
        #expect(try await busy.jobs(.dead).isEmpty)
        #expect(try await next.stop() == 0)
        await busy.clinic.close()
    }

    /// Lets the fault happen each time that work has gone on but is not at its end; how often it did.
    private func strike(
        _ fault: Fault,
        _ worker: inout WorkerProgram,
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
                worker = try WorkerProgram(busy.clinic.settings)
            }
        }
        return struck
    }

    /// One claim and one invoice of each visit, each claim in one file, and the insurer owes all of it.
    private func checkClaims(_ busy: BusyClinic) async throws {
        var written: [String: Int] = [:]
        let files = try busy.files()
        for segment in files.flatMap({ $0.split(separator: "~") }) {
            let elements = segment.split(separator: "*", omittingEmptySubsequences: false)
            if elements.count > 1, elements[0].drop(while: \.isWhitespace) == "CLM" { written[String(elements[1]), default: 0] += 1 }
        }
        #expect(written.values.allSatisfy { $0 == 1 })
        var (claims, planned) = (0, 0)
        for location in busy.locations {
            let visits = busy.visits(at: location)
            let numbers = try await busy.claimNumbers(at: location)
            #expect(numbers.allSatisfy { written[$0] == 1 })
            claims += numbers.count
            planned += try await busy.number("select count(*) from {location}.claim_file where state = 'written'", at: location)
            #expect(try await busy.number("select count(distinct encounter_id) from {location}.claim", at: location) == visits)
            #expect(try await busy.number("select count(*) from {location}.claim", at: location) == visits)
            #expect(try await busy.number("select count(distinct encounter_id) from {location}.invoice", at: location) == visits)
            #expect(try await busy.number("select count(*) from {location}.invoice", at: location) == visits)
            #expect(try await busy.number("select count(*) from {location}.ledger_entry where kind = 'claim'", at: location) == visits)
            #expect(try await busy.balance("receivable:insurance", at: location) == visits * 150_00)
            #expect(try await busy.balance("receivable:patient", at: location) == 0)
        }
        #expect(claims == written.count && planned == files.count)
    }

    /// Each claim is paid once, and nobody owes anything any more.
    private func checkPostings(_ busy: BusyClinic) async throws {
        let remittances = try await busy.remittances()
        let visits = busy.locations.reduce(0) { $0 + busy.visits(at: $1) }
        #expect(remittances.count == 1)
        #expect(remittances.first?["amount"] == .integer(visits * 120_00) && remittances.first?["unmatched_claims"] == 0)
        for location in busy.locations {
            let visits = busy.visits(at: location)
            #expect(
                try await busy.number("select count(*) from {location}.remittance_claim where state = 'posted'", at: location) == visits
            )
            #expect(try await busy.number("select count(*) from {location}.remittance_claim", at: location) == visits)
            #expect(
                try await busy.number("select count(*) from {location}.ledger_line where debit = 'cash:insurance'", at: location) == visits
            )
            #expect(try await busy.number("select count(*) from {location}.claim where state = 'paid'", at: location) == visits)
            #expect(try await busy.balance("cash:insurance", at: location) == visits * 120_00)
            #expect(try await busy.balance("adjustments:contractual", at: location) == visits * 30_00)
            #expect(try await busy.balance("receivable:insurance", at: location) == 0)
            #expect(try await busy.balance("receivable:patient", at: location) == 0)
            #expect(try await busy.balance("revenue", at: location) == -visits * 150_00)
        }
    }
}
