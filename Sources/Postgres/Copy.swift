extension Database {
    /// `COPY … FROM STDIN` in a transaction of its own. Each element of `rows` is any piece of the stream, in the format the statement
    /// names. Answers how many rows went in. When anything throws, nothing is kept.
    @discardableResult
    public func copyIn<Source: AsyncSequence>(
        _ statement: Statement,
        in scope: Scope = .login,
        rows: Source,
        within patience: Duration = .seconds(600),
        file: StaticString = #fileID,
        line: UInt = #line
    ) async throws -> Int where Source.Element == [UInt8] {
        let origin = Origin(file, line)
        let sql = try copySQL(statement, scope, origin)
        var talker = Talker(self, scope, origin, patience: patience)
        var count = 0
        try await talker.transaction { talker in
            try await talker.say(.script(sql))
            // Pieces travel to the reactor in larger ones.
            var piece: [UInt8] = []
            for try await row in rows {
                piece += row
                guard piece.count >= 65_536 else { continue }
                try await talker.say(.copyIn(piece))
                piece.removeAll(keepingCapacity: true)
            }
            if !piece.isEmpty { try await talker.say(.copyIn(piece)) }
            count = try await talker.say(.copyInEnd).rows.last?.affected ?? 0
        }
        return count
    }

    /// `COPY … TO STDOUT` in a transaction of its own; `each` gets one row of the stream at a time. The server waits while `each` works.
    public func copyOut(
        _ statement: Statement,
        in scope: Scope = .login,
        within patience: Duration = .seconds(600),
        file: StaticString = #fileID,
        line: UInt = #line,
        _ each: ([UInt8]) async throws -> Void
    ) async throws {
        let origin = Origin(file, line)
        let sql = try copySQL(statement, scope, origin)
        var talker = Talker(self, scope, origin, patience: patience)
        try await talker.transaction { talker in
            try await talker.say(.script(sql))
            while true {
                let rows = try await talker.say(.copyOut).copied
                if rows.isEmpty { return }
                for row in rows { try await each(row) }
            }
        }
    }

    /// COPY takes no binds.
    private func copySQL(_ statement: Statement, _ scope: Scope, _ origin: Origin) throws -> [UInt8] {
        try check([statement], scope, origin)
        guard statement.lengths.isEmpty else { throw PostgresError.misuse("COPY takes no binds", origin) }
        return statement.sql(schema: scope.schema).sql
    }
}
