extension Bool: Bindable, Readable {
    public static var oid: UInt32 { OID.bool }
    public func encode(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Bool {
        guard cell.oid == OID.bool, let byte = cell.bytes?.whole(UInt8.self) else { throw cell.failure(Bool.self) }
        return byte != 0
    }
}

/// Sent as int8; reads int2, int4, int8, and a numeric that is whole (what `sum` of int8 makes).
extension Int: Bindable, Readable {
    public static var oid: UInt32 { OID.int8 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int64(self)) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Int {
        guard let bytes = cell.bytes else { throw cell.failure(Int.self) }
        switch cell.oid {
        case OID.int8: if let number = bytes.whole(Int64.self) { return Int(number) }
        case OID.int4: if let number = bytes.whole(Int32.self) { return Int(number) }
        case OID.int2: if let number = bytes.whole(Int16.self) { return Int(number) }
        case OID.numeric: if let number = wholeNumber(bytes) { return number }
        default: break
        }
        throw cell.failure(Int.self)
    }

    /// Digits of base 10,000, the first worth 10,000^weight; nil for a fraction, NaN, infinity or more than an Int holds.
    private static func wholeNumber(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var rest = bytes
        guard let count = rest.take(Int16.self), let weight = rest.take(Int16.self), let sign = rest.take(UInt16.self),
            rest.take(Int16.self) != nil,
            sign == 0 || sign == 0x4000, count >= 0, weight < 5, count == 0 || weight >= count - 1
        else { return nil }
        var number = 0
        for place in 0..<(count == 0 ? 0 : Int(weight) + 1) {
            guard let digit = place < count ? rest.take(Int16.self) : 0 else { return nil }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10_000)
            let (sum, overflow) = product.addingReportingOverflow(sign == 0 ? Int(digit) : -Int(digit))
            guard !tooLarge, !overflow else { return nil }
            number = sum
        }
        return number
    }
}

extension Int64: Bindable, Readable {
    public static var oid: UInt32 { OID.int8 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }
    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Int64 { Int64(try Int.decode(cell)) }
}

extension Int32: Bindable, Readable {
    public static var oid: UInt32 { OID.int4 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Int32 {
        guard cell.oid == OID.int4 || cell.oid == OID.int2, let number = Int32(exactly: try Int.decode(cell)) else {
            throw cell.failure(Int32.self)
        }
        return number
    }
}

extension Int16: Bindable, Readable {
    public static var oid: UInt32 { OID.int2 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: self) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Int16 {
        guard cell.oid == OID.int2, let number = cell.bytes?.whole(Int16.self) else { throw cell.failure(Int16.self) }
        return number
    }
}

extension Double: Bindable, Readable {
    public static var oid: UInt32 { OID.float8 }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: bitPattern) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Double {
        if cell.oid == OID.float8, let bits = cell.bytes?.whole(UInt64.self) { return Double(bitPattern: bits) }
        if cell.oid == OID.float4, let bits = cell.bytes?.whole(UInt32.self) { return Double(Float(bitPattern: bits)) }
        throw cell.failure(Double.self)
    }
}

/// Sent with its length, so a NUL inside is refused by the server (22021) and never cuts the text short.
extension String: Bindable, Readable {
    public static var oid: UInt32 { OID.text }
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> String {
        guard let bytes = cell.bytes else { throw cell.failure(String.self) }
        switch cell.oid {
        case OID.text, OID.varchar, OID.bpchar, OID.name, OID.unknown, OID.json: return String(decoding: bytes, as: UTF8.self)
        case OID.jsonb where bytes.first == 1: return String(decoding: bytes.dropFirst(), as: UTF8.self)
        // An enum or a domain of a schema has a number of its own and travels as text.
        case 16384...: return String(decoding: bytes, as: UTF8.self)
        default: throw cell.failure(String.self)
        }
    }
}

/// Alone an int2; an array of it is not an array for PostgreSQL but one bytea.
extension UInt8: Bindable, Readable {
    public static var oid: UInt32 { OID.int2 }
    public static var arrayOid: UInt32 { OID.bytea }
    public func encode(into bytes: inout [UInt8]) { bytes.append(bigEndian: Int16(self)) }
    public static func encodeAll(_ values: [UInt8], into bytes: inout [UInt8]) { bytes += values }

    public static func decode(_ cell: Cell) throws(DecodingFailure) -> UInt8 {
        guard let number = UInt8(exactly: try Int16.decode(cell)) else { throw cell.failure(UInt8.self) }
        return number
    }

    public static func decodeAll(_ cell: Cell) throws(DecodingFailure) -> [UInt8] {
        guard cell.oid == OID.bytea, let bytes = cell.bytes else { throw cell.failure([UInt8].self) }
        return [UInt8](bytes)
    }
}
