import Crypto
import Postgres
import Values

/// A batch of entries, closed: their ids in order, the digest of each, and a hash that continues the one before.
struct Seal: Sendable {
    let batch: Int64
    let ids: [UUID]
    /// 32 bytes for each of `ids`.
    let digests: [UInt8]
    let firstAt: Instant
    let lastAt: Instant
    let previous: [UInt8]
    let sealedAt: Instant
    let hash: [UInt8]

    static let columns: Statement = "batch, ids, digests, first_at, last_at, hash, previous, sealed_at"

    init(batch: Int64, of entries: [AuditEntry], previous: [UInt8], at now: Instant) {
        self.batch = batch
        self.previous = previous
        ids = entries.map(\.id.uuid)
        digests = entries.flatMap(\.digest)
        firstAt = entries.map(\.at).min() ?? now
        lastAt = entries.map(\.at).max() ?? now
        sealedAt = now
        hash = Seal.hash(batch: batch, ids: ids, digests: digests, firstAt: firstAt, lastAt: lastAt, previous: previous, sealedAt: now)
    }

    init(_ row: Row) throws {
        (batch, ids, digests, firstAt, lastAt, hash, previous, sealedAt) = try row.decode(
            (Int64, [UUID], [UInt8], Instant, Instant, [UInt8], [UInt8], Instant).self
        )
    }

    /// Whether the seal says what it said when it was made.
    var isGenuine: Bool {
        digests.count == 32 * ids.count
            && hash
                == Seal.hash(
                    batch: batch,
                    ids: ids,
                    digests: digests,
                    firstAt: firstAt,
                    lastAt: lastAt,
                    previous: previous,
                    sealedAt: sealedAt
                )
    }

    func digest(_ position: Int) -> ArraySlice<UInt8> { digests[32 * position..<32 * position + 32] }

    private static func hash(
        batch: Int64,
        ids: [UUID],
        digests: [UInt8],
        firstAt: Instant,
        lastAt: Instant,
        previous: [UInt8],
        sealedAt: Instant
    ) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: Array("polyclinic seal 1".utf8) + previous + bigEndian(batch) + bigEndian(UInt32(clamping: ids.count)))
        for id in ids { hasher.update(data: id.bytes) }
        hasher.update(data: digests)
        hasher.update(data: bigEndian(firstAt.microseconds) + bigEndian(lastAt.microseconds) + bigEndian(sealedAt.microseconds))
        return Array(hasher.finalize())
    }
}
