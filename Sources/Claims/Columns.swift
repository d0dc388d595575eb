import Postgres

/// Reads a wide row column by column, in order.
struct Columns {
    private let row: Row
    private var index: Int

    init(_ row: Row, from index: Int = 0) {
        self.row = row
        self.index = index
    }

    mutating func next<Value: Readable>(_ type: Value.Type = Value.self, file: StaticString = #fileID, line: UInt = #line) throws -> Value {
        defer { index += 1 }
        return try row.value(index, as: type, file: file, line: line)
    }
}
