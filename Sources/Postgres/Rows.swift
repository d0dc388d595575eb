internal import CLibpq

/// What a statement brought back.
public struct Rows: Sendable, RandomAccessCollection {
    private let answer: Answer
    /// How many rows there are.
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

    /// All rows, whole. Errors as of `Row.decode`.
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

    /// Rows of one column.
    public func decode<Value: Readable>(
        _ type: Value.Type,
        file: StaticString = #fileID,
        line: UInt = #line
    ) throws(DecodingFailure) -> [Value] {
        var decoded: [Value] = []
        decoded.reserveCapacity(count)
        for position in 0..<count { decoded.append(try self[position].decode(type, file: file, line: line)) }
        return decoded
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
