import Postgres
import Synchronization
public import Tenancy
import Values

/// What settings hold at a location, for the slices that act on them. Kept in memory for at most a second after it was read, so that a change
/// holds everywhere within one.
public final class SettingReader: Sendable {
    private struct Entry {
        let values: SettingValues
        let readAt: ContinuousClock.Instant
    }

    private let tenancy: Tenancy
    private let lifetime: Duration
    private let cache = Mutex<[LocationID: Entry]>([:])
    /// More locations than one installation has; beyond it the cache starts anew rather than grow.
    private let limit = 20_000

    public init(tenancy: Tenancy, lifetime: Duration = .seconds(1)) {
        self.tenancy = tenancy
        self.lifetime = lifetime
    }

    /// From memory, or two flights at once: one to control, one to the location.
    public func values(at location: Location) async throws -> SettingValues {
        if let entry = cache.withLock({ $0[location.id] }), ContinuousClock.now - entry.readAt < lifetime { return entry.values }
        let readAt = ContinuousClock.now
        async let outer = tenancy.organizationRead(location.organization, SettingStore.inherited)
        let inner = try await tenancy.read(location, SettingStore.local).map(SettingStore.local)
        let stored = try await outer.map(SettingStore.inherited) + inner
        let entry = Entry(values: SettingValues(EffectiveSetting.all(stored, at: .location)), readAt: readAt)
        cache.withLock {
            if $0.count >= limit { $0.removeAll() }
            $0[location.id] = entry
        }
        return entry.values
    }
}

/// The values of all settings at one place.
public struct SettingValues: Sendable {
    private let values: [String: SettingValue]

    init(_ settings: [EffectiveSetting]) {
        values = Dictionary(settings.map { ($0.setting.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(_ setting: Setting) -> SettingValue { values[setting.name] ?? setting.standard }

    /// 0 for a setting that is no number.
    public func number(_ setting: Setting) -> Int {
        guard case .number(let number) = self[setting] else { return 0 }
        return number
    }

    /// Empty for a setting that is no text.
    public func text(_ setting: Setting) -> String {
        guard case .text(let text) = self[setting] else { return "" }
        return text
    }
}
