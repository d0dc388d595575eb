import TestSupport
import Testing
import Values

@Suite("polyclinic setting")
struct SettingCommandTests {
    @Test("a setting is set for everybody, listed and taken back; what it cannot be is refused with what it can be")
    func settings() async throws {
        let clinic = try await TestClinic.open()
        let ada = try Operator(clinic.settings)
        let name = "scheduling.late_cancellation_hours"
        func value() async throws -> (JSON?, JSON?) {
            let row = try await ada.rows("setting", "list").first { $0["name"]?.text == name }
            return (row?["value"], row?["set"])
        }
        #expect(try await value() == (24, false))
        try await ada.done("setting", "set", name, "48")
        #expect(try await value() == (48, true))
        #expect(try await ada.refused("setting", "set", name, "soon").complaints.contains("from 0 to 168"))
        #expect(try await ada.refused("setting", "set", "no.setting", "1").status == 1)
        try await ada.done("setting", "unset", name)
        #expect(try await value() == (24, false))
        #expect(try await ada.refused("setting", "unset", name).status == 1)
        await clinic.close()
    }
}
