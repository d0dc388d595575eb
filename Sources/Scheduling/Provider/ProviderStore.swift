public import Postgres
public import Values

/// All SQL on `provider`; its calendar is a row of `resource` with the same id.
public enum ProviderStore {
    private static let all: Statement = """
        select provider.id, provider.given_name, provider.family_name, provider.npi, provider.taxonomy, resource.name, resource.lanes, resource.shared,
            resource.active, provider.version, provider.created_at, provider.updated_at
        from {location}.provider join {location}.resource on resource.id = provider.id
        """

    /// One provider, also for slices to the right.
    public static func one(_ id: ProviderID) -> Statement { all + " where provider.id = \(id)" }

    static func locked(_ id: ProviderID) -> Statement { all + " where provider.id = \(id) for no key update" }

    static func page(active: Bool?, after: (name: String, id: ProviderID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let active { select += " and resource.active = \(active)" }
        if let after { select += " and (resource.name, resource.id) > (\(after.name), \(after.id))" }
        return select + " order by resource.name, resource.id limit \(limit)"
    }

    static func insert(_ provider: Provider, by actor: UUID) -> Statement {
        """
        insert into {location}.provider (id, given_name, family_name, npi, taxonomy, created_at, created_by, updated_at, updated_by)
        values (\(provider.id), \(provider.givenName), \(provider.familyName), \(provider.npi?.digits), \(provider.taxonomy),
            \(provider.createdAt), \(actor), \(provider.updatedAt), \(actor))
        """
    }

    static func update(_ provider: Provider, by actor: UUID) -> Statement {
        """
        update {location}.provider set given_name = \(provider.givenName), family_name = \(provider.familyName), npi = \(provider.npi?.digits),
            taxonomy = \(provider.taxonomy), version = \(provider.version), updated_at = \(provider.updatedAt), updated_by = \(actor)
        where id = \(provider.id)
        """
    }

    /// Reads a row of `one`.
    public static func provider(_ row: Row) throws -> Provider {
        Provider(
            id: try row.value(0),
            givenName: try row.value(1),
            familyName: try row.value(2),
            npi: try row.value(3, as: String?.self).flatMap { NPI($0) },
            taxonomy: try row.value(4),
            lanes: try row.value(6),
            shared: try row.value(7),
            active: try row.value(8),
            version: try row.value(9),
            createdAt: try row.value(10),
            updatedAt: try row.value(11)
        )
    }
}
