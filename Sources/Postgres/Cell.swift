internal import CLibpq

/// One value of a row as the server sent it. Valid only while it is being decoded.
public struct Cell {
    /// The value's type.
    public let oid: UInt32
    /// PostgreSQL's binary format; nil is NULL.
    public let bytes: UnsafeRawBufferPointer?
    private let result: OpaquePointer
    private let column: Int32

    init(_ result: OpaquePointer, row: Int32, column: Int32) {
        self.result = result
        self.column = column
        oid = PQftype(result, column)
        bytes =
            PQgetisnull(result, row, column) == 1
            ? nil : UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    private init(oid: UInt32, bytes: UnsafeRawBufferPointer?, result: OpaquePointer, column: Int32) {
        self.oid = oid
        self.bytes = bytes
        self.result = result
        self.column = column
    }

    func element(_ bytes: UnsafeRawBufferPointer?, oid: UInt32) -> Cell {
        Cell(oid: oid, bytes: bytes, result: result, column: column)
    }

    /// The failure to read this cell as `expected`.
    public func failure(_ expected: Any.Type) -> DecodingFailure {
        DecodingFailure(
            column: PQfname(result, column).map { String(cString: $0) },
            index: Int(column),
            expected: expected,
            oid: oid,
            isNull: bytes == nil,
            origin: nil
        )
    }
}

/// A cell or a row was not what the code expected. Names the column and the types, never the value.
public struct DecodingFailure: Error, Sendable, CustomStringConvertible {
    /// nil when the count of columns differs, or no column has the asked name.
    public let column: String?
    public let index: Int
    public let expected: String
    /// The type the server sent.
    public let oid: UInt32
    public let isNull: Bool
    public private(set) var origin: Origin?

    init(column: String?, index: Int, expected: Any.Type, oid: UInt32, isNull: Bool, origin: Origin?) {
        self.init(column: column, index: index, expected: "\(expected)", oid: oid, isNull: isNull, origin: origin)
    }

    init(column: String?, index: Int, expected: String, oid: UInt32, isNull: Bool, origin: Origin?) {
        self.column = column
        self.index = index
        self.expected = expected
        self.oid = oid
        self.isNull = isNull
        self.origin = origin
    }

    func at(_ origin: Origin) -> DecodingFailure {
        var failure = self
        failure.origin = origin
        return failure
    }

    public var description: String {
        "cannot read column \(index)\(column.map { " (\($0))" } ?? "") of type \(oid)\(isNull ? ", NULL," : "") as \(expected)"
            + (origin.map { " at \($0)" } ?? "")
    }
}
