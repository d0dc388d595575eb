import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@Suite("PostgreSQL that is slow, cut off, stopped, or refuses", .serialized)
struct DatabaseFailureTests {
    @Test(
        "a network that loses requests and answers, delays and garbles them, loses and doubles nothing that was acknowledged",
        .shows("JF-8")
    )
    func badNetwork() async throws {
        let proxy = FaultProxy()
        let port = try await proxy.start(before: try TestServers.current().databasePort)
        let clinic = try await TestClinic.open { $0.servers.databasePort = port }
        let crowd = Crowd(clinic, ports: [clinic.http.port])
        let long = try TestServers.current().isLong
        try await crowd.work(clients: 8) {
            for fault in [.cutBeforeRequest, .cutBeforeAnswer, .cutAfterAnswer, .corruptAnswer, .delay(milliseconds: 40)]
                as [FaultProxy.Fault]
            {
                let before = (crowd.done, proxy.happened)
                proxy.set([fault], oneIn: 40)
                try await eventually("faults happen: \(fault)", within: .seconds(60)) { proxy.happened > before.1 + (long ? 100 : 4) }
                proxy.set([])
                try await eventually("work goes on after \(fault)", within: .seconds(60)) { crowd.done > before.0 + 20 }
            }
        }
        #expect(crowd.repeated > 0)
        try await crowd.check()
        await clinic.close()
    }

    @Test(
        "PostgreSQL stopped at once under load, and started again: no acknowledged write and no audit of an answered read is lost",
        .shows("JF-7", "AP-2")
    )
    func immediateStop() async throws {
        let clinic = try await TestClinic.open()
        let crowd = Crowd(clinic, ports: [clinic.http.port])
        try await crowd.work(clients: 12) {
            for stop in 1...3 {
                let done = crowd.done
                try await eventually("work goes on before stop \(stop)", within: .seconds(60)) { crowd.done > done + 60 }
                try await Servers.cutPostgreSQL()
                let answer = try await clinic.http.send("GET", "/readyz")
                #expect(answer.status == 503 || answer.json["dependencies"]?["control"] != "up")
                try await Servers.startPostgreSQL()
            }
            let done = crowd.done
            try await eventually("work goes on after the last stop", within: .seconds(60)) { crowd.done > done + 60 }
        }
        #expect(crowd.repeated > 0)
        try await crowd.check()
        await clinic.close()
    }

    enum Refusal: CaseIterable {
        case readOnly, noConnections
    }

    @Test(
        "a database that takes no writes or no connections answers 503 with Retry-After, and all goes on by itself after it",
        .shows("RS-9", "JF-7"),
        arguments: Refusal.allCases
    )
    func refusing(_ refusal: Refusal) async throws {
        let proxy = FaultProxy()
        let port = try await proxy.start(before: try TestServers.current().databasePort)
        let clinic = try await TestClinic.open { $0.servers.databasePort = port }
        let database = clinic.north.database
        let patients = clinic.path(clinic.north, "patients")
        func register() async throws -> TestAnswer {
            try await clinic.send(
                "owner",
                "POST",
                patients,
                body: [
                    "person": ["given_name": "Ada", "family_name": "Lovelace", "birth_date": "1990-04-01"], "duplicate_acknowledged": true,
                ]
            )
        }
        #expect(try await register().status == 201)
        switch refusal {
        case .readOnly: try await clinic.alter(database, "set default_transaction_read_only = on")
        case .noConnections: try await clinic.alter(database, "connection limit 0")
        }
        await proxy.cut()
        try await eventually("writes are refused") { try await register().status == 503 }
        for _ in 0..<5 {
            let refused = try await register()
            #expect(refused.status == 503 && refused.headers["retry-after"] != nil, "\(refused.status) \(refused.text)")
        }
        switch refusal {
        case .readOnly: try await clinic.alter(database, "reset default_transaction_read_only")
        case .noConnections: try await clinic.alter(database, "connection limit -1")
        }
        if refusal == .readOnly { await proxy.cut() }
        try await eventually("writes are taken again", within: .seconds(15)) { try await register().status == 201 }
        await clinic.close()
    }
}
