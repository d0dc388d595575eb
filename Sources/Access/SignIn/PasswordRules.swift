import Values

/// What a new password must be. A second factor is always asked for, so eight characters are enough (NIST SP 800-63B-4); any characters are
/// taken and none are demanded; known and guessable ones are refused.
enum PasswordRules {
    static let minimum = 8
    static let maximum = 256
    /// Longer input is refused before anything is done with it, so that hashing cannot be made dear.
    static let maximumBytes = 1024

    /// `words` are what a guesser would try: the organization's name, the person's name and address.
    static func check(_ password: String, pointer: String, words: [String]) throws(Problem) {
        guard password.utf8.count <= maximumBytes, password.count <= maximum else {
            throw Problem.invalid(pointer, "too_long", "Use at most \(maximum) characters.")
        }
        guard password.count >= minimum else { throw Problem.invalid(pointer, "too_short", "Use at least \(minimum) characters.") }
        guard !isKnown(password, words: words) else {
            throw Problem.invalid(pointer, "too_common", "This password is easy to guess. Use several words that do not belong together.")
        }
    }

    static func isKnown(_ password: String, words: [String]) -> Bool {
        let lower = password.lowercased()
        let bare = trimmed(lower)
        let forms = [lower, bare, unswapped(lower), unswapped(bare)]
        if isMonotonous(lower) || forms.contains(where: FrequentPasswords.all.contains) { return true }
        let guessable = words.map { letters($0.lowercased()) }.filter { $0.utf8.count >= 4 }
        return forms.contains { guessable.contains(letters($0)) }
    }

    /// Without what people tack on: `2024`, `!!`, `#1` in front.
    private static func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while let last = rest.last, !last.isLetter { rest.removeLast() }
        while let first = rest.first, !first.isLetter { rest.removeFirst() }
        return String(rest)
    }

    /// With the digits and signs people put for letters read as those letters.
    private static func unswapped(_ text: String) -> String { String(text.map { swaps[$0] ?? $0 }) }

    private static let swaps: [Character: Character] = [
        "@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s", "7": "t",
    ]

    private static func letters(_ text: String) -> String { text.filter(\.isLetter) }

    /// One or two characters over and over, or a run like abcdefgh and 87654321.
    private static func isMonotonous(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map { Int($0.value) }
        if Set(scalars).count <= 2 { return true }
        let steps = Set(zip(scalars, scalars.dropFirst()).map { $1 - $0 })
        return steps == [1] || steps == [-1]
    }
}
