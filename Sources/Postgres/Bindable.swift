/// A value that can be sent as a bind, in PostgreSQL's binary format.
///
/// An enum with a raw value conforms by saying so: `enum Status: String, Bindable, Readable`.
public protocol Bindable: Sendable {
    /// The PostgreSQL type it is sent as.
    static var oid: UInt32 { get }
    /// The type of arrays of it. Follows from `oid`; 0, for a type that has none here, lets the server infer it.
    static var arrayOid: UInt32 { get }
    /// Sent as NULL; `encode` is then not called.
    var isNull: Bool { get }
    /// Appends the value.
    func encode(into bytes: inout [UInt8])
    /// Appends an array of values. Only bytes, which together are one bytea, do it in another way than the rest.
    static func encodeAll(_ values: [Self], into bytes: inout [UInt8])
}

extension Bindable {
    public static var arrayOid: UInt32 { OID.array(of: oid) }
    public var isNull: Bool { false }
}

extension Bindable where Self: RawRepresentable, RawValue: Bindable {
    public static var oid: UInt32 { RawValue.oid }
    public static var arrayOid: UInt32 { RawValue.arrayOid }
    public func encode(into bytes: inout [UInt8]) { rawValue.encode(into: &bytes) }
}

extension Optional: Bindable where Wrapped: Bindable {
    public static var oid: UInt32 { Wrapped.oid }
    public static var arrayOid: UInt32 { Wrapped.arrayOid }
    public var isNull: Bool { self?.isNull ?? true }
    public func encode(into bytes: inout [UInt8]) { self?.encode(into: &bytes) }
}

extension Array: Bindable where Element: Bindable {
    public static var oid: UInt32 { Element.arrayOid }
    public func encode(into bytes: inout [UInt8]) { Element.encodeAll(self, into: &bytes) }
}

extension Bindable {
    /// One dimension. Its layout: dimensions, has NULLs, element type, length, lower bound, then each element with its length before it.
    public static func encodeAll(_ values: [Self], into bytes: inout [UInt8]) {
        bytes.append(bigEndian: Int32(values.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(values.contains { $0.isNull } ? 1 : 0))
        bytes.append(bigEndian: oid)
        guard !values.isEmpty else { return }
        bytes.append(bigEndian: Int32(clamping: values.count))
        bytes.append(bigEndian: Int32(1))
        for value in values {
            guard !value.isNull else {
                bytes.append(bigEndian: Int32(-1))
                continue
            }
            let mark = bytes.count
            bytes.append(bigEndian: Int32(0))
            value.encode(into: &bytes)
            bytes.replace(at: mark, bigEndian: Int32(clamping: bytes.count - mark - 4))
        }
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    mutating func replace(at index: Int, bigEndian number: Int32) {
        withUnsafeMutableBytes { $0.storeBytes(of: number.bigEndian, toByteOffset: index, as: Int32.self) }
    }
}
