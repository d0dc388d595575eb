/// The text of an SQL file, read at run time: with `SchemaName` and `RoleName` the only text that becomes SQL without being a literal of
/// the program. For migrations and provisioning only; a lint rule names who may make one.
public struct SQLFile: Sendable {
    /// NUL-terminated.
    let sql: [UInt8]

    /// `{location}` in the text stands for `schema`. Errors: `.misuse` for a NUL in the text, or for `{location}` without a schema.
    public init(text: String, schema: SchemaName? = nil) throws {
        var sql = Array(text.utf8)
        guard !sql.contains(0) else { throw PostgresError.misuse("a NUL in an SQL file") }
        let pieces = text.split(separator: "{location}", omittingEmptySubsequences: false)
        if pieces.count > 1 {
            guard let schema else { throw PostgresError.misuse("{location} in an SQL file without a schema") }
            sql = Array(pieces.joined(separator: "\"\(schema.name)\"").utf8)
        }
        self.sql = sql + [0]
    }
}

extension Database {
    /// Runs the file's statements on a leased connection, as the login, in the simple protocol: together they are one transaction unless
    /// they say BEGIN and COMMIT themselves; one that may not be in a transaction has to be alone in its file.
    ///
    /// A transaction left open is undone. Cancellation: after `cancelGrace` the server is asked to stop.
    public func script(
        _ file: SQLFile,
        within patience: Duration = .seconds(600),
        at source: StaticString = #fileID,
        line: UInt = #line
    ) async throws {
        var talker = Talker(self, .login, Origin(source, line), patience: patience)
        do {
            try await talker.say(.script(file.sql))
        } catch {
            await talker.end(.end)
            throw error
        }
        await talker.end(.end)
    }
}
