import TestSupport
import Testing
import Values

@testable import Organizations

@Suite("Settings")
struct SettingTests {
    private func stored(_ scope: Setting.Scope, _ setting: Setting, _ value: JSON, version: Int = 1) -> EffectiveSetting.Stored {
        EffectiveSetting.Stored(scope: scope, name: setting.name, value: value, version: version)
    }

    private func effective(_ setting: Setting, _ stored: [EffectiveSetting.Stored], at place: Setting.Scope = .location) throws
        -> EffectiveSetting
    {
        try #require(EffectiveSetting.all(stored, at: place).first { $0.setting.name == setting.name })
    }

    @Test("names are unique and every standard value is one the setting takes")
    func registryIsSound() {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        for setting in Setting.all { #expect(setting.value(setting.standard.json) == setting.standard, "\(setting.name)") }
    }

    @Test("the innermost value counts and says where it comes from")
    func innermostCounts() throws {
        let values = [
            stored(.platform, .lateCancellation, 1), stored(.location, .lateCancellation, 3, version: 7),
            stored(.organization, .lateCancellation, 2),
        ]
        let here = try effective(.lateCancellation, values)
        #expect(here.value == .number(3))
        #expect(here.source == .location)
        #expect(here.version == 7)
        let outside = try effective(.lateCancellation, values, at: .organization)
        #expect(outside.value == .number(2))
        #expect(outside.source == .organization)
    }

    @Test("what nobody set is the standard, and an inherited value has no version here")
    func inherited() throws {
        let standard = try effective(.lateCancellation, [])
        #expect(standard.value == .number(24))
        #expect(standard.source == .standard)
        let inherited = try effective(.lateCancellation, [stored(.organization, .lateCancellation, 48)])
        #expect(inherited.value == .number(48))
        #expect(inherited.version == nil)
    }

    @Test("a stored value that the setting no longer takes, or takes elsewhere only, is passed over")
    func unfitValuesArePassedOver() throws {
        let tooLarge = try effective(
            .lateCancellation,
            [stored(.organization, .lateCancellation, 9), stored(.location, .lateCancellation, 100_000)]
        )
        #expect(tooLarge.value == .number(9))
        let wrongScope = try effective(.chartNumberPrefix, [stored(.platform, .chartNumberPrefix, "AB")])
        #expect(wrongScope.source == .standard)
    }

    @Test(
        "a value of another sort is refused",
        arguments: [
            (Setting.lateCancellation, JSON.string("5")), (.lateCancellation, .integer(-1)), (.lateCancellation, .number("1e1")),
            (.lateCancellation, .integer(169)), (.lateCancellation, .bool(true)), (.lateCancellation, .null),
            (.chartNumberPrefix, .string("ab")), (.chartNumberPrefix, .string("ABCDEFG")), (.chartNumberPrefix, .integer(1)),
        ]
    )
    func refused(_ setting: Setting, _ value: JSON) {
        #expect(setting.value(value) == nil)
    }

    @Test("a setting that does not exist is not found, and one of another level is refused")
    func unknownSettings() throws {
        #expect(throws: Problem.notFound) { try ChangeSetting("scheduling.nothing", at: .location) }
        #expect(throws: ChangeSetting.notHere) { try ChangeSetting(Setting.chartNumberPrefix.name, at: .platform) }
    }
}
