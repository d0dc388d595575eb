import Postgres
public import Tenancy
public import Values

extension Access {
    /// Moves the entries of seals that ended before `before` into signed files of the folder, as far as they are what was sealed; the seals stay.
    /// Answers how many entries. The rows go only once their file is on disk and reads back as sealed; a killed run is simply run again.
    /// Files sealed with a key of before are sealed anew, so that a rotation can end. Only the owner may take a row out of a trail. Errors: `trail_damaged` when an entry or seal is not as it was.
    public func archive(_ trail: Trail, before: Instant, in folder: TrailFolder, owner: Owner, by caller: Caller) async throws -> Int {
        let archive = TrailArchive(folder, trail, keys)
        var done: Int64 = 0
        for name in try await archive.names() {
            guard name.first == done + 1 else { throw Access.archiveDamaged }
            try await archive.renew(name)
            done = name.last
        }
        // A run that was killed between file and rows leaves the rows of its last file.
        if done > 0 { try await remove(archive.digests(of: done).keys.map { $0 }, from: trail, owner) }
        var moved = 0
        while let segment = try await segment(trail, after: done, before: before) {
            try await archive.keep(segment)
            try await remove(segment.entries.map(\.id.uuid), from: trail, owner)
            let act = Act("audit.archived", "audit_seal", changed: ["\(segment.first)-\(segment.last)"])
            try await record(act, in: trail, by: caller)
            done = segment.last
            moved += segment.entries.count
        }
        return moved
    }

    private static let archiveDamaged = Problem.conflict(
        "archive_damaged",
        "A file of the archive is missing, was changed or was not signed here."
    )
    private static let trailDamaged = Problem.conflict(
        "trail_damaged",
        "The trail is not as it was sealed. Verify it before it is archived."
    )
    private static let sealsPerSegment = 10

    /// The next seals that are old enough, with their entries, each checked against its digest.
    private func segment(_ trail: Trail, after done: Int64, before: Instant) async throws -> Segment? {
        let rows = try await tenancy.read(
            trail,
            "select " + Seal.columns + " from " + trail.seals + " where batch > \(done) order by batch limit \(Access.sealsPerSegment)"
        )
        // What cannot be read is missing below: the trail is damaged.
        let seals = rows.compactMap { try? Seal($0) }.prefix { $0.lastAt < before }
        guard let first = seals.first, let last = seals.last else { return nil }
        var entries: [AuditEntry] = []
        var next = done + 1
        for seal in seals {
            guard seal.batch == next, seal.isGenuine else { throw Access.trailDamaged }
            let rows = try await tenancy.read(
                trail,
                "select " + TrailColumns.names + " from " + trail.entries + " where id = any (\(seal.ids))"
            )
            let found = Dictionary(rows.compactMap { try? AuditEntry($0) }.map { ($0.id.uuid, $0) }) { first, _ in first }
            for (position, id) in seal.ids.enumerated() {
                guard let entry = found[id], seal.digest(position).elementsEqual(entry.digest) else { throw Access.trailDamaged }
                entries.append(entry)
            }
            next += 1
        }
        return Segment(first: first.batch, last: last.batch, hash: last.hash, madeAt: ambient.now(), entries: entries)
    }

    private func remove(_ ids: [UUID], from trail: Trail, _ owner: Owner) async throws {
        let delete: Statement = "delete from " + trail.entries + " where id = any (\(ids))"
        switch trail {
        case .location(let location): try await owner.transaction(location) { tx in tx.enqueue(delete) }
        case .organization(let organization): try await owner.transaction(organization) { tx in tx.enqueue(delete) }
        }
    }
}

/// The segments of one trail in a folder.
actor TrailArchive {
    private let folder: TrailFolder
    private let trail: Trail
    private let keys: KeyRing
    private var found: [SegmentName]?
    /// The segment read last: seals are asked for in order.
    private var loaded: (name: SegmentName, digests: [UUID: [UInt8]], hash: [UInt8])?

    init(_ folder: TrailFolder, _ trail: Trail, _ keys: KeyRing) {
        self.folder = folder
        self.trail = trail
        self.keys = keys
    }

    func names() async throws -> [SegmentName] {
        if let found { return found }
        let names = try await folder.names().compactMap { SegmentName($0, of: trail) }.sorted()
        found = names
        return names
    }

    /// The digests of the entries that the segment with this seal holds; empty when none has it. Errors: `SegmentDamaged`.
    func digests(of batch: Int64) async throws -> [UUID: [UInt8]] { try await load(batch)?.digests ?? [:] }

    /// What a segment that ends with this seal says the seal's hash was; nil when none does.
    func hash(of batch: Int64) async throws -> [UInt8]? {
        guard let segment = try await load(batch), segment.name.last == batch else { return nil }
        return segment.hash
    }

    /// The newest seal that a segment was signed for.
    func last() async throws -> Int64 { try await names().last?.last ?? 0 }

    /// Writes a segment and reads it back.
    func keep(_ segment: Segment) async throws {
        let name = SegmentName(segment.first, segment.last)
        try await folder.write(try segment.file(of: trail, keys), as: name.file(of: trail))
        found = (found ?? []) + [name]
        let kept = try await digests(of: segment.first)
        guard segment.entries.allSatisfy({ kept[$0.id.uuid] == $0.digest }) else { throw SegmentDamaged(name: name) }
    }

    /// Seals a file anew that a key of before sealed.
    func renew(_ name: SegmentName) async throws {
        let segment = try await segment(name)
        guard !segment.isCurrent else { return }
        try await folder.write(try segment.file(of: trail, keys), as: name.file(of: trail))
    }

    private func segment(_ name: SegmentName) async throws -> Segment {
        guard let file = try await folder.read(name.file(of: trail)), let segment = try Segment(file, of: trail, keys),
            segment.first == name.first, segment.last == name.last
        else { throw SegmentDamaged(name: name) }
        return segment
    }

    private func load(_ batch: Int64) async throws -> (name: SegmentName, digests: [UUID: [UInt8]], hash: [UInt8])? {
        if let loaded, (loaded.name.first...loaded.name.last).contains(batch) { return loaded }
        guard let name = try await names().last(where: { ($0.first...$0.last).contains(batch) }) else { return nil }
        let segment = try await segment(name)
        let digests = Dictionary(segment.entries.map { ($0.id.uuid, $0.digest) }) { first, _ in first }
        loaded = (name, digests, segment.hash)
        return loaded
    }
}

/// A file of the archive was changed or was not signed here.
struct SegmentDamaged: Error {
    let name: SegmentName
}
