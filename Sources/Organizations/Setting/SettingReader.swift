import Postgres
public import Tenancy
import Values

/// What settings hold at a location, for the slices that act on them.
public struct SettingReader: Sendable {
    private let tenancy: Tenancy

    public init(tenancy: Tenancy) {
        self.tenancy = tenancy
    }

    /// Two flights: one to control, one to the location.
    public func values(at location: Location) async throws -> SettingValues {
        var stored = try await tenancy.organizationRead(location.organization, SettingStore.inherited).map(SettingStore.inherited)
        stored += try await tenancy.read(location, SettingStore.local).map(SettingStore.local)
        return SettingValues(EffectiveSetting.all(stored, at: .location))
    }
}

/// The values of all settings at one place.
public struct SettingValues: Sendable {
    private let values: [String: SettingValue]

    init(_ settings: [EffectiveSetting]) {
        values = Dictionary(settings.map { ($0.setting.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(_ setting: Setting) -> SettingValue { values[setting.name] ?? setting.standard }

    /// Whether a feature is on.
    public func isOn(_ setting: Setting) -> Bool { self[setting] == .flag(true) }

    /// nil for a setting that is no number.
    public func number(_ setting: Setting) -> Int? {
        guard case .number(let number) = self[setting] else { return nil }
        return number
    }

    /// nil for a setting that is no text.
    public func text(_ setting: Setting) -> String? {
        guard case .text(let text) = self[setting] else { return nil }
        return text
    }
}
