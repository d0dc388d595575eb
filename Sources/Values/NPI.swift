/// A National Provider Identifier: ten digits, the last a Luhn check over the others prefixed with 80840 (45 CFR 162.406).
public struct NPI: Hashable, Sendable, CustomStringConvertible {
    public let digits: String

    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes.allSatisfy({ (48...57).contains($0) }), bytes[0] == 49 || bytes[0] == 50 else { return nil }
        var sum = 24  // what the prefix 80840 adds
        for (index, byte) in bytes.reversed().enumerated() {
            let digit = Int(byte - 48) * (index % 2 == 1 ? 2 : 1)
            sum += digit > 9 ? digit - 9 : digit
        }
        guard sum % 10 == 0 else { return nil }
        digits = String(text)
    }

    public var description: String { digits }
}

/// A telephone number in E.164: `+` and 8 to 15 digits.
public struct Phone: Hashable, Sendable, CustomStringConvertible {
    public let e164: String

    /// Reads digits with the usual separators; a number of ten digits without `+` is taken as North American.
    public init?(_ text: some StringProtocol) {
        var digits: [UInt8] = []
        var international = false
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case 48...57: digits.append(byte)
            case UInt8(ascii: "+") where index == 0: international = true
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): continue
            default: return nil
            }
        }
        if !international {
            if digits.count == 10 { digits.insert(UInt8(ascii: "1"), at: 0) }
            guard digits.count == 11, digits[0] == UInt8(ascii: "1") else { return nil }
        }
        guard (8...15).contains(digits.count), digits[0] != UInt8(ascii: "0") else { return nil }
        e164 = "+" + String(decoding: digits, as: UTF8.self)
    }

    /// Digits from the last to the first: an index on it finds a number by its end.
    public var reversedDigits: String { String(e164.dropFirst().reversed()) }

    public var description: String { e164 }
}
