/// One transaction of scripts and COPYs, as the login, on one leased connection: what dumps, restores and moves a schema. Used inside
/// `Database.copying` only, one call after another.
///
/// The texts are `SQLFile`s, since COPY takes no binds and the tables are known only when it runs.
public final class CopySession {
    private var talker: Talker

    init(_ talker: Talker) {
        self.talker = talker
    }

    /// Runs statements and drops what they answer. The text may not end the transaction.
    public func script(_ file: SQLFile) async throws { try await say(.script(file.sql)) }

    public func query(_ statement: Statement) async throws -> Rows {
        guard let rows = try await say(.statement(statement)).rows.last else { throw PostgresError.misuse("a statement without an answer") }
        return rows
    }

    /// `COPY … TO STDOUT`; `each` gets one row of the stream at a time. The server waits while `each` works.
    public func copyOut(_ file: SQLFile, _ each: ([UInt8]) async throws -> Void) async throws {
        try await say(.script(file.sql))
        while true {
            let rows = try await say(.copyOut).copied
            if rows.isEmpty { return }
            for row in rows { try await each(row) }
        }
    }

    /// `COPY … FROM STDIN`; `body` hands over pieces of the stream. Answers how many rows went in.
    public func copyIn(_ file: SQLFile, _ body: (_ write: ([UInt8]) async throws -> Void) async throws -> Void) async throws -> Int {
        try await say(.script(file.sql))
        // Pieces travel to the reactor in larger ones.
        var piece: [UInt8] = []
        try await body { bytes in
            piece += bytes
            guard piece.count >= 65_536 else { return }
            try await self.say(.copyIn(piece))
            piece.removeAll(keepingCapacity: true)
        }
        if !piece.isEmpty { try await say(.copyIn(piece)) }
        return try await say(.copyInEnd).rows.last?.affected ?? 0
    }

    @discardableResult
    private func say(_ talk: Talk) async throws -> SegmentAnswer {
        // The lease is had since BEGIN: the copy says the same.
        var talker = talker
        return try await talker.say(talk)
    }
}

extension Database {
    /// Runs `body` in one transaction. `schema` is what `{location}` stands for in
    /// queries. When anything throws, nothing is kept and the connection is given up. `patience` bounds each step.
    public func copying<Value>(
        _ mode: TransactionMode = .readWrite,
        schema: SchemaName? = nil,
        within patience: Duration = .seconds(600),
        file: StaticString = #fileID,
        line: UInt = #line,
        _ body: (CopySession) async throws -> Value
    ) async throws -> Value {
        var talker = Talker(self, schema.map(Scope.login(schema:)) ?? .login, Origin(file, line), patience: patience)
        var value: Value?
        try await talker.transaction(mode) { talker in value = try await body(CopySession(talker)) }
        guard let value else { throw PostgresError.misuse("a transaction without an end") }
        return value
    }
}
