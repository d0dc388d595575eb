import Access
import Assembly
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

/// Clients that register patients one after another and, as good clients do, send a request again under the same key until they know what became
/// of it. Everybody registered has a name of their own, so that nothing lost and nothing done twice can hide.
final class Crowd: Sendable {
    private struct State {
        var acknowledged: [String] = []
        var read: [String] = []
        var repeated = 0
        var refused: [String] = []
        var isOver = false
    }

    private let clinic: TestClinic
    private let ports: [Int]
    private let state = Mutex(State())

    init(_ clinic: TestClinic, ports: [Int]) {
        self.clinic = clinic
        self.ports = ports
    }

    /// Requests that were acknowledged so far.
    var done: Int { state.withLock { $0.acknowledged.count } }
    /// Requests that had to be sent again.
    var repeated: Int { state.withLock { $0.repeated } }

    /// Lets so many clients work while the body makes trouble; returns when all of them know what became of their last request.
    func work(clients: Int, during trouble: () async throws -> Void) async throws {
        let token = try await clinic.token("owner")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var number = 0
                    while !self.state.withLock({ $0.isOver }) {
                        try await self.register("Client\(Crowd.letters(client))", Crowd.letters(number), token)
                        number += 1
                    }
                }
            }
            do { try await trouble() } catch {
                state.withLock { $0.isOver = true }
                throw error
            }
            state.withLock { $0.isOver = true }
            try await group.waitForAll()
        }
    }

    /// Registers somebody and reads the chart, each until it is answered.
    private func register(_ given: String, _ family: String, _ token: String) async throws {
        let body: JSON = [
            "person": ["given_name": .string(given), "family_name": .string(family), "birth_date": "1990-04-01", "sex": "female"],
            "duplicate_acknowledged": true,
        ]
        let made = try await insist("POST", clinic.path(clinic.north, "patients"), token, body)
        guard made.status == 201 else { return state.withLock { $0.refused.append("\(made.status) \(made.text)") } }
        state.withLock { $0.acknowledged.append(given + " " + family) }
        let read = try await insist("GET", clinic.path(clinic.north, "patients/\(made.id)"), token, nil)
        guard read.status == 200, let id = read.headers["x-request-id"] else {
            return state.withLock { $0.refused.append("\(read.status) \(read.text)") }
        }
        state.withLock { $0.read.append(id) }
    }

    private func insist(_ method: String, _ path: String, _ token: String, _ body: JSON?) async throws -> TestAnswer {
        let key = hex(Ambient.system.bytes(12))
        // Longer than a cluster full of databases takes to recover.
        let deadline = ContinuousClock.now + .seconds(200)
        var attempt = Int.random(in: 0..<ports.count)
        while true {
            attempt += 1
            let port = ports[attempt % ports.count]
            let answer = try? await TestHTTP(port: port).send(
                method,
                path,
                token: token,
                body: body,
                headers: method == "POST" ? ["Idempotency-Key": key] : [:]
            )
            if let answer, answer.status < 500, answer.status != 429, answer.code != "request_running" { return answer }
            state.withLock { $0.repeated += 1 }
            guard ContinuousClock.now < deadline else {
                throw Problem(.failed, "never", "\(method) \(path) was never answered; last \(answer?.text ?? "nothing").")
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...120)))
        }
    }

    /// Everything acknowledged is there once and nothing else, each with its audit row; each answered read has one too. `others`: how many were
    /// registered besides.
    func check(others: Int = 0) async throws {
        let seen = state.withLock { $0 }
        #expect(seen.refused.isEmpty, "\(seen.refused.prefix(3))")
        #expect(!seen.acknowledged.isEmpty)
        let tenancy = clinic.services.tenancy
        let names: [String] = try await tenancy.transaction(clinic.north) { tx in
            try await tx.query(
                """
                select person.given_name || ' ' || person.family_name from {location}.patient join {location}.person on person.id = patient.person_id
                where person.given_name like 'Client%'
                """
            ).map { try $0.value(0) }
        }
        #expect(names.sorted() == seen.acknowledged.sorted())
        try await clinic.services.access.seal(.location(clinic.north))
        let (registered, reads) = try await tenancy.transaction(clinic.north) { tx in
            let registered: Int =
                try await tx.query(
                    "select count(*) from {location}.audit_entry where action = 'patient.register' "
                ).first?
                .value(0) ?? 0
            let reads: Int =
                try await tx.query(
                    "select count(distinct request_id::text) from {location}.audit_entry where action = 'patient.read' and request_id::text = any(\(seen.read))"
                ).first?
                .value(0) ?? 0
            return (registered, reads)
        }
        #expect(registered == seen.acknowledged.count + others)
        #expect(reads == Set(seen.read).count)
        try await clinic.checkTrail(clinic.north)
        try await checkConnections()
    }

    /// Nobody was left inside a transaction.
    private func checkConnections() async throws {
        try await eventually("no connection is idle in a transaction", within: .seconds(10)) {
            let idle: Int =
                try await clinic.services.tenancy.queueRead(
                    clinic.north.database,
                    "select count(*) from pg_catalog.pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
                ).first?
                .value(0) ?? 0
            return idle == 0
        }
    }

    /// A number in letters: names hold no digits.
    private static func letters(_ number: Int) -> String {
        String(String.UnicodeScalarView(String(number).unicodeScalars.map { UnicodeScalar($0.value + 49) ?? $0 }))
    }
}
