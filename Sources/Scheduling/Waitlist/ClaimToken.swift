import Access
import Crypto
import Values

/// What claims an offer, once: 256 random bits. Only its SHA-256 is kept.
struct ClaimToken: Sendable {
    let text: String
    let hash: [UInt8]

    private static let prefix = "pc_w_"
    static let length = 48

    init(_ ambient: Ambient) { self.init(text: ClaimToken.prefix + Base64URL.encode(ambient.bytes(32))) }

    /// nil for what cannot be one of ours, before anything is asked of the database.
    init?(_ text: String) {
        guard text.utf8.count == ClaimToken.length, text.hasPrefix(ClaimToken.prefix) else { return nil }
        self.init(text: text)
    }

    private init(text: String) {
        self.text = text
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }
}
