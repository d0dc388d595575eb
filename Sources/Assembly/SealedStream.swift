public import Access
public import Values

/// Bytes of any length, sealed in parts: each part for its place, so that none can be changed, left out, exchanged or cut off.
///
///     polyclinic sealed 1 UUID ⏎ then parts, each 4 bytes of length and what is sealed
public struct SealedStream: Sendable {
    private let keys: KeyRing
    private let id: UUID
    private var index: UInt64 = 0

    /// Plain bytes of one part; a sealed one is a little longer.
    public static let part = 1024 * 1024

    public init(_ keys: KeyRing, id: UUID) {
        self.keys = keys
        self.id = id
    }

    /// Errors: `backup_damaged` for what is no first line.
    public init(_ keys: KeyRing, head: [UInt8]) throws {
        let words = String(decoding: head, as: UTF8.self).split(separator: " ")
        guard words.count == 4, words[0] == "polyclinic", words[1] == "sealed", words[2] == "1", let id = UUID(words[3].prefix(36)) else {
            throw SealedStream.damaged
        }
        self.init(keys, id: id)
    }

    public var head: [UInt8] { Array("polyclinic sealed 1 \(id)\n".utf8) }

    public mutating func seal(_ plain: [UInt8], isLast: Bool) throws -> [UInt8] {
        defer { index += 1 }
        return try keys.seal(plain, for: context(isLast))
    }

    /// Errors: `backup_damaged`.
    public mutating func open(_ sealed: [UInt8], isLast: Bool) throws -> [UInt8] {
        defer { index += 1 }
        do { return try keys.open(sealed, for: context(isLast)) } catch { throw SealedStream.damaged }
    }

    private func context(_ isLast: Bool) -> SealContext {
        let place = UUID(high: 0, low: index)
        return isLast
            ? SealContext(tenant: id, table: "backup", id: place, column: "last")
            : SealContext(tenant: id, table: "backup", id: place, column: "part")
    }

    public static var damaged: Problem {
        Problem(.invalid, "backup_damaged", "The backup was altered or cut, or was made with a key that is not in the key file.")
    }
}
