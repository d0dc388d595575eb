import Assembly
import FoundationEssentials
import Jobs
import Postgres
import Redis
import Tenancy
import TestSupport
import Values

/// What is done at a busy clinic and how far it is.
extension BusyClinic {
    /// Starts a billing run at each location.
    func startRuns() async throws {
        for location in locations {
            try await ask("POST", clinic.path(location, "billing-runs"), ["from_day": "2026-10-01", "through_day": "2026-10-31"])
        }
    }

    func number(_ statement: Statement, at location: Location) async throws -> Int {
        try await clinic.services.tenancy.read(location, statement).first?.value(0) ?? 0
    }

    /// Encounters that the run of the first location has seen.
    func seen() async throws -> Int {
        try await number("select coalesce(max(seen), 0)::int8 from {location}.billing_run", at: clinic.north)
    }

    /// Claims of the remittance that the first location has posted.
    func posted() async throws -> Int { try await number("select count(*) from {location}.remittance_claim", at: clinic.north) }

    func claimNumbers(at location: Location) async throws -> [String] {
        try await clinic.services.tenancy.read(location, "select number from {location}.claim order by number").map { try $0.value(0) }
    }

    /// Waits until every visit is claimed and every claim in a file that was put out.
    func billed(within limit: Duration = .seconds(90)) async throws {
        for location in locations {
            try await eventually("the runs are finished and their files are out", within: limit) {
                let finished = try await number("select count(*) from {location}.billing_run where state = 'finished'", at: location)
                let planned = try await number(
                    "select count(*) from {location}.claim_file where state in ('planned', 'made')",
                    at: location
                )
                return finished == 1 && planned == 0
            }
        }
    }

    /// The payer's 835: of each 150.00 it pays 120.00 and writes 30.00 off.
    func receiveRemittance() async throws {
        var numbers: [String] = []
        for location in locations { numbers += try await claimNumbers(at: location) }
        let claims = numbers.flatMap {
            ["CLP*\($0)*1*150*120**12*ICN\($0)*11*1", "CAS*CO*45*30", "NM1*QC*1*LOVELACE*ADA****MI*W123456789"]
        }
        let body =
            [
                "ST*835*0001",
                "BPR*I*\(numbers.count * 120)*C*ACH*CCP*01*111000025*DA*33445566*1512345678**01*111000012*DA*144444*20261102",
                "TRN*1*BUSY1*1512345678", "DTM*405*20261102", "N1*PR*SUNRISE HEALTH PLAN", "N3*1 SYNTHETIC WAY", "N4*ANYTOWN*OH*45209",
                "PER*BL*EDI HELP*TE*8005550100", "N1*PE*HARBOR CLINICS LLC*XX*\(BusyClinic.npi)", "LX*1",
            ] + claims
        let segments =
            [
                "ISA*00*          *00*          *ZZ*CLEARING1      *ZZ*HARBOR1        *261102*0900*^*00501*000000100*0*T*:",
                "GS*HP*CLEARING1*HARBOR1*20261102*0900*100*X*005010X221A1",
            ] + body + ["SE*\(body.count + 1)*0001", "GE*1*100", "IEA*1*000000100"]
        let path = clinic.settings.folders.inbound + "/"
        try Data(segments.map { $0 + "~\n" }.joined().utf8).write(to: URL(filePath: path + ".busy.835"))
        try FileManager.default.moveItem(atPath: path + ".busy.835", toPath: path + "busy.835")
    }

    func remittances() async throws -> [JSON] {
        try await ask("GET", "/v1/organizations/\(clinic.organization)/remittances")["items"]?.items ?? []
    }

    func isPosted(within limit: Duration = .seconds(60)) async throws {
        try await eventually("the remittance is posted", within: limit) { try await remittances().first?["state"] == "posted" }
    }

    /// The files that were put out.
    func files() throws -> [String] {
        let folder = clinic.settings.folders.outbound
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".edi") }.map {
            String(decoding: FileManager.default.contents(atPath: folder + "/" + $0) ?? Data(), as: UTF8.self)
        }
    }

    /// Debits less credits of an account, over all patients.
    func balance(_ account: String, at location: Location) async throws -> Int {
        try await number(
            """
            select coalesce(sum(case when debit = \(account) then amount when credit = \(account) then -amount else 0 end), 0)::int8
            from {location}.ledger_line
            """,
            at: location
        )
    }

    /// Empties Redis, as if it had been killed and had lost its files.
    func flushRedis() async throws { _ = try await clinic.gateway.services.redis.command(RedisCommand("FLUSHALL")) }

    /// The most that Redis may hold; over that it takes no more writes.
    func limitRedis(bytes: Int) async throws {
        _ = try await clinic.gateway.services.redis.command(RedisCommand("CONFIG", "SET", "maxmemory", .integer(bytes)))
    }

    /// Every key of Redis with its dump, like a copy of its file.
    func redisContent() async throws -> [(key: [UInt8], dump: [UInt8])] {
        let redis = clinic.gateway.services.redis
        var content: [(key: [UInt8], dump: [UInt8])] = []
        for key in try await redis.command(RedisCommand("KEYS", "*")).array?.compactMap(\.bytes) ?? [] {
            if let dump = try await redis.command(RedisCommand("DUMP", .bytes(key))).bytes { content.append((key, dump)) }
        }
        return content
    }

    /// What an old file holds, and nothing else.
    func restoreRedis(_ content: [(key: [UInt8], dump: [UInt8])]) async throws {
        try await flushRedis()
        for (key, dump) in content {
            _ = try await clinic.gateway.services.redis.command(RedisCommand("RESTORE", .bytes(key), 0, .bytes(dump), "REPLACE"))
        }
    }

    /// Jobs in a state, in all queues.
    func jobs(_ state: JobState) async throws -> [JobRecord] {
        var found: [JobRecord] = []
        for database in [nil] + clinic.settings.servers.locationDatabases.map(Optional.some) {
            found += try await clinic.services.jobOperations.list(database: database, state: state, limit: 10_000)
        }
        return found
    }
}
