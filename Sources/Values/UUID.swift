/// A 128-bit identifier (RFC 9562). Our own, because Foundation's costs a dependency and cannot make version 7.
public struct UUID: Hashable, Sendable, Comparable {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Version 7: 48 bits of milliseconds, then random bits, so ids made later sort later (to the millisecond).
    public static func version7(at instant: Instant, random: UInt64, _ more: UInt64) -> UUID {
        let milliseconds = UInt64(clamping: instant.microseconds / 1000) & 0xFFFF_FFFF_FFFF
        let high = milliseconds << 16 | 0x7000 | random & 0x0FFF
        let low = 0x8000_0000_0000_0000 | more & 0x3FFF_FFFF_FFFF_FFFF
        return UUID(high: high, low: low)
    }

    /// Reads the canonical form of 36 characters, either case; anything else is nil.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        // Its bytes in one piece: through a generic string each of them is a call.
        guard let id = text.withUTF8({ UUID(utf8: $0) }) else { return nil }
        self = id
    }

    private init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 36 else { return nil }
        var digits = 0
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (position, byte) in bytes.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let nibble = hexDigit(byte) else { return nil }
            if digits < 16 { high = high << 4 | UInt64(nibble) } else { low = low << 4 | UInt64(nibble) }
            digits += 1
        }
        self.init(high: high, low: low)
    }

    public static func < (left: UUID, right: UUID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// The 16 bytes in network order.
    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 % 8))) }
    }

    /// 32 hexadecimal digits without dashes, as used in names of roles, schemas and folders.
    public var compact: String { hex(bytes) }

    /// Reads `compact`; anything else is nil.
    public init?(compact text: some StringProtocol) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ hexDigit($0) != nil }), let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}

extension UUID: CustomStringConvertible {
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var at = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    buffer[at] = UInt8(ascii: "-")
                    at += 1
                }
                let byte = UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - 8 * (index % 8)))
                buffer[at] = hexCharacter(byte >> 4)
                buffer[at + 1] = hexCharacter(byte & 15)
                at += 2
            }
            return 36
        }
    }
}

/// Lower-case hexadecimal.
public func hex(_ bytes: some Sequence<UInt8>) -> String {
    var out: [UInt8] = []
    for byte in bytes {
        out.append(hexCharacter(byte >> 4))
        out.append(hexCharacter(byte & 15))
    }
    return String(decoding: out, as: UTF8.self)
}

/// Reads hexadecimal of either case; nil for an odd count or any other character.
public func bytes(hex text: some StringProtocol) -> [UInt8]? {
    var out: [UInt8] = []
    var first: UInt8?
    for byte in text.utf8 {
        guard let nibble = hexDigit(byte) else { return nil }
        if let high = first {
            out.append(high << 4 | nibble)
            first = nil
        } else {
            first = nibble
        }
    }
    return first == nil ? out : nil
}

func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

func hexCharacter(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
