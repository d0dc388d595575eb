/// A value that can be read from a cell, in PostgreSQL's binary format.
public protocol Readable: Sendable {
    /// Errors: the cell is NULL, of another type, or holds what this type cannot.
    static func decode(_ cell: Cell) throws(DecodingFailure) -> Self
    /// Reads an array of values. Only bytes, which together are one bytea, do it in another way than the rest.
    static func decodeAll(_ cell: Cell) throws(DecodingFailure) -> [Self]
}

extension Readable where Self: RawRepresentable, RawValue: Readable {
    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Self {
        guard let value = Self(rawValue: try RawValue.decode(cell)) else { throw cell.failure(Self.self) }
        return value
    }
}

extension Optional: Readable where Wrapped: Readable {
    public static func decode(_ cell: Cell) throws(DecodingFailure) -> Wrapped? {
        cell.bytes == nil ? nil : try Wrapped.decode(cell)
    }
}

extension Array: Readable where Element: Readable {
    public static func decode(_ cell: Cell) throws(DecodingFailure) -> [Element] { try Element.decodeAll(cell) }
}

extension Readable {
    public static func decodeAll(_ cell: Cell) throws(DecodingFailure) -> [Self] {
        guard var rest = cell.bytes, let dimensions = rest.take(Int32.self), rest.take(Int32.self) != nil, let oid = rest.take(UInt32.self),
            OID.isArray(cell.oid, of: oid)
        else { throw cell.failure([Self].self) }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = rest.take(Int32.self), rest.take(Int32.self) != nil, count >= 0, Int(count) <= rest.count / 4
        else {
            throw cell.failure([Self].self)
        }
        var values: [Self] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count {
            guard let length = rest.take(Int32.self), Int(length) <= rest.count else { throw cell.failure([Self].self) }
            let bytes = length < 0 ? nil : UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length)))
            values.append(try Self.decode(cell.element(bytes, oid: oid)))
            if length > 0 { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(Int(length))) }
        }
        return values
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian number at the front, which is removed; nil when there are too few bytes.
    mutating func take<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let size = MemoryLayout<Number>.size
        guard count >= size else { return nil }
        let number = Number(bigEndian: loadUnaligned(as: Number.self))
        self = UnsafeRawBufferPointer(rebasing: self[size...])
        return number
    }

    /// The big-endian number that fills the cell exactly.
    func whole<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        count == MemoryLayout<Number>.size ? Number(bigEndian: loadUnaligned(as: Number.self)) : nil
    }
}
