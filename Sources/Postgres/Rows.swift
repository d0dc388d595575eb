internal import CLibpq

/// What a statement brought back.
public struct Rows: Sendable, RandomAccessCollection {
    private let answer: Answer
    public let count: Int

    init(_ result: OpaquePointer) {
        answer = Answer(result)
        count = Int(PQntuples(result))
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(position: Int) -> Row {
        precondition(position >= 0 && position < count, "row out of range")
        return Row(answer: answer, row: Int32(truncatingIfNeeded: position))
    }

    /// How many rows the statement inserted, updated, deleted or selected.
    public var affected: Int {
        Int(String(cString: PQcmdTuples(answer.result))) ?? 0
    }

    public func decode<each Column: Readable>(
        _ type: (repeat each Column).Type = (repeat each Column).self,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DecodingFailure) -> [(repeat each Column)] {
        var decoded: [(repeat each Column)] = []
        decoded.reserveCapacity(count)
        for position in 0..<count { decoded.append(try self[position].decode(type, file: file, line: line)) }
        return decoded
    }

    /// The tag of the command that ran: `COMMIT`, `INSERT 0 1`.
    var tag: String { String(cString: PQcmdStatus(answer.result)) }
}

/// One row of an answer.
public struct Row: Sendable {
    fileprivate let answer: Answer
    fileprivate let row: Int32

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
        let columns = PQnfields(answer.result)
        guard columns == expected else {
            throw DecodingFailure(
                column: nil,
                index: Int(columns),
                expected: "\(expected) columns",
                oid: 0,
                isNull: false,
                origin: Origin(file, line)
            )
        }
        var column: Int32 = 0
        do {
            return (repeat try next(&column, as: (each Column).self))
        } catch {
            throw error.at(Origin(file, line))
        }
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

    private func next<Value: Readable>(_ column: inout Int32, as type: Value.Type) throws(DecodingFailure) -> Value {
        defer { column += 1 }
        return try Value.decode(Cell(answer.result, row: row, column: column))
    }
}

/// Owns a PGresult. libpq never writes to a result it has handed out, so any thread may read it; the last owner frees it.
final class Answer: Sendable {
    nonisolated(unsafe) let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit { PQclear(result) }
}
