import Crypto
import Values

extension KeyRing {
    /// Reads a key file: one key of at least 32 bytes a line, in hexadecimal or base64url, with its number before it (`2 9f86d0…`); a single
    /// line may leave the number out and is key 1. The last line is the key in use. Empty lines and `#` comments are skipped.
    public init(text: String) throws(Failure) {
        var masters: [Master] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count <= 2 else { throw .keyFile(line: number, "expected a number and a key") }
            guard let id = words.count == 2 ? UInt32(first) : 1 else { throw .keyFile(line: number, "the key's number is not a number") }
            guard !masters.contains(where: { $0.id == id }) else { throw .keyFile(line: number, "key \(id) appears twice") }
            guard let last = words.last, let key = bytes(hex: last) ?? Base64URL.decode(last), key.count >= 32 else {
                throw .keyFile(line: number, "a key is at least 32 bytes in hexadecimal or base64url")
            }
            masters.append(Master(id: id, key: SymmetricKey(data: key)))
        }
        guard let current = masters.popLast() else { throw .keyFile(line: number, "there is no key") }
        self.current = current
        former = masters.reversed()
    }
}
