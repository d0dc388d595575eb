/// Crockford's base 32: numbers that people read aloud and type without mistakes (no I, L, O, U).
public enum Crockford {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The lowest `5 · digits` bits, the highest first. At most 13 digits.
    public static func text(_ bits: UInt64, digits: Int) -> String {
        String(decoding: (0..<digits).reversed().map { alphabet[Int(bits >> (5 * UInt64($0)) & 31)] }, as: UTF8.self)
    }
}
