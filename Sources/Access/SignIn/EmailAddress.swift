import Values

/// An address somebody signs in with. Two spellings that differ in case are one account.
struct EmailAddress: Sendable, Hashable {
    let text: String
    /// Trimmed and in lower case.
    let key: String

    /// nil for what cannot be an address. Whether it exists is found out by writing to it, not by a pattern.
    init?(_ text: String) {
        guard text.utf8.count <= 254 else { return nil }
        let trimmed = String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts.first, let host = parts.last, !name.isEmpty, host.utf8.count >= 3, host.contains("."),
            !trimmed.unicodeScalars.contains(where: { $0.value <= 32 || $0.value == 127 || $0.properties.isWhitespace })
        else { return nil }
        self.text = trimmed
        key = trimmed.lowercased()
    }

    /// The part before the @: nobody's password.
    var name: String { String(key.prefix { $0 != "@" }) }
}
