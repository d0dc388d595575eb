/// How a door opens: what rides in front of the first statement of a flight, and which schema `{location}` stands for.
///
/// Everything a scope sets is local to the flight's transaction and is undone at its end, on error too.
public struct Scope: Sendable {
    let schema: SchemaName?
    /// `select set_config('role', …, true), …`; nil stays the login.
    let opening: Statement?

    /// Switches to `role`, and sets `settings`, for exactly one transaction.
    public static func role(_ role: RoleName, schema: SchemaName?, settings: [(name: StaticString, value: String)] = []) -> Scope {
        var opening: Statement = "select set_config('role', \(role.name), true)"
        for setting in settings {
            opening.append(literal: ", set_config('")
            opening.append(literal: setting.name)
            opening.append(literal: "', ")
            opening.append(bind: setting.value)
            opening.append(literal: ", true)")
        }
        return Scope(schema: schema, opening: opening)
    }

    /// The connection's own login, without a schema: relay, cron, migrator, owner connections.
    public static let login = Scope(schema: nil, opening: nil)

    /// The connection's own login, with a schema for `{location}`: for an owner that builds or migrates it.
    public static func login(schema: SchemaName) -> Scope { Scope(schema: schema, opening: nil) }
}
