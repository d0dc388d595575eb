import Crypto
import Values

/// The entries of a run of old seals, moved out of the database into a file. The file begins with one signed line and goes on with the entries,
/// sealed: entries hold ids of patients and people's own words.
struct Segment: Sendable {
    let first: Int64
    let last: Int64
    /// The hash of the last seal: a checkpoint that the file itself is.
    let hash: [UInt8]
    let madeAt: Instant
    let entries: [AuditEntry]
    /// False when it was sealed with a key of before.
    let isCurrent: Bool

    /// `polyclinic-segment-1 location <id> <first seal> <last seal> <hash> <SHA-256 of the entries> <time> <signature>`, then the sealed entries.
    func file(of trail: Trail, _ keys: KeyRing) throws -> [UInt8] {
        let content = entries.flatMap { $0.json.bytes + [UInt8(ascii: "\n")] }
        let digest = hex(Array(SHA256.hash(data: content)))
        let head = "polyclinic-segment-1 \(trail.kind) \(trail.id) \(first) \(last) \(hex(hash)) \(digest) \(madeAt)"
        let signature = try keys.signingKey().signature(for: Array(head.utf8))
        let line = head + " " + Base64URL.encode(Array(signature)) + "\n"
        return Array(line.utf8) + (try keys.seal(content, for: Segment.context(trail, first)))
    }

    /// nil when the file was changed, is another trail's, or was not signed here. Errors: `KeyRing.Failure` when its key is gone.
    init?(_ file: [UInt8], of trail: Trail, _ keys: KeyRing) throws {
        guard let end = file.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: file[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 9, words[0] == "polyclinic-segment-1", words[1] == trail.kind, UUID(words[2]) == trail.id,
            let first = Int64(words[3]), let last = Int64(words[4]), first > 0, last >= first, let hash = bytes(hex: words[5]),
            let digest = bytes(hex: words[6]), let madeAt = Instant(words[7]), let signature = Base64URL.decode(words[8])
        else { return nil }
        let head = Array(words.dropLast().joined(separator: " ").utf8)
        let sealed = Array(file[(end + 1)...])
        guard try keys.checkpointKeys().contains(where: { $0.isValidSignature(signature, for: head) }),
            let content = try Segment.content(sealed, Segment.context(trail, first), keys), Array(SHA256.hash(data: content)) == digest
        else { return nil }
        isCurrent = keys.isCurrent(sealed)
        var entries: [AuditEntry] = []
        for line in content.split(separator: UInt8(ascii: "\n")) {
            guard let entry = AuditEntry(try JSON.parse(line, limits: JSON.Limits(bytes: line.count))) else { return nil }
            entries.append(entry)
        }
        self.first = first
        self.last = last
        self.hash = hash
        self.madeAt = madeAt
        self.entries = entries
    }

    /// nil when it was altered.
    private static func content(_ sealed: [UInt8], _ context: SealContext, _ keys: KeyRing) throws -> [UInt8]? {
        do {
            return try keys.open(sealed, for: context)
        } catch KeyRing.Failure.unknownKey(let id) {
            throw KeyRing.Failure.unknownKey(id)
        } catch {
            return nil
        }
    }

    init(first: Int64, last: Int64, hash: [UInt8], madeAt: Instant, entries: [AuditEntry]) {
        self.first = first
        self.last = last
        self.hash = hash
        self.madeAt = madeAt
        self.entries = entries
        isCurrent = true
    }

    private static func context(_ trail: Trail, _ first: Int64) -> SealContext {
        SealContext(tenant: trail.id, table: "audit_segment", id: UUID(high: 0, low: UInt64(bitPattern: first)), column: "entries")
    }
}

/// Which seals a segment's file holds, as its name says: `location-<id>-<first>-<last>.segment`.
struct SegmentName: Hashable, Comparable {
    let first: Int64
    let last: Int64

    /// nil for other files and other trails.
    init?(_ file: String, of trail: Trail) {
        let start = "\(trail.kind)-\(trail.id)-"
        guard file.hasPrefix(start), file.hasSuffix(".segment") else { return nil }
        let numbers = file.dropFirst(start.count).dropLast(8).split(separator: "-")
        guard numbers.count == 2, let first = Int64(numbers[0]), let last = Int64(numbers[1]), last >= first else { return nil }
        self.init(first, last)
    }

    init(_ first: Int64, _ last: Int64) {
        self.first = first
        self.last = last
    }

    func file(of trail: Trail) -> String { "\(trail.kind)-\(trail.id)-\(first)-\(last).segment" }

    static func < (left: SegmentName, right: SegmentName) -> Bool { left.first < right.first }
}
