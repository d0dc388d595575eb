public import Values

/// tstzrange, half-open and bounded on both sides: an empty, unbounded or otherwise bounded range cannot be read.
extension InstantRange: Bindable, Readable {
    public static var oid: UInt32 { OID.tstzrange }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(RangeFlags.includesLower)
        bytes.append(bigEndian: Int32(8))
        bytes.append(bigEndian: start.wire)
        bytes.append(bigEndian: Int32(8))
        bytes.append(bigEndian: end.wire)
    }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> InstantRange {
        guard cell.oid == OID.tstzrange, var rest = cell.bytes, rest.take(UInt8.self) == RangeFlags.includesLower,
            let start = rest.bound(), let end = rest.bound(), let from = Instant(wire: start), let until = Instant(wire: end),
            let range = InstantRange(from, until)
        else { throw cell.failure(InstantRange.self) }
        return range
    }
}

/// int4range, half-open; nil `upper` has no end.
public struct Int4Range: Hashable, Sendable {
    public let lower: Int32
    public let upper: Int32?

    /// nil unless `lower < upper`.
    public init?(_ lower: Int32, _ upper: Int32?) {
        if let upper, upper <= lower { return nil }
        self.lower = lower
        self.upper = upper
    }
}

extension Int4Range: Bindable, Readable {
    public static var oid: UInt32 { OID.int4range }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(RangeFlags.includesLower | (upper == nil ? RangeFlags.upperInfinite : 0))
        bytes.append(bigEndian: Int32(4))
        bytes.append(bigEndian: lower)
        guard let upper else { return }
        bytes.append(bigEndian: Int32(4))
        bytes.append(bigEndian: upper)
    }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Int4Range {
        guard cell.oid == OID.int4range, var rest = cell.bytes, let flags = rest.take(UInt8.self),
            let lower = rest.bound()?.whole(Int32.self)
        else {
            throw cell.failure(Int4Range.self)
        }
        var upper: Int32?
        switch flags {
        case RangeFlags.includesLower: upper = rest.bound()?.whole(Int32.self)
        case RangeFlags.includesLower | RangeFlags.upperInfinite: upper = nil
        default: throw cell.failure(Int4Range.self)
        }
        guard let range = Int4Range(lower, upper) else { throw cell.failure(Int4Range.self) }
        return range
    }
}

/// Text that is JSON, for jsonb; also reads json. The server refuses what is not JSON (22P02) and a NUL (22P05).
public struct JSONText: Hashable, Sendable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }
}

extension JSONText: Bindable, Readable {
    public static var oid: UInt32 { OID.jsonb }

    public func encode(into bytes: inout [UInt8]) {
        bytes.append(1)  // the version of jsonb's binary format
        bytes.append(contentsOf: text.utf8)
    }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> JSONText {
        guard cell.oid == OID.jsonb || cell.oid == OID.json else { throw cell.failure(JSONText.self) }
        return JSONText(try String.decode(cell))
    }
}

/// The first byte of a range on the wire.
private enum RangeFlags {
    static let includesLower: UInt8 = 0x02
    static let upperInfinite: UInt8 = 0x10
}

extension UnsafeRawBufferPointer {
    /// The bound at the front, which is removed.
    fileprivate mutating func bound() -> UnsafeRawBufferPointer? {
        guard let length = take(Int32.self), length >= 0, Int(length) <= count else { return nil }
        defer { self = UnsafeRawBufferPointer(rebasing: self[Int(length)...]) }
        return UnsafeRawBufferPointer(rebasing: self[..<Int(length)])
    }
}
