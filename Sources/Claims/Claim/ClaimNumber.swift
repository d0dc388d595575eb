import Values

/// CLM01: 16 capitals and digits, unique over the whole platform, telling nothing. Made of the claim's id: its 74 random bits and six of its
/// clock's. Without 0 and 1, so that no payer's padding or trimming of zeros changes it.
enum ClaimNumber {
    static func of(_ claim: ClaimID) -> String {
        let (high, low) = (claim.uuid.high, claim.uuid.low)
        // Version 7: six bits of the milliseconds above the version, 12 random bits below it, 62 random bits under the variant.
        let upper = (high >> 16 & 0x3F) << 12 | high & 0x0FFF
        let lower = low & 0x3FFF_FFFF_FFFF_FFFF
        return text(upper, bits: 18, lower, bits: 62)
    }

    /// REF*6R of a line.
    static func line(_ ordinal: Int, of number: String) -> String { "\(number)\(ordinal < 10 ? "0" : "")\(ordinal)" }

    /// As a payer may have sent it back, for looking it up.
    static func looked(up text: String) -> String { text.uppercased() }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    private static func text(_ upper: UInt64, bits upperBits: Int, _ lower: UInt64, bits lowerBits: Int) -> String {
        var characters: [UInt8] = []
        var (pending, pendingBits): (UInt64, Int) = (0, 0)
        for (value, bits) in [(upper, upperBits), (lower, lowerBits)] {
            for bit in stride(from: bits - 1, through: 0, by: -1) {
                pending = pending << 1 | value >> UInt64(bit) & 1
                pendingBits += 1
                if pendingBits == 5 {
                    characters.append(alphabet[Int(pending)])
                    (pending, pendingBits) = (0, 0)
                }
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
