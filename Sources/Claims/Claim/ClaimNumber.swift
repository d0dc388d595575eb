import Access
import Values

/// CLM01: 16 capitals and digits, unique over the whole platform, telling nothing. Made of the claim's id: its 74 random bits and six of its
/// clock's. Without 0 and 1, so that no payer's padding or trimming of zeros changes it.
enum ClaimNumber {
    static func of(_ claim: ClaimID) -> String {
        let (high, low) = (claim.uuid.high, claim.uuid.low)
        // Version 7: six bits of the milliseconds above the version, 12 random bits below it, 62 random bits under the variant.
        let upper = (high >> 16 & 0x3F) << 12 | high & 0x0FFF
        let lower = low & 0x3FFF_FFFF_FFFF_FFFF
        return Base32.encode(bigEndian(UInt16(upper >> 2)) + bigEndian(upper << 62 | lower))
    }

    /// REF*6R of a line.
    static func line(_ ordinal: Int, of number: String) -> String { "\(number)\(ordinal < 10 ? "0" : "")\(ordinal)" }

    /// As a payer may have sent it back, for looking it up.
    static func looked(up text: String) -> String { text.uppercased() }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
