internal import CLibpq

/// One row of an answer.
public struct Row: Sendable {
    let answer: Answer
    let row: Int32

    /// The whole row. Errors: another count of columns, NULL in a column that is not Optional, another type.
    ///
    ///     let (id, name) = try row.decode((PatientID, String).self)
    public func decode<each Column: Readable>(
        _ type: (repeat each Column).Type = (repeat each Column).self,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DecodingFailure) -> (repeat each Column) {
        var expected: Int32 = 0
        for _ in repeat (each Column).self { expected += 1 }
        try expect(expected, file, line)
        var column: Int32 = 0
        do {
            return (repeat try next(&column, as: (each Column).self))
        } catch {
            throw error.at(Origin(file, line))
        }
    }

    /// A row of one column.
    public func decode<Value: Readable>(
        _ type: Value.Type,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DecodingFailure) -> Value {
        try expect(1, file, line)
        return try value(0, as: type, file: file, line: line)
    }

    public func value<Value: Readable>(
        _ index: Int,
        as type: Value.Type = Value.self,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DecodingFailure) -> Value {
        guard index >= 0, index < Int(PQnfields(answer.result)) else {
            throw DecodingFailure(column: nil, index: index, expected: type, oid: 0, isNull: false, origin: Origin(file, line))
        }
        do {
            return try Value.decode(Cell(answer.result, row: row, column: Int32(truncatingIfNeeded: index)))
        } catch {
            throw error.at(Origin(file, line))
        }
    }

    public func value<Value: Readable>(
        _ column: StaticString,
        as type: Value.Type = Value.self,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DecodingFailure) -> Value {
        let name = "\(column)"
        for index in 0..<PQnfields(answer.result) where PQfname(answer.result, index).map({ String(cString: $0) }) == name {
            return try value(Int(index), as: type, file: file, line: line)
        }
        throw DecodingFailure(column: name, index: -1, expected: type, oid: 0, isNull: false, origin: Origin(file, line))
    }

    private func expect(_ expected: Int32, _ file: StaticString, _ line: UInt) throws(DecodingFailure) {
        let columns = PQnfields(answer.result)
        guard columns != expected else { return }
        throw DecodingFailure(
            column: nil,
            index: Int(columns),
            expected: "\(expected) columns",
            oid: 0,
            isNull: false,
            origin: Origin(file, line)
        )
    }

    private func next<Value: Readable>(_ column: inout Int32, as type: Value.Type) throws(DecodingFailure) -> Value {
        defer { column += 1 }
        return try Value.decode(Cell(answer.result, row: row, column: column))
    }
}
