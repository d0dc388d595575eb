/// Base64 with the alphabet of URLs and without padding (RFC 4648, section 5).
public enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: regroup(bytes, from: 8, to: 6, padding: true).map { alphabet[Int($0)] }, as: UTF8.self)
    }

    /// nil for another character, or bits left over that are not zero: every value has one spelling.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            digits.append(UInt8(digit))
        }
        return ungroup(digits, bits: 6)
    }
}

/// Base32 without padding (RFC 4648, section 6): what authenticator apps read.
public enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    public static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: regroup(bytes, from: 8, to: 5, padding: true).map { alphabet[Int($0)] }, as: UTF8.self)
    }

    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            let upper = byte >= 97 && byte <= 122 ? byte - 32 : byte
            guard let digit = alphabet.firstIndex(of: upper) else { return nil }
            digits.append(UInt8(digit))
        }
        return ungroup(digits, bits: 5)
    }
}

/// Groups of `from` bits as groups of `to` bits, the first bit first.
private func regroup(_ groups: [UInt8], from: Int, to: Int, padding: Bool) -> [UInt8] {
    var out: [UInt8] = []
    var held: UInt32 = 0
    var bits = 0
    for group in groups {
        held = held << UInt32(from) | UInt32(group)
        bits += from
        while bits >= to {
            bits -= to
            out.append(UInt8(held >> UInt32(bits) & (1 << UInt32(to) - 1)))
            held &= 1 << UInt32(bits) - 1
        }
    }
    if padding, bits > 0 { out.append(UInt8(held << UInt32(to - bits) & (1 << UInt32(to) - 1))) }
    return out
}

private func ungroup(_ digits: [UInt8], bits: Int) -> [UInt8]? {
    let whole = digits.count * bits / 8
    let rest = digits.count * bits - whole * 8
    guard rest < bits else { return nil }
    if let last = digits.last, rest > 0, last & (1 << UInt8(rest) - 1) != 0 { return nil }
    return regroup(digits, from: bits, to: 8, padding: false)
}
