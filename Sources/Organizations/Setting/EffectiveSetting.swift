import Values
import Web

/// A setting as it holds at one place, and where its value comes from.
struct EffectiveSetting: Sendable {
    enum Source: String, Sendable, CaseIterable {
        /// Nobody set it.
        case standard
        case platform, organization, location
    }

    let setting: Setting
    let value: SettingValue
    let source: Source
    /// Of the value set at the place itself; nil when it is inherited.
    let version: Int?

    /// What is stored somewhere above, or at, a place.
    struct Stored: Sendable {
        let scope: Setting.Scope
        let name: String
        let value: JSON
        let version: Int
    }

    /// All settings at a place of this scope: the innermost stored value counts. One that the setting no longer takes is passed over.
    static func all(_ stored: [Stored], at place: Setting.Scope) -> [EffectiveSetting] {
        let byName = Dictionary(grouping: stored, by: \.name)
        return Setting.all.map { setting in
            let candidates = (byName[setting.name] ?? []).filter { setting.scopes.contains($0.scope) && $0.scope <= place }
            for candidate in candidates.sorted(by: { $0.scope > $1.scope }) {
                guard let value = setting.value(candidate.value), let source = Source(rawValue: candidate.scope.rawValue) else { continue }
                return EffectiveSetting(
                    setting: setting,
                    value: value,
                    source: source,
                    version: candidate.scope == place ? candidate.version : nil
                )
            }
            return EffectiveSetting(setting: setting, value: setting.standard, source: .standard, version: nil)
        }
    }

    static let shape = Shape<EffectiveSetting>("Setting") {
        Field("name", \.setting.name, .text(1...100), example: "scheduling.late_cancellation_hours")
        Field("meaning", \.setting.meaning, .text(1...300))
        Field("value", \.value.json, .json())
        Field("standard", \.setting.standard.json, .json(), about: "What it is when nobody sets it.")
        Field("advice", \.setting.advice, .text(1...300), about: "What may be sent as its value.")
        Field("scopes", \.setting.scopes, .list(of: .choice(), 1...3), about: "Where it may be set.")
        Field("source", \.source, .choice(), about: "Where the value comes from.")
        Field("version", \.version, .int(1...Int.max), about: "Of the value set here; null when it is inherited.")
    }
}

struct SettingBody: Sendable {
    var value = JSON.null

    static let shape = Shape("SetSetting", SettingBody()) {
        Field("value", \.value, .json(bytes: 1000), example: .integer(10))
    }
}
