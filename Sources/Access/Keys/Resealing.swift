import Logging
import Postgres
import Tenancy
import Values

/// What a pass over sealed values did.
public struct Resealed: Sendable, Hashable {
    public var rows = 0
    /// What no key of the file opens. It is left as it is.
    public var unreadable = 0

    public init(rows: Int = 0, unreadable: Int = 0) {
        self.rows = rows
        self.unreadable = unreadable
    }

    public static func += (left: inout Resealed, right: Resealed) {
        left.rows += right.rows
        left.unreadable += right.unreadable
    }
}

extension Access {
    /// How many values of the column each key has sealed here.
    public func keyUse(of column: SealedColumn, in place: SealedPlace) async throws -> [UInt32: Int] {
        guard place.holds(column) else { return [:] }
        var use: [UInt32: Int] = [:]
        for (head, count) in try await read(place, column.use).decode(([UInt8], Int).self) {
            use[KeyRing.keyID(ofHead: head) ?? 0, default: 0] += count
        }
        return use
    }

    /// Seals anew, with the key in use, what an earlier key sealed. A row is changed only from the very value that was read, in one statement
    /// with its digest, so it can be opened at every moment, and a run that was killed is simply run again. Each batch is one transaction
    /// with its audit entry. `before` runs before each batch; what it throws ends the run.
    public func reseal(
        _ column: SealedColumn,
        in place: SealedPlace,
        by caller: Caller,
        before: () throws -> Void
    ) async throws -> Resealed {
        guard place.holds(column), !column.isShortLived else { return Resealed() }
        var result = Resealed()
        // A row that somebody changed meanwhile, with the earlier key still, is met by the next pass.
        for _ in 0..<5 {
            let pass = try await pass(column, place, caller, before)
            result.rows += pass.rows
            result.unreadable = pass.unreadable
            if pass.rows == 0 { break }
        }
        return result
    }

    private func pass(_ column: SealedColumn, _ place: SealedPlace, _ caller: Caller, _ before: () throws -> Void) async throws -> Resealed
    {
        var result = Resealed()
        var last = UUID(high: 0, low: 0)
        while true {
            try before()
            let rows = try await read(place, column.stale(after: last, current: keys.currentID, limit: 200)).decode((UUID, [UInt8]).self)
            guard let end = rows.last?.0 else { return result }
            last = end
            var updates: [(id: UUID, update: Statement)] = []
            for (id, sealed) in rows {
                do {
                    updates.append((id, try update(column, place, id, sealed)))
                } catch {
                    result.unreadable += 1
                    logger.error("a sealed value cannot be opened", metadata: ["column": "\(column.name)", "row": "\(id)"])
                }
            }
            guard !updates.isEmpty else { continue }
            result.rows += try await change(place) { tx in
                let changed = zip(updates, try await tx.query(updates.map(\.update))).filter { $1.affected == 1 }.map(\.0.id)
                record(Act("key.resealed", "sealed_value", changed: [column.name], objects: changed), in: place, by: caller, tx)
                return changed.count
            }
        }
    }

    private func update(_ column: SealedColumn, _ place: SealedPlace, _ id: UUID, _ sealed: [UInt8]) throws -> Statement {
        let context = column.context(place, id)
        let plain = try keys.open(sealed, for: context)
        var digest: [UInt8]?
        if let purpose = column.digest?.purpose {
            guard let text = String(validating: plain, as: UTF8.self) else { throw KeyRing.Failure.malformed }
            digest = keys.digest(text, purpose: purpose)
        }
        return column.update(id, from: sealed, to: try keys.seal(plain, for: context), digest: digest)
    }

    // MARK: Doors

    private func read(_ place: SealedPlace, _ statement: Statement) async throws -> Rows {
        switch place {
        case .accounts: try await tenancy.signInRead(statement)
        case .organization(let id): try await tenancy.organizationRead(id, statement)
        case .location(let location): try await tenancy.read(location, statement)
        }
    }

    private func change<Value: Sendable>(_ place: SealedPlace, _ body: (Transaction) async throws -> Value) async throws -> Value {
        switch place {
        case .accounts: try await tenancy.signIn(body)
        case .organization(let id): try await tenancy.organization(id, body)
        case .location(let location): try await tenancy.transaction(location, body)
        }
    }

    /// An account belongs to no organization: the start of the rotation stands in the trail of each.
    private func record(_ act: Act, in place: SealedPlace, by caller: Caller, _ tx: Transaction) {
        guard !act.objects.isEmpty else { return }
        switch place {
        case .accounts: break
        case .organization(let id): tx.auditOrganization(act, organization: id, by: caller, at: ambient.now(), ambient: ambient)
        case .location: tx.audit(act, by: caller, at: ambient.now(), ambient: ambient)
        }
    }
}
