/// SQL with binds. Its text is made of literals of the program only; a value becomes `$n` and travels beside the text, so a run-time
/// string cannot become SQL: `Statement(stringLiteral: name)` does not compile.
///
/// `{location}` in a literal stands for the quoted schema of the scope it is sent through; without one it is refused.
///
///     let found = try await database.flight(scope, "select name from {location}.patient where id = \(id)")
///
/// Pieces are put together with `+` and `+=`; binds number themselves.
public struct Statement: Sendable, ExpressibleByStringInterpolation {
    /// The literals, and in the place of each bind a NUL (no literal holds one) followed by the four bytes of its type's OID. Whatever
    /// decides how the server plans the statement is in here, so this is also its key in a connection's table of prepared statements.
    private(set) var text: [UInt8]
    /// The values of all binds, one after another, in PostgreSQL's binary format.
    private(set) var values: [UInt8] = []
    /// The length of each bind's value; -1 is NULL.
    private(set) var lengths: [Int32] = []
    private(set) var usesLocation = false

    public init(stringLiteral literal: StaticString) {
        text = []
        append(literal: literal)
    }

    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.statement
    }

    private init(capacity: Int) {
        text = []
        text.reserveCapacity(capacity)
    }

    public static func + (left: Statement, right: Statement) -> Statement {
        var sum = left
        sum += right
        return sum
    }

    public static func += (left: inout Statement, right: Statement) {
        left.text += right.text
        left.values += right.values
        left.lengths += right.lengths
        left.usesLocation = left.usesLocation || right.usesLocation
    }

    mutating func append(literal: StaticString) {
        literal.withUTF8Buffer { bytes in
            text.append(contentsOf: bytes)
            if !usesLocation { usesLocation = Statement.location.withUTF8Buffer { bytes.contains($0) } }
        }
    }

    mutating func append(bind value: some Bindable) {
        let oid = type(of: value).oid
        text.append(0)
        withUnsafeBytes(of: oid) { text.append(contentsOf: $0) }
        guard !value.isNull else {
            lengths.append(-1)
            return
        }
        let start = values.count
        value.encode(into: &values)
        lengths.append(Int32(clamping: values.count - start))
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        var statement: Statement

        public init(literalCapacity: Int, interpolationCount: Int) {
            statement = Statement(capacity: literalCapacity + 5 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) { statement.append(literal: literal) }

        public mutating func appendInterpolation(_ value: some Bindable) { statement.append(bind: value) }

        /// nil is NULL.
        public mutating func appendInterpolation(_ value: (some Bindable)?) { statement.append(bind: value) }
    }
}

// MARK: What the server is sent

extension Statement {
    static let location: StaticString = "{location}"

    /// The SQL, NUL-terminated, with `$n` in the place of the binds and `schema`, quoted, in the place of `{location}`.
    func sql(schema: SchemaName?) -> (sql: [UInt8], types: [UInt32]) {
        var sql: [UInt8] = []
        var types: [UInt32] = []
        sql.reserveCapacity(text.count + 64)
        text.withUnsafeBytes { bytes in
            Statement.location.withUTF8Buffer { location in
                var at = 0
                while at < bytes.count {
                    if bytes[at] == 0 {
                        types.append(bytes.loadUnaligned(fromByteOffset: at + 1, as: UInt32.self))
                        sql.append(UInt8(ascii: "$"))
                        sql.append(contentsOf: String(types.count).utf8)
                        at += 5
                    } else if let schema, bytes[at] == location[0], bytes[at...].starts(with: location) {
                        sql.append(UInt8(ascii: "\""))
                        sql.append(contentsOf: schema.name.utf8)
                        sql.append(UInt8(ascii: "\""))
                        at += location.count
                    } else {
                        sql.append(bytes[at])
                        at += 1
                    }
                }
            }
        }
        sql.append(0)
        return (sql, types)
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func contains(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count >= other.count else { return false }
        for start in 0...(count - other.count) where self[start] == other[0] {
            if self[start...].starts(with: other) { return true }
        }
        return false
    }
}
