public import Postgres
public import Values

/// A role the organization made. The built-in ones are `BuiltInRole`.
public struct Role: Sendable {
    public let id: RoleID
    public let name: String
    public let permissions: Set<Permission>
    public let version: Int
    public let createdAt: Instant
    public let updatedAt: Instant

    private static let columns: Statement = "select id, name, permissions, version, created_at, updated_at from control.role"

    public static func page(after: RoleID?, limit: Int) -> Statement {
        columns + " where (\(after)::uuid is null or id > \(after)) order by id limit \(limit)"
    }

    public static func one(_ id: RoleID) -> Statement { columns + " where id = \(id)" }

    public init(_ row: Row) throws {
        id = try row.value(0)
        name = try row.value(1)
        permissions = Set(try row.value(2, as: [String].self).compactMap(Permission.init))
        version = try row.value(3)
        createdAt = try row.value(4)
        updatedAt = try row.value(5)
    }
}
