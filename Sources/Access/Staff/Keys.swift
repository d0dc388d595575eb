import Postgres
public import Values

extension Staffing {
    /// Makes an API key of permissions the caller holds where the key is to have them. Errors: `grants_more_than_held`, `invalid_request`.
    public func createKey(name: String, scopes: Set<Permission>, locations: Set<LocationID>?, expiresAt: Instant) async throws -> NewKey {
        try require(.keysManage)
        let name = try checkedName(name)
        guard !scopes.isEmpty, scopes.isSubset(of: Permission.grantable) else {
            throw Problem.invalid("/scopes", "invalid_scopes", "Name at least one permission that can be granted.")
        }
        guard expiresAt > now, expiresAt <= now.adding(seconds: AccessSettings.keySeconds) else {
            throw Problem.invalid("/expires_at", "invalid_expiry", "A key ends within a year.")
        }
        try await check(scopes, locations, until: expiresAt)
        let token = Token.make(.key, ambient)
        let id = ambient.id(APIKeyID.self)
        tx.enqueue(
            """
            insert into control.api_key (id, organization_id, name, token_hash, scopes, locations, expires_at, created_at, created_by, updated_at, \
            updated_by) values (\(id), \(organization), \(name), \(token.hash), \(scopes.map(\.rawValue).sorted()), \(locations.map { $0.sorted() }), \
            \(expiresAt), \(now), \(caller.actor.id), \(now), \(caller.actor.id))
            """
        )
        audit(
            Act(
                "key.created",
                "api_key",
                id,
                changed: scopes.map(\.rawValue).sorted(),
                objects: locations.map { $0.map(\.uuid).sorted() } ?? []
            )
        )
        guard let row = try await tx.query(APIKey.one(id)).first else { throw Problem.notFound }
        return NewKey(key: try APIKey(row), token: token.text)
    }

    /// The key is dead within a second. Revoking it again changes nothing.
    public func revokeKey(_ id: APIKeyID) async throws {
        try require(.keysManage)
        guard let row = try await tx.query(APIKey.one(id) + " for update").first else { throw Problem.notFound }
        let key = try APIKey(row)
        try checkVersion(key.version)
        guard key.revokedAt == nil else { return }
        tx.enqueue(
            "update control.api_key set revoked_at = \(now), version = version + 1, updated_at = \(now), updated_by = \(caller.actor.id) where id = \(id)"
        )
        audit(Act("key.revoked", "api_key", id))
    }

    private func check(_ scopes: Set<Permission>, _ locations: Set<LocationID>?, until: Instant) async throws {
        guard let locations else {
            guard caller.mayGrant(GrantRule(.allow, scopes, until: until), in: organization) else { throw Staffing.grantsMore }
            return
        }
        guard (1...200).contains(locations.count) else {
            throw Problem.invalid("/location_ids", "invalid_count", "Name 1 to 200 locations.")
        }
        let known = try await tx.query(
            "select id from control.location_directory where id = any (\(locations.sorted())) and state <> 'removed'"
        )
        guard known.count == locations.count else {
            throw Problem.invalid("/location_ids", "unknown_location", "One of these locations does not exist here.")
        }
        for location in locations {
            guard caller.mayGrant(GrantRule(.allow, scopes, at: location, until: until), in: organization) else {
                throw Staffing.grantsMore
            }
        }
    }
}
