import Postgres
import Tenancy
import Values

extension Access {
    /// Goes through every seal and every entry of a trail and names the first that is not as it was. Entries that were archived are read from
    /// the folder's signed files. Checkpoints show a cut tail and a rewritten chain: those noted in control are always asked, those kept
    /// elsewhere also hold against who can change control too. Needs memory for the ids of the trail: 16 bytes an entry.
    public func verify(_ trail: Trail, checkpoints: [Checkpoint] = [], archive: TrailFolder? = nil) async throws -> Verification {
        try await settle(trail)
        let kept = checkpoints.filter { $0.trail == trail.id && $0.kind == trail.kind }
        // One that was altered in control is as good as deleted there: only those kept elsewhere are evidence of a forger.
        let noted = try await notedCheckpoints(trail).filter { try $0.isGenuine(keys) }
        let own = (kept + noted).sorted { $0.batch < $1.batch }
        var walk = TrailWalk(trail: trail, tenancy: tenancy, checkpoints: own, archive: archive.map { TrailArchive($0, trail, keys) })
        if let forged = try kept.first(where: { try !$0.isGenuine(keys) }) {
            walk.result.finding = .forgedCheckpoint(batch: forged.batch)
            return walk.result
        }
        do {
            try await walk.seals()
            if walk.result.finding == nil { try await walk.checkTail() }
        } catch let damaged as SegmentDamaged {
            walk.result.finding = .damagedSegment(first: damaged.name.first, last: damaged.name.last)
        }
        if walk.result.finding == nil { try await walk.entries() }
        try await walk.unsealed()
        return walk.result
    }
}

/// One walk along a trail.
struct TrailWalk {
    let trail: Trail
    let tenancy: Tenancy
    let checkpoints: [Checkpoint]
    let archive: TrailArchive?
    var result = Verification()
    private var sealed: Set<UUID> = []
    private var head: [UInt8]

    init(trail: Trail, tenancy: Tenancy, checkpoints: [Checkpoint], archive: TrailArchive?) {
        self.trail = trail
        self.tenancy = tenancy
        self.checkpoints = checkpoints
        self.archive = archive
        head = trail.genesis
    }

    /// The seals after the last one seen, in order. Stops at the first finding.
    mutating func seals() async throws {
        while result.finding == nil {
            let rows = try await tenancy.read(
                trail,
                "select " + Seal.columns + " from " + trail.seals + " where batch > \(result.seals) order by batch limit 10"
            )
            for row in rows {
                try await check(row)
                if result.finding != nil { return }
            }
            if rows.count < 10 { return }
        }
    }

    private mutating func check(_ row: Row) async throws {
        let batch = try row.value(0, as: Int64.self)
        guard batch == result.seals + 1 else { return result.finding = .brokenChain(batch: result.seals + 1) }
        // No seal of ours is one that cannot be read.
        guard let seal = try? Seal(row), seal.digests.count == 32 * seal.ids.count else {
            return result.finding = .changedSeal(batch: batch)
        }
        if let finding = try await compare(seal) { return result.finding = finding }
        guard seal.isGenuine else { return result.finding = .changedSeal(batch: batch) }
        guard seal.previous == head else { return result.finding = .brokenChain(batch: batch) }
        let signed = try await archive?.hash(of: batch)
        if signed.map({ $0 != seal.hash }) == true || checkpoints.contains(where: { $0.batch == batch && $0.hash != seal.hash }) {
            return result.finding = .rewritten(batch: batch)
        }
        head = seal.hash
        result.seals = batch
        result.entries += seal.ids.count
    }

    /// The rows of a seal against their digests, in the seal's order.
    private mutating func compare(_ seal: Seal) async throws -> Verification.Finding? {
        let rows = try await tenancy.read(
            trail,
            "select " + TrailColumns.names + " from " + trail.entries + " where id = any (\(seal.ids))"
        )
        var digests: [UUID: [UInt8]] = [:]
        for row in rows {
            let id = try row.value(0, as: UUID.self)
            let entry = try? AuditEntry(row)
            // What cannot be read has a digest that nothing was sealed with.
            digests[id] = entry?.digest ?? []
        }
        if digests.count < seal.ids.count, let archived = try await archive?.digests(of: seal.batch) {
            for id in seal.ids where digests[id] == nil {
                digests[id] = archived[id]
                if digests[id] != nil { result.archived += 1 }
            }
        }
        for (position, id) in seal.ids.enumerated() {
            guard sealed.insert(id).inserted else { return .added(entry: AuditEntryID(id)) }
            guard let digest = digests[id] else { return .removed(entry: AuditEntryID(id), batch: seal.batch) }
            guard !seal.digest(position).elementsEqual(digest) else { continue }
            let stoodElsewhere = seal.ids.indices.contains { seal.digest($0).elementsEqual(digest) }
            return stoodElsewhere
                ? .reordered(entry: AuditEntryID(id), batch: seal.batch) : .changed(entry: AuditEntryID(id), batch: seal.batch)
        }
        return nil
    }

    mutating func checkTail() async throws {
        let expected = max(checkpoints.last?.batch ?? 0, try await archive?.last() ?? 0)
        if expected > result.seals { result.finding = .cutTail(expected: expected, last: result.seals) }
    }

    /// Every entry is in a seal or waits for one.
    mutating func entries() async throws {
        var last: UUID?
        while result.finding == nil {
            let rows = try await tenancy.read(
                trail,
                "select id from " + trail.entries
                    + " where id is not null and (\(last)::uuid is null or id > \(last)) order by id limit 5000"
            )
            let ids = try rows.map { try $0.value(0, as: UUID.self) }
            try await checkStrangers(ids.filter { !sealed.contains($0) })
            last = ids.last
            if rows.count < 5000 { return }
        }
    }

    /// Entries in no seal seen so far either wait, or were sealed since: then a newer seal has them.
    private mutating func checkStrangers(_ ids: [UUID]) async throws {
        guard !ids.isEmpty else { return }
        let rows = try await tenancy.read(
            trail,
            "select e.id from " + trail.entries + " e where e.id = any (\(ids)) and not exists (select from " + trail.unsealed
                + " u where u.id = e.id) order by e.id"
        )
        guard !rows.isEmpty else { return }
        try await seals()
        guard result.finding == nil else { return }
        let strangers = try rows.map { try $0.value(0, as: UUID.self) }
        if let stranger = strangers.first(where: { !sealed.contains($0) }) { result.finding = .added(entry: AuditEntryID(stranger)) }
    }

    /// How much waits, since when; and whether something that waited is gone or cannot be read.
    mutating func unsealed() async throws {
        let counts = try await tenancy.read(
            trail,
            "select count(*), min(e.at) filter (where e.readable) from " + trail.unsealed + " u join (select id, at, "
                + TrailColumns.readable
                + " as readable from " + trail.entries + ") e on e.id = u.id"
        )
        if let first = counts.first { (result.unsealed, result.oldestUnsealed) = try first.decode((Int, Instant?).self) }
        guard result.finding == nil else { return }
        let gone = try await tenancy.read(
            trail,
            "select u.id from " + trail.unsealed + " u where u.id is not null and not exists (select from " + trail.entries
                + " e where e.id = u.id) order by u.id limit 1"
        )
        if let row = gone.first { result.finding = .removed(entry: try row.value(0), batch: nil) } else { try await unreadable() }
    }

    /// The first entry that the sealer passes over.
    private mutating func unreadable() async throws {
        let waiting: Statement =
            "select u.id from " + trail.unsealed + " u join (select id from " + trail.entries + " where not (" + TrailColumns.readable
            + ")) e on e.id = u.id order by u.id limit 1"
        let rows = try await tenancy.read(
            trail,
            "(" + waiting + ") union all (select id from " + trail.entries + " where id is null limit 1)"
        )
        if let row = rows.first { result.finding = .unreadable(entry: try row.value(0)) }
    }
}
