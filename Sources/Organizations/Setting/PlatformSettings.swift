public import Access
import Postgres
public import Tenancy
public import Values

/// What the platform sets for every organization. For the command line: no route leads here.
public struct PlatformSettings: Sendable {
    /// A setting as the platform has it.
    public struct Entry: Sendable {
        public let name: String
        public let meaning: String
        /// What may be set.
        public let advice: String
        public let value: JSON
        /// Whether the platform set it; otherwise it is the standard value.
        public let isSet: Bool
    }

    private let tenancy: Tenancy
    private let ambient: Ambient

    public init(tenancy: Tenancy, ambient: Ambient) {
        self.tenancy = tenancy
        self.ambient = ambient
    }

    /// Every setting the platform may set, by name.
    public func all() async throws -> [Entry] {
        let stored = try await tenancy.signInRead(SettingStore.platform).map(SettingStore.inherited)
        return EffectiveSetting.all(stored, at: .platform).filter { $0.setting.scopes.contains(.platform) }.map {
            Entry(
                name: $0.setting.name,
                meaning: $0.setting.meaning,
                advice: $0.setting.advice,
                value: $0.value.json,
                isSet: $0.source == .platform
            )
        }
    }

    /// Sets a value for every organization and location that has not set its own; it holds within a second. The row says who and when.
    /// Errors: `not_found`; `setting_not_here`; `not_of_this_setting`.
    public func set(_ name: String, to json: JSON, by caller: Caller) async throws {
        let change = try ChangeSetting(name, at: .platform)
        let new = NewSetting(
            id: ambient.id(ID<Setting>.self).uuid,
            name: name,
            value: try change.value(json),
            at: ambient.now(),
            by: caller.actor.id
        )
        try await tenancy.signIn { tx in _ = try await tx.query(SettingStore.insertForPlatform(new)) }
    }

    /// Takes the platform's value back: the standard counts again. Errors: `not_found`, also when it was not set.
    public func unset(_ name: String) async throws {
        _ = try ChangeSetting(name, at: .platform)
        let removed = try await tenancy.signIn { tx in try await tx.query(SettingStore.removeFromPlatform(name)) }
        guard !removed.isEmpty else { throw Problem.notFound }
    }
}
