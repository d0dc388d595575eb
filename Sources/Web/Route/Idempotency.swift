public import Access
import Crypto
import Jobs
public import Postgres
import Tenancy
public import Values

/// A creating request under its Idempotency-Key (DESIGN L8): in flight once, done once, answered alike ever after.
///
/// The first flight tries a lock that ends with the transaction, then looks for the key's row; the answer is stored in the transaction of
/// the effect. A request that failed has stored nothing, so its key may be used again. Answers are stored sealed: some hold a token that is
/// shown once, and a repetition shows the same one.
struct Idempotency: Sendable {
    let actor: UUID
    let route: String
    let key: String
    let bodyHash: [UInt8]
    let lock: Int
    let now: Instant
    private let keys: KeyRing
    private let context: SealContext

    /// Errors: 400 without a key of 1...128 visible ASCII characters.
    init(_ exchange: Exchange) throws(Problem) {
        guard let key = exchange.headers.idempotencyKey, (1...128).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Problem(
                .malformed,
                "idempotency_key_required",
                "Send an Idempotency-Key of 1 to 128 printable characters without spaces, a new one for each thing made."
            )
        }
        self.key = key
        actor = exchange.call.caller.actor.id
        route = "POST " + exchange.call.route
        now = exchange.call.now
        // The path is part of what was asked: one key on two patients is a mistake, not a repetition.
        bodyHash = Array(SHA256.hash(data: Array(exchange.path.utf8) + [0] + exchange.body))
        let tenant =
            switch exchange.call.place {
            case .location(let location): location.id.uuid
            case .organization(let organization): organization.uuid
            case .account: actor
            }
        let digest = Array(SHA256.hash(data: tenant.bytes + actor.bytes + Array(route.utf8) + [0] + Array(key.utf8)))
        let words = (digest[0..<8].reduce(0) { $0 << 8 | UInt64($1) }, digest[8..<16].reduce(0) { $0 << 8 | UInt64($1) })
        lock = Int(bitPattern: UInt(words.0))
        keys = exchange.keys
        context = SealContext(tenant: tenant, table: "idempotency", id: UUID(high: words.0, low: words.1), column: "answer")
    }

    /// Thrown out of the transaction, which has nothing to do any more.
    struct Replay: Error {
        let reply: Reply
    }

    var tryLock: Statement { "select pg_try_advisory_xact_lock(\(lock))" }

    /// Reads the answers of `tryLock` and of the look-up.
    func check(_ answers: [Rows]) throws {
        if let row = answers[1].first {
            let (hash, status, answer, etag) = try row.decode(([UInt8], Int, [UInt8], String?).self)
            guard hash == bodyHash else {
                throw Problem(.invalid, "idempotency_key_reused", "This Idempotency-Key was used for another request. Use a new one.")
            }
            throw Replay(reply: try reply(status: status, sealed: answer, etag: etag))
        }
        guard try answers[0].first?.value(0, as: Bool.self) == true else {
            throw Problem(
                .conflict,
                "request_running",
                "A request with this Idempotency-Key is running. Ask again for its answer.",
                retryAfter: 1
            )
        }
    }

    /// The stored answer: the Location header's line, then the body.
    func sealed(_ reply: Reply) throws -> [UInt8] {
        try keys.seal(Array((reply.location ?? "").utf8) + [UInt8(ascii: "\n")] + reply.body, for: context)
    }

    private func reply(status: Int, sealed: [UInt8], etag: String?) throws -> Reply {
        let answer = try keys.open(sealed, for: context)
        let end = answer.firstIndex(of: UInt8(ascii: "\n")) ?? answer.startIndex
        let location = String(decoding: answer[..<end], as: UTF8.self)
        return Reply(
            status: status,
            body: Array(answer[end...].dropFirst()),
            etag: etag,
            location: location.isEmpty ? nil : location,
            headers: [("Idempotent-Replayed", "true")]
        )
    }
}

/// The statements of the two tables that keep answers.
public enum IdempotencyStore {
    static func find(_ it: Idempotency) -> Statement {
        """
        select body_hash, status, answer, etag from {location}.idempotency_key
        where actor = \(it.actor) and route = \(it.route) and key = \(it.key)
        """
    }

    static func keep(_ it: Idempotency, _ reply: Reply) throws -> Statement {
        """
        insert into {location}.idempotency_key (actor, route, key, body_hash, status, answer, etag, created_at)
        values (\(it.actor), \(it.route), \(it.key), \(it.bodyHash), \(reply.status), \(try it.sealed(reply)), \(reply.etag), \(it.now))
        """
    }

    static func find(_ it: Idempotency, in organization: OrganizationID) -> Statement {
        """
        select body_hash, status, answer, etag from control.idempotency
        where organization_id = \(organization) and actor = \(it.actor) and route = \(it.route) and key = \(it.key)
        """
    }

    static func keep(_ it: Idempotency, _ reply: Reply, in organization: OrganizationID) throws -> Statement {
        """
        insert into control.idempotency (organization_id, actor, route, key, body_hash, status, answer, etag, created_at)
        values (
            \(organization), \(it.actor), \(it.route), \(it.key), \(it.bodyHash), \(reply.status), \(try it.sealed(reply)), \(reply.etag), \(it.now)
        )
        """
    }

    /// They are gone before a key is retired.
    public static let sealedColumns: [SealedColumn] = [
        .shortLived(.location, "idempotency_key", "answer"), .shortLived(.organization, "idempotency", "answer"),
    ]

    /// Answers are kept for 72 hours. Through a location's door.
    public static func expire(at now: Instant) -> Statement {
        "delete from {location}.idempotency_key where created_at < \(now.adding(seconds: -72 * 3600))"
    }

    /// Through an organization's door.
    public static func expireInOrganization(at now: Instant) -> Statement {
        "delete from control.idempotency where created_at < \(now.adding(seconds: -72 * 3600))"
    }
}

extension Exchange {
    /// One transaction at the location, once per Idempotency-Key.
    func once(_ version: VersionUse, _ body: (Work) async throws -> Reply) async throws -> Reply {
        let it = try Idempotency(self)
        return try await replaying {
            try await work(version) { work in
                work.tx.prelude([it.tryLock, IdempotencyStore.find(it)], check: it.check)
                let reply = try await body(work)
                work.tx.enqueue(try IdempotencyStore.keep(it, reply))
                return reply
            }
        }
    }

    /// One transaction of the organization, once per Idempotency-Key.
    func onceInOrganization(_ version: VersionUse, _ body: (OrganizationWork) async throws -> Reply) async throws -> Reply {
        let it = try Idempotency(self)
        return try await replaying {
            try await organizationWork(version) { work in
                work.tx.prelude([it.tryLock, IdempotencyStore.find(it, in: work.organization)], check: it.check)
                let reply = try await body(work)
                work.tx.enqueue(try IdempotencyStore.keep(it, reply, in: work.organization))
                return reply
            }
        }
    }

    func work(_ version: VersionUse, _ body: (Work) async throws -> Reply) async throws -> Reply {
        let expected = try expectedVersion(version)
        let location = try call.location
        return try await retrying {
            try await call.tenancy.work(location, by: call.caller, ambient: call.ambient, expectedVersion: expected, wake: wake, body)
        }
    }

    func organizationWork(_ version: VersionUse, _ body: (OrganizationWork) async throws -> Reply) async throws -> Reply {
        let expected = try expectedVersion(version)
        let organization = try call.organization
        return try await retrying {
            try await call.tenancy.organizationWork(
                organization,
                by: call.caller,
                ambient: call.ambient,
                expectedVersion: expected,
                wake: wake,
                body
            )
        }
    }

    private func replaying(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            return try await body()
        } catch let replay as Idempotency.Replay {
            return replay.reply
        }
    }

    /// A transaction that lost a race is run once more; a second loss is the caller's to see (503).
    private func retrying(_ body: () async throws -> Reply) async throws -> Reply {
        do {
            return try await body()
        } catch let error as PostgresError where error.sqlState?.isRetryable == true {
            return try await body()
        }
    }
}
