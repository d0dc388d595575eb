import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

struct SettingRoutes {
    private static let atLocation: StaticString = "/v1/locations/{location}/settings/{setting:code}"
    private static let ofOrganization: StaticString = "/v1/organizations/{organization}/settings/{setting:code}"

    var routes: [Route] { location + organization }

    private var location: [Route] {
        [
            .list(
                "/v1/locations/{location}/settings",
                "Lists all settings as they hold at a location, and where each comes from",
                .permission(.settingsRead),
                item: EffectiveSetting.shape
            ) { call, _ in
                let act = ReadAct("setting.list", "setting")
                let location = try call.location
                let inherited = try await call.access.read(location.organization, SettingStore.inherited, act, by: call.caller)
                let local = try await call.read(SettingStore.local, act)
                return Page(EffectiveSetting.all(try inherited.map(SettingStore.inherited) + local.map(SettingStore.local), at: .location))
            },
            .change(
                SettingRoutes.atLocation,
                "Sets a value at a location",
                .permission(.settingsManage),
                method: .put,
                body: SettingBody.shape,
                answer: EffectiveSetting.shape,
                errors: [ChangeSetting.notHere],
                version: .optional
            ) { call, work, body in
                try await ChangeSetting(try call.path.text("setting"), at: .location).run(work, body.value)
            },
            .remove(
                SettingRoutes.atLocation,
                "Takes a location's value back: the organization's counts again",
                .permission(.settingsManage),
                errors: [ChangeSetting.notHere],
                version: .optional
            ) { call, work in
                try await ChangeSetting(try call.path.text("setting"), at: .location).undo(work)
            },
        ]
    }

    private var organization: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/settings",
                "Lists all settings as they hold for the organization, and where each comes from",
                .permission(.settingsRead),
                item: EffectiveSetting.shape
            ) { call, _ in
                let stored = try await call.read(SettingStore.inherited, ReadAct("setting.list", "setting")).map(SettingStore.inherited)
                return Page(EffectiveSetting.all(stored, at: .organization))
            },
            .changeInOrganization(
                SettingRoutes.ofOrganization,
                "Sets a value for all locations that set none of their own",
                .permission(.settingsManage),
                method: .put,
                body: SettingBody.shape,
                answer: EffectiveSetting.shape,
                errors: [ChangeSetting.notHere],
                version: .optional
            ) { call, work, body in
                try await ChangeSetting(try call.path.text("setting"), at: .organization).run(work, body.value)
            },
            .removeInOrganization(
                SettingRoutes.ofOrganization,
                "Takes the organization's value back: the platform's counts again",
                .permission(.settingsManage),
                errors: [ChangeSetting.notHere],
                version: .optional
            ) { call, work in
                try await ChangeSetting(try call.path.text("setting"), at: .organization).undo(work)
            },
        ]
    }
}
