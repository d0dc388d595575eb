import Crypto
import Values

/// An opaque secret: 256 random bits behind a prefix that says what it is for. Only its SHA-256 is ever stored or kept in memory.
struct Token: Sendable {
    enum Kind: String, CaseIterable {
        case session = "pc_s_"
        case key = "pc_k_"
        case invitation = "pc_i_"
    }

    let kind: Kind
    let text: String
    let hash: [UInt8]

    private static let secretLength = 43

    static func make(_ kind: Kind, _ ambient: Ambient) -> Token {
        Token(kind: kind, text: kind.rawValue + Base64URL.encode(ambient.bytes(32)))
    }

    /// nil for what cannot be one of ours, before anything is asked of the database.
    init?(_ text: String) {
        guard text.utf8.count == 5 + Token.secretLength, let kind = Kind.allCases.first(where: { text.hasPrefix($0.rawValue) }) else {
            return nil
        }
        self.init(kind: kind, text: text)
    }

    private init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }
}
