import Crypto
public import Values

/// One-time codes (RFC 6238): SHA-1, six digits, steps of 30 seconds, which is what every authenticator app speaks.
public enum TOTP {
    static let period: Int64 = 30

    /// The code an app shows at this moment.
    public static func code(secret: [UInt8], at now: Instant) -> String { code(secret: secret, step: step(at: now)) }

    static func step(at now: Instant) -> Int64 { now.microseconds / 1_000_000 / period }

    static func code(secret: [UInt8], step: Int64, digits: Int = 6) -> String {
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: bigEndian(step), using: SymmetricKey(data: secret)))
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The step `code` belongs to, one before or after now at most (a phone's clock is never quite right); nil when it is wrong. Every candidate
    /// is compared in full, so that the time taken says nothing.
    static func step(of code: String, secret: [UInt8], at now: Instant) -> Int64? {
        let given = Array(code.utf8)
        let current = step(at: now)
        var found: Int64?
        for candidate in [current - 1, current + 1, current] {
            let expected = Array(TOTP.code(secret: secret, step: candidate).utf8)
            // The brackets matter: `|` and `^` bind equally in Swift.
            let difference = zip(given, expected).reduce(UInt8(given.count == expected.count ? 0 : 1)) { $0 | ($1.0 ^ $1.1) }
            if difference == 0 { found = candidate }
        }
        return found
    }
}

/// What somebody needs to set up an authenticator app. Shown once.
public struct TOTPEnrolment: Sendable {
    /// Base32.
    public let secret: String
    /// `otpauth://totp/…`, for a QR code.
    public let uri: String
    /// For `confirmTOTP`; empty where the invitation's token stands for it.
    public let proof: String

    init(secret: [UInt8], issuer: String, account: String, proof: String) {
        self.secret = Base32.encode(secret)
        let label = percentEncoded(issuer) + ":" + percentEncoded(account)
        uri = "otpauth://totp/\(label)?secret=\(self.secret)&issuer=\(percentEncoded(issuer))&algorithm=SHA1&digits=6&period=30"
        self.proof = proof
    }
}

/// Everything but the unreserved characters of RFC 3986.
func percentEncoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.unicodeScalars.append(Unicode.Scalar(byte))
        default: out += "%" + hex([byte]).uppercased()
        }
    }
    return out
}
