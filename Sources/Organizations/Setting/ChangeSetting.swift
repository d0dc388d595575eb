import Access
import Jobs
import Postgres
import Values

/// Sets a value at a location or for the organization, or takes it back so that the outer one counts again.
struct ChangeSetting {
    let setting: Setting

    static let notHere = Problem.conflict("setting_not_here", "This setting is not set at this level. Its scopes say where it may be set.")

    /// Errors: `not_found` when there is no such setting; `setting_not_here`.
    init(_ name: String, at scope: Setting.Scope) throws(Problem) {
        guard let setting = Setting.named(name) else { throw Problem.notFound }
        guard setting.scopes.contains(scope) else { throw ChangeSetting.notHere }
        self.setting = setting
    }

    func run(_ work: Work, _ json: JSON) async throws -> EffectiveSetting {
        let new = NewSetting(
            id: work.id(ID<Setting>.self).uuid,
            name: setting.name,
            value: try value(json),
            at: work.now,
            by: work.caller.actor.id
        )
        let statement = work.expectedVersion.map { SettingStore.update(new, expected: $0) } ?? SettingStore.insert(new)
        guard let row = try await work.query(statement).first else { throw Problem.stale }
        let (id, version) = try row.decode((UUID, Int).self)
        work.audit(act(id))
        return EffectiveSetting(setting: setting, value: new.value, source: .location, version: version)
    }

    func run(_ work: OrganizationWork, _ json: JSON) async throws -> EffectiveSetting {
        let new = NewSetting(
            id: work.id(ID<Setting>.self).uuid,
            name: setting.name,
            value: try value(json),
            at: work.now,
            by: work.caller.actor.id
        )
        let organization = work.organization
        let statement =
            work.expectedVersion.map { SettingStore.update(new, expected: $0, in: organization) }
            ?? SettingStore.insert(new, in: organization)
        guard let row = try await work.query(statement).first else { throw Problem.stale }
        let (id, version) = try row.decode((UUID, Int).self)
        work.audit(act(id))
        return EffectiveSetting(setting: setting, value: new.value, source: .organization, version: version)
    }

    func undo(_ work: Work) async throws {
        let removed = try await work.query(SettingStore.remove(setting.name, expected: work.expectedVersion))
        work.audit(act(try removedID(removed, expected: work.expectedVersion)))
    }

    func undo(_ work: OrganizationWork) async throws {
        let removed = try await work.query(SettingStore.remove(setting.name, expected: work.expectedVersion, in: work.organization))
        work.audit(act(try removedID(removed, expected: work.expectedVersion)))
    }

    func value(_ json: JSON) throws(Problem) -> SettingValue {
        guard let value = setting.value(json) else { throw Problem.invalid("/value", "not_of_this_setting", setting.advice) }
        return value
    }

    private func removedID(_ rows: Rows, expected: Int?) throws -> UUID {
        guard let row = rows.first else { throw expected == nil ? Problem.notFound : Problem.stale }
        return try row.value(0)
    }

    private func act(_ id: UUID) -> Act { Act("setting.change", "setting", id, changed: [setting.name]) }
}
