import Postgres
import Values

/// All SQL on `control.setting` (platform and organization) and `{location}.setting`.
enum SettingStore {
    /// The platform's and the organization's own, through the organization's door.
    static let inherited: Statement =
        "select id, name, value, version, organization_id is null from control.setting order by name limit 1000"

    static let local: Statement = "select id, name, value, version from {location}.setting order by name limit 1000"

    static func insert(_ new: NewSetting, in organization: OrganizationID) -> Statement {
        """
        insert into control.setting (id, organization_id, name, value, created_at, created_by, updated_at, updated_by)
        values (\(new.id), \(organization), \(new.name), \(new.json), \(new.at), \(new.by), \(new.at), \(new.by))
        on conflict (organization_id, name) do update set value = excluded.value, version = setting.version + 1, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by
        returning id, version
        """
    }

    static func update(_ new: NewSetting, expected: Int, in organization: OrganizationID) -> Statement {
        """
        update control.setting set value = \(new.json), version = version + 1, updated_at = \(new.at), updated_by = \(new.by)
        where organization_id = \(organization) and name = \(new.name) and version = \(expected) returning id, version
        """
    }

    static func remove(_ name: String, expected: Int?, in organization: OrganizationID) -> Statement {
        """
        delete from control.setting
        where organization_id = \(organization) and name = \(name) and (\(expected)::int8 is null or version = \(expected)) returning id
        """
    }

    /// The platform's, through the sign-in door, which sees no organization's.
    static let platform: Statement =
        "select id, name, value, version, true from control.setting where organization_id is null order by name limit 1000"

    static func insertForPlatform(_ new: NewSetting) -> Statement {
        """
        insert into control.setting (id, name, value, created_at, created_by, updated_at, updated_by)
        values (\(new.id), \(new.name), \(new.json), \(new.at), \(new.by), \(new.at), \(new.by))
        on conflict (organization_id, name) do update set value = excluded.value, version = setting.version + 1, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by
        returning version
        """
    }

    static func removeFromPlatform(_ name: String) -> Statement {
        "delete from control.setting where organization_id is null and name = \(name) returning id"
    }

    static func insert(_ new: NewSetting) -> Statement {
        """
        insert into {location}.setting (id, name, value, created_at, created_by, updated_at, updated_by)
        values (\(new.id), \(new.name), \(new.json), \(new.at), \(new.by), \(new.at), \(new.by))
        on conflict (name) do update set value = excluded.value, version = setting.version + 1, updated_at = excluded.updated_at,
            updated_by = excluded.updated_by
        returning id, version
        """
    }

    static func update(_ new: NewSetting, expected: Int) -> Statement {
        """
        update {location}.setting set value = \(new.json), version = version + 1, updated_at = \(new.at), updated_by = \(new.by)
        where name = \(new.name) and version = \(expected) returning id, version
        """
    }

    static func remove(_ name: String, expected: Int?) -> Statement {
        "delete from {location}.setting where name = \(name) and (\(expected)::int8 is null or version = \(expected)) returning id"
    }

    static func inherited(_ row: Row) throws -> EffectiveSetting.Stored {
        try stored(row, try row.value(4, as: Bool.self) ? .platform : .organization)
    }

    static func local(_ row: Row) throws -> EffectiveSetting.Stored { try stored(row, .location) }

    private static func stored(_ row: Row, _ scope: Setting.Scope) throws -> EffectiveSetting.Stored {
        EffectiveSetting.Stored(
            scope: scope,
            name: try row.value(1),
            value: try JSON.parse(Array(try row.value(2, as: JSONText.self).text.utf8)),
            version: try row.value(3)
        )
    }
}

/// A value about to be stored.
struct NewSetting: Sendable {
    let id: UUID
    let name: String
    let value: SettingValue
    let at: Instant
    let by: UUID

    var json: JSONText { JSONText(String(decoding: value.json.bytes, as: UTF8.self)) }
}
