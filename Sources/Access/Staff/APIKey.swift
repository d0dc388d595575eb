public import Postgres
public import Values

/// A program's way in. Its token is shown once, when it is made.
public struct APIKey: Sendable {
    public let id: APIKeyID
    public let name: String
    public let scopes: Set<Permission>
    /// nil is the whole organization.
    public let locations: Set<LocationID>?
    public let expiresAt: Instant
    public let revokedAt: Instant?
    public let version: Int
    public let createdAt: Instant
    public let updatedAt: Instant

    private static let columns: Statement =
        "select id, name, scopes, locations, expires_at, revoked_at, version, created_at, updated_at from control.api_key"

    public static func page(after: APIKeyID?, limit: Int) -> Statement {
        columns + " where (\(after)::uuid is null or id > \(after)) order by id limit \(limit)"
    }

    public static func one(_ id: APIKeyID) -> Statement { columns + " where id = \(id)" }

    public init(_ row: Row) throws {
        id = try row.value(0)
        name = try row.value(1)
        scopes = Set(try row.value(2, as: [String].self).compactMap(Permission.init))
        locations = try row.value(3, as: [LocationID]?.self).map(Set.init)
        expiresAt = try row.value(4)
        revokedAt = try row.value(5)
        version = try row.value(6)
        createdAt = try row.value(7)
        updatedAt = try row.value(8)
    }
}

/// A key that was just made.
public struct NewKey: Sendable {
    public let key: APIKey
    public let token: String
}
