import Crypto
public import Values

/// The lines of a key file. One key of at least 32 bytes a line, in hexadecimal or base64url, with its number before it (`2 9f86d0…`); a
/// bare line may leave the number out and is key 1. The last key is in use, the earlier ones only open. A key that was retired leaves its
/// number, which is not used again, and the public half of what signed checkpoints, so that those kept elsewhere stay good:
/// `1 retired 5c41…`. Empty lines and `#` comments are skipped.
public struct KeyFile: Sendable {
    enum Line: Sendable {
        case comment(String)
        case key(KeyRing.Master, text: String)
        case retired(KeyRing.Retired)
    }

    private(set) var lines: [Line]

    /// Errors: `keyFile` with the line that is wrong.
    public init(_ text: String) throws(KeyRing.Failure) {
        lines = []
        var ids: Set<UInt32> = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else {
                lines.append(.comment(String(line)))
                continue
            }
            guard let id = words.count == 1 ? 1 : UInt32(first) else { throw .keyFile(line: number, "the key's number is not a number") }
            guard ids.insert(id).inserted else { throw .keyFile(line: number, "key \(id) appears twice") }
            if words.count == 3, words[1] == "retired" {
                guard let bytes = bytes(hex: words[2]), let checks = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
                    throw .keyFile(line: number, "what a retired key leaves is 32 bytes in hexadecimal")
                }
                lines.append(.retired(KeyRing.Retired(id: id, checks: checks)))
                continue
            }
            guard words.count <= 2 else { throw .keyFile(line: number, "expected a number and a key") }
            guard let last = words.last, let key = bytes(hex: last) ?? Base64URL.decode(last), key.count >= 32 else {
                throw .keyFile(line: number, "a key is at least 32 bytes in hexadecimal or base64url")
            }
            lines.append(.key(KeyRing.Master(id: id, key: SymmetricKey(data: key)), text: String(last)))
        }
        guard !masters.isEmpty else { throw .keyFile(line: number, "there is no key") }
        while case .comment("")? = lines.last { lines.removeLast() }
    }

    var masters: [KeyRing.Master] {
        lines.compactMap { if case .key(let master, _) = $0 { master } else { nil } }
    }

    var retired: [KeyRing.Retired] {
        lines.compactMap { if case .retired(let key) = $0 { key } else { nil } }
    }

    public var text: String {
        lines.map { line in
            switch line {
            case .comment(let text): text + "\n"
            case .key(let master, let text): "\(master.id) \(text)\n"
            case .retired(let key): "\(key.id) retired \(hex(Array(key.checks.rawRepresentation)))\n"
            }
        }.joined()
    }

    // MARK: Changes

    /// The number a new key gets: the next one that no line has or had.
    public var nextID: UInt32 { ((masters.map(\.id) + retired.map(\.id)).max() ?? 0) &+ 1 }

    /// A new key that only opens, until `use`. Answers its number.
    public mutating func add(_ key: [UInt8]) -> UInt32 {
        let id = nextID
        let last = lines.lastIndex { if case .key = $0 { true } else { false } } ?? lines.count
        lines.insert(.key(KeyRing.Master(id: id, key: SymmetricKey(data: key)), text: hex(key)), at: last)
        return id
    }

    /// Puts a key in use that only opened until now. Errors: `key_unknown`.
    public mutating func use(_ id: UInt32) throws(Problem) {
        guard let index = index(of: id) else { throw KeyFile.unknown(id) }
        lines.append(lines.remove(at: index))
    }

    /// Takes a key away for ever. What it sealed can never be opened again: make sure there is nothing. Errors: `key_unknown`; `key_in_use`
    /// for the one that seals.
    public mutating func retire(_ id: UInt32) throws {
        guard let index = index(of: id), case .key(let master, _) = lines[index] else { throw KeyFile.unknown(id) }
        guard masters.last?.id != id else {
            throw Problem.conflict("key_in_use", "Key \(id) is the one that seals. Put another one in use first: polyclinic key rotate.")
        }
        lines[index] = .retired(KeyRing.Retired(id: id, checks: try master.signingKey().publicKey))
    }

    private func index(of id: UInt32) -> Int? {
        lines.firstIndex { if case .key(let master, _) = $0 { master.id == id } else { false } }
    }

    private static func unknown(_ id: UInt32) -> Problem {
        Problem.conflict("key_unknown", "There is no key \(id) in the key file. Nothing was changed.")
    }
}

extension KeyRing {
    /// Errors: `keyFile` with the line that is wrong.
    public init(text: String) throws(Failure) {
        self.init(source: KeySource(try Keys(text)))
    }

    /// The keys of a file that is looked at again, at most once a second, while they are used: what the command line changes holds in every
    /// process within a second, without a restart. Errors: `keyFile`; line 0 when it cannot be read.
    public init(file path: String) throws(Failure) {
        self.init(source: try KeySource(path: path))
    }
}

extension KeyRing.Failure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .keyFile(let line, let words): line == 0 ? "The key file cannot be used: \(words)." : "Line \(line) of the key file: \(words)."
        case .malformed: "This was not sealed by us, or was cut."
        case .unknownKey(let id): "This was sealed with key \(id), which is not in the key file."
        case .forged: "This was altered, or moved from another place."
        }
    }
}
