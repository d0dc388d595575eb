/// A statement a connection has prepared, or has asked the server to.
final class PreparedStatement {
    let number: UInt64
    /// `s` and the number, NUL-terminated; short, and never used twice on one connection.
    let name: [CChar]
    fileprivate let key: PreparedStatements.Key
    fileprivate var lastUse: UInt64

    fileprivate init(number: UInt64, key: PreparedStatements.Key, use: UInt64) {
        self.number = number
        name = Array("s\(number)".utf8CString)
        self.key = key
        lastUse = use
    }
}

/// The prepared statements of one connection: at most so many, the least recently used leave.
struct PreparedStatements {
    fileprivate struct Key: Hashable {
        let schema: SchemaName?
        let text: [UInt8]

        func hash(into hasher: inout Hasher) {
            hasher.combine(schema)
            text.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private let maximum: Int
    private var statements: [Key: PreparedStatement] = [:]
    private var uses: UInt64 = 0
    /// How many were ever prepared.
    private(set) var total: UInt64 = 0
    /// No longer used, but the server still has them.
    private(set) var discarded: [PreparedStatement] = []

    init(maximum: Int) {
        self.maximum = max(maximum, 8)
    }

    /// A statement without `{location}` is the same in all schemas.
    private func key(_ statement: Statement, _ schema: SchemaName?) -> Key {
        Key(schema: statement.usesLocation ? schema : nil, text: statement.text)
    }

    mutating func find(_ statement: Statement, _ schema: SchemaName?) -> PreparedStatement? {
        guard let found = statements[key(statement, schema)] else { return nil }
        uses += 1
        found.lastUse = uses
        return found
    }

    mutating func add(_ statement: Statement, _ schema: SchemaName?) -> PreparedStatement {
        if statements.count >= maximum { evict() }
        uses += 1
        total += 1
        let added = PreparedStatement(number: total, key: key(statement, schema), use: uses)
        statements[added.key] = added
        return added
    }

    /// `exists`: the server has it, though it is of no more use.
    mutating func forget(_ statement: PreparedStatement, exists: Bool) {
        guard statements[statement.key] === statement else { return }
        statements[statement.key] = nil
        if exists { discarded.append(statement) }
    }

    mutating func takeDiscarded() -> [PreparedStatement] {
        defer { discarded = [] }
        return discarded
    }

    /// An eighth at a time, so that the search for the oldest is rare.
    private mutating func evict() {
        for statement in statements.values.sorted(by: { $0.lastUse < $1.lastUse }).prefix(max(maximum / 8, 1)) {
            forget(statement, exists: true)
        }
    }
}
