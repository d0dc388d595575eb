import Access
import Postgres
import Tenancy
import Values
import Web

/// Packs are the organization's: who sees or changes types at one of its locations sees them, who changes types everywhere changes them.
struct TypePackRoutes {
    private static let all: StaticString = "/v1/organizations/{organization}/appointment-type-packs"
    private static let one: StaticString = "/v1/organizations/{organization}/appointment-type-packs/{pack}"

    var routes: [Route] { reading + writing + applying }

    private var reading: [Route] {
        [
            .list(
                TypePackRoutes.all,
                "Lists packs of appointment types by name",
                .anywhere(.scheduleRead),
                item: TypePack.shape
            ) { call, page in
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, TypePackID.self)) }
                let select = TypePackStore.page(after: after, limit: page.fetch)
                let packs = try await call.read(select, ReadAct("type_pack.list", "type_pack")).map(TypePackStore.pack)
                return page.page(packs) { [.text($0.name), .id($0.id)] }
            },
            .get(TypePackRoutes.one, "Shows a pack of appointment types", .anywhere(.scheduleRead), answer: TypePack.shape) { call in
                try await TypePackRoutes.pack(call, "type_pack.read")
            },
        ]
    }

    private var writing: [Route] {
        [
            .createInOrganization(
                TypePackRoutes.all,
                "Adds a pack of appointment types",
                .permission(.scheduleManage),
                body: TypePackBody.shape,
                answer: TypePack.shape,
                errors: [TypePack.nameTaken, AppointmentType.lanesWithoutPolicy, AppointmentType.groupAlone],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateTypePack(body: body).run(work)
            },
            .changeInOrganization(
                TypePackRoutes.one,
                "Changes a pack of appointment types; locations follow when it is applied",
                .permission(.scheduleManage),
                body: ChangeTypePackBody.shape,
                answer: TypePack.shape,
                errors: [TypePack.nameTaken, AppointmentType.lanesWithoutPolicy, AppointmentType.groupAlone]
            ) { call, work, body in
                try await ChangeTypePack(id: try call.path.id("pack"), body: body).run(work)
            },
            .removeInOrganization(
                TypePackRoutes.one,
                "Removes a pack of appointment types; what locations have from it stays as it is and becomes theirs",
                .permission(.scheduleManage)
            ) { call, work in
                try await RemoveTypePack(id: try call.path.id("pack")).run(work)
            },
        ]
    }

    private var applying: [Route] {
        [
            .createInOrganization(
                "/v1/organizations/{organization}/appointment-type-packs/{pack}/applications",
                "Makes or updates the types of a pack at locations where the caller may change types; the answer's address says how far it is",
                .anywhere(.scheduleManage),
                body: ApplyTypePackBody.shape,
                answer: TypePackApplication.shape,
                place: { $0.id.description }
            ) { call, work, body in
                try await StartTypePackApplication(pack: try call.path.id("pack"), body: body).run(work)
            },
            .get(
                "/v1/organizations/{organization}/appointment-type-packs/{pack}/applications/{application}",
                "Shows how far an application is at the locations the caller may see",
                .anywhere(.scheduleRead),
                answer: TypePackApplication.shape
            ) { call in
                let seen = call.caller.locations(with: .scheduleRead, in: try call.organization)
                let select = TypePackStore.application(try call.path.id("application"), of: try call.path.id("pack"), within: seen)
                return try TypePackStore.application(try await call.read(select, ReadAct("type_pack.application", "type_pack_application")))
            }.polled(),
            .list(
                "/v1/organizations/{organization}/appointment-type-packs/{pack}/drift",
                "Lists in what types differ from the pack, by location: those the caller may see at which it was applied",
                .anywhere(.scheduleRead),
                item: LocationDrift.shape
            ) { call, page in
                let pack = try await TypePackRoutes.pack(call, "type_pack.drift")
                let organization = try call.organization
                let seen = call.caller.locations(with: .scheduleRead, in: organization)
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, LocationID.self)) }
                let select = TypePackStore.appliedAt(pack.id, within: seen, after: after, limit: page.fetch)
                let places = try await call.tenancy.organizationRead(organization, select).decode((LocationID, String).self)
                let answers = try await LocationAnswer.all(places) { (id, name) in
                    try await TypePackRoutes.drift(of: pack, at: id, named: name, call)
                }
                let drifts = zip(places, answers).map { place, answer in
                    answer.answer ?? LocationDrift(location: place.0, name: place.1, isAvailable: false)
                }
                return page.page(drifts) { [.text($0.name), .id($0.location)] }
            },
        ]
    }

    private static func pack(_ call: Call, _ action: String) async throws -> TypePack {
        let select = TypePackStore.one(try call.path.id("pack"))
        guard let row = try await call.read(select, ReadAct(action, "type_pack")).first else { throw Problem.notFound }
        return try TypePackStore.pack(row)
    }

    /// Who saw a location's types stands in the location's own trail.
    private static func drift(of pack: TypePack, at id: LocationID, named name: String, _ call: Call) async throws -> LocationDrift {
        let location = try await call.tenancy.location(id)
        let act = ReadAct("appointment_type.drift", "appointment_type")
        let held = try await call.access.read(location, HeldTypeStore.of(pack.id), act, by: call.caller).map(HeldTypeStore.held)
        return LocationDrift(location: id, name: name, types: TypeDrift.all(pack, in: location.currency, held: held))
    }
}
