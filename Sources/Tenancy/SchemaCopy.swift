import Postgres
import Values

/// Makes a schema in a database and fills it, in one transaction: whole or not there.
struct SchemaCopy {
    let owner: Owner
    let location: Location

    /// The schema at `version`, empty but for its version rows. A schema of this name that is there already is nobody's: the caller has
    /// made sure of that.
    func build(at version: Int, in session: CopySession) async throws {
        try await session.script(try SQLFile(text: "drop schema if exists \(location.schema) cascade;"))
        try await upgrade(from: 0, to: version, in: session)
    }

    func upgrade(from: Int, to version: Int, in session: CopySession) async throws {
        for migration in owner.files.after(from, .location) where migration.version <= version {
            let text = Owner.text(migration, schema: location.schema.name)
                .replacing("{location}", with: location.schema.name)
                .replacing("{role}", with: location.role.name)
            try await session.script(try SQLFile(text: text))
        }
    }

    /// All rows of a table from one transaction to another.
    func pipe(_ table: SchemaTables.Table, from source: CopySession, to target: CopySession) async throws {
        let out = try table.copyOut(location.schema)
        _ = try await target.copyIn(try table.copyIn(location.schema)) { write in try await source.copyOut(out, write) }
    }
}
