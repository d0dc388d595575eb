import Postgres
import Tenancy
import Values

extension Access {
    /// Seals whatever committed entries have no seal, in batches, until none is left. Answers how many. An entry may commit late: it is found by
    /// its row in `audit_unsealed`, not by a position (L13). One that cannot be read is left unsealed, and `verify` names it.
    @discardableResult
    public func seal(_ trail: Trail) async throws -> Int {
        guard try await tenancy.read(trail, trail.hasWaiting).first?.value(0, as: Bool.self) == true else { return 0 }
        try await settle(trail)
        var total = 0
        while true {
            let sealed = try await sealBatch(trail)
            total += sealed
            if sealed < Access.entriesPerSeal { return total }
        }
    }

    /// What reads recorded waits in the intake of the database; whoever looks into a location's trail brings it there first.
    func settle(_ trail: Trail) async throws {
        if case .location(let location) = trail { try await tenancy.settleTrail(of: location, lock: trail.lock) }
    }

    private static let entriesPerSeal = 1000

    private func sealBatch(_ trail: Trail) async throws -> Int {
        try await tenancy.transaction(trail) { tx in
            // The later statements see what was committed when the lock was had.
            let answers = try await tx.query([
                "select pg_advisory_xact_lock(\(trail.lock))",
                "select batch, coalesce(hash, '') from " + trail.seals + " order by batch desc limit 1",
                trail.waiting(atMost: Access.entriesPerSeal),
            ])
            let entries = try answers[2].map(AuditEntry.init)
            guard !entries.isEmpty else { return 0 }
            let head = try answers[1].first?.decode((Int64, [UInt8]).self)
            let seal = Seal(batch: (head?.0 ?? 0) + 1, of: entries, previous: head?.1 ?? trail.genesis, at: ambient.now())
            tx.enqueue(trail.insert(seal))
            tx.enqueue("delete from " + trail.unsealed + " where id = any (\(seal.ids))")
            return entries.count
        }
    }
}

extension Trail {
    fileprivate var hasWaiting: Statement {
        let isUnsealed: Statement = "select exists (select from " + unsealed + ")"
        return switch self {
        case .location: isUnsealed + " or exists (select from queue.audit_intake where location = current_user)"
        case .organization: isUnsealed
        }
    }

    /// The oldest entries that wait. Joined, so that rows whose entry was removed or cannot be read cannot fill the batch and stop the sealer.
    fileprivate func waiting(atMost limit: Int) -> Statement {
        let readable: Statement = "(select id from " + entries + " where " + TrailColumns.readable + ")"
        let ids: Statement = "select u.id from " + unsealed + " u join " + readable + " e on e.id = u.id order by u.id limit \(limit)"
        return "select " + TrailColumns.names + " from " + entries + " where id in (" + ids + ") and " + TrailColumns.readable
            + " order by id"
    }

    fileprivate func insert(_ seal: Seal) -> Statement {
        let values: Statement =
            """
            \(seal.batch), \(seal.ids), \(seal.digests), \(seal.firstAt), \(seal.lastAt), \(seal.hash), \(seal.previous), \(seal.sealedAt))
            """
        return switch self {
        case .location: "insert into {location}.audit_seal (" + Seal.columns + ") values (" + values
        case .organization(let id): "insert into control.audit_seal (organization_id, " + Seal.columns + ") values (\(id), " + values
        }
    }
}
