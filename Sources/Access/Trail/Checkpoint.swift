import Crypto
import Postgres
import Tenancy
public import Values

/// The signed head of a chain, to be kept elsewhere: it proves later that the chain was neither cut nor rewritten.
public struct Checkpoint: Sendable, Hashable {
    /// `location` or `organization`.
    public let kind: String
    /// The location's or the organization's id.
    public let trail: UUID
    public let batch: Int64
    public let hash: [UInt8]
    public let madeAt: Instant
    let signature: [UInt8]

    /// One line: `polyclinic-checkpoint-1 location <id> <batch> <hash> <time> <signature>`. The signature is Ed25519 over what stands before it.
    public var text: String { signed + " " + Base64URL.encode(signature) }

    private var signed: String { Checkpoint.signed(kind, trail, batch, hash, madeAt) }

    private static func signed(_ kind: String, _ trail: UUID, _ batch: Int64, _ hash: [UInt8], _ madeAt: Instant) -> String {
        "polyclinic-checkpoint-1 \(kind) \(trail) \(batch) \(hex(hash)) \(madeAt)"
    }

    init(_ trail: Trail, batch: Int64, hash: [UInt8], at now: Instant, keys: KeyRing) throws {
        kind = trail.kind
        self.trail = trail.id
        self.batch = batch
        self.hash = hash
        madeAt = now
        let text = Array(Checkpoint.signed(trail.kind, trail.id, batch, hash, now).utf8)
        signature = Array(try keys.signingKey().signature(for: text))
    }

    /// Reads a line; nil when it is none. Whether it is genuine is `verify`'s to say.
    public init?(_ line: some StringProtocol) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 7, words[0] == "polyclinic-checkpoint-1", words[1] == "location" || words[1] == "organization",
            let trail = UUID(words[2]), let batch = Int64(words[3]), batch > 0, let hash = bytes(hex: words[4]), hash.count == 32,
            let madeAt = Instant(words[5]), let signature = Base64URL.decode(words[6]), signature.count == 64
        else { return nil }
        kind = String(words[1])
        self.trail = trail
        self.batch = batch
        self.hash = hash
        self.madeAt = madeAt
        self.signature = signature
    }

    /// Reads what control noted: batch, hash, time, signature.
    init(_ row: Row, of trail: Trail) throws {
        kind = trail.kind
        self.trail = trail.id
        (batch, hash, madeAt, signature) = try row.decode((Int64, [UInt8], Instant, [UInt8]).self)
    }

    func isGenuine(_ keys: KeyRing) throws -> Bool {
        let text = Array(signed.utf8)
        return try keys.checkpointKeys().contains { $0.isValidSignature(signature, for: text) }
    }
}

extension Access {
    /// Signs the head of a chain and notes it in control; nil when nothing is sealed yet. Keep its `text` outside the database.
    public func checkpoint(_ trail: Trail) async throws -> Checkpoint? {
        let head = try await tenancy.read(trail, "select batch, coalesce(hash, '') from " + trail.seals + " order by batch desc limit 1")
            .first
        // A head that was altered proves nothing; verifying names it.
        guard let (batch, hash) = try head?.decode((Int64, [UInt8]).self), hash.count == 32 else { return nil }
        let checkpoint = try Checkpoint(trail, batch: batch, hash: hash, at: ambient.now(), keys: keys)
        let (organization, location) = trail.owners
        try await tenancy.organization(organization) { tx in
            tx.enqueue(
                """
                insert into control.audit_checkpoint (id, organization_id, location_id, batch, hash, made_at, signature) \
                values (\(ambient.id(AuditEntryID.self)), \(organization), \(location), \(batch), \(hash), \(checkpoint.madeAt), \
                \(checkpoint.signature))
                """
            )
        }
        return checkpoint
    }

    /// The newest checkpoints noted in control. One that cannot be read was altered, so it is as good as deleted.
    func notedCheckpoints(_ trail: Trail) async throws -> [Checkpoint] {
        let (organization, location) = trail.owners
        let rows = try await tenancy.organizationRead(
            organization,
            """
            select batch, hash, made_at, signature from control.audit_checkpoint where location_id is not distinct from \(location)::uuid \
            and organization_id = \(organization) order by batch desc limit 1000
            """
        )
        return rows.compactMap { try? Checkpoint($0, of: trail) }
    }

    /// Adds a checkpoint to the trail's file in a folder, best one of another machine, unless the file ends with the same seal. Answers it.
    @discardableResult
    public func checkpoint(_ trail: Trail, in folder: TrailFolder) async throws -> Checkpoint? {
        let file = Checkpoint.file(of: trail)
        let lines = try await folder.read(file).map { String(decoding: $0, as: UTF8.self).split(separator: "\n") } ?? []
        let last = lines.last.flatMap { Checkpoint($0) }
        let head = try await tenancy.read(trail, "select max(batch) from " + trail.seals).first?.value(0, as: Int64?.self)
        guard let head, head != last?.batch, let made = try await checkpoint(trail) else { return nil }
        try await folder.append(made.text, to: file)
        return made
    }

    /// The same for every trail, in the folder of the settings; does nothing without one. `check` runs between trails. A trail that fails does
    /// not keep the others; its error is thrown at the end.
    public func exportCheckpoints(_ check: () throws -> Void) async throws {
        guard let folder = settings.checkpointFolder.map(TrailFolder.init) else { return }
        var failure = FirstFailure()
        for trail in try await trails() {
            try check()
            await failure.from { try await checkpoint(trail, in: folder) }
        }
        try failure.rethrow()
    }

    /// The checkpoints a folder holds for a trail. Errors: `checkpoints_unreadable` for a line that is none.
    public func checkpoints(_ trail: Trail, in folder: TrailFolder) async throws -> [Checkpoint] {
        guard let text = try await folder.read(Checkpoint.file(of: trail)) else { return [] }
        return try String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            guard let checkpoint = Checkpoint(line) else {
                throw Problem.invalid("checkpoints_unreadable", "A line of the checkpoints kept for this trail is none.")
            }
            return checkpoint
        }
    }
}

extension Checkpoint {
    fileprivate static func file(of trail: Trail) -> String { "\(trail.kind)-\(trail.id).checkpoints" }
}

extension Trail {
    /// Under whom control keeps its checkpoints.
    fileprivate var owners: (OrganizationID, LocationID?) {
        switch self {
        case .location(let location): (location.organization, location.id)
        case .organization(let id): (id, nil)
        }
    }
}
