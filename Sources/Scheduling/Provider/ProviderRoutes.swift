import Access
import Tenancy
import Values
public import Web

struct CreateProviderBody: Sendable {
    var givenName = ""
    var familyName = ""
    var npi: NPI?
    var taxonomy: String?
    var lanes = 1
    var shared = false
    var id: ProviderID?

    static let shape = Shape("CreateProvider", CreateProviderBody()) {
        Field("given_name", \.givenName, .text(1...100), example: "Grace")
        Field("family_name", \.familyName, .text(1...100), example: "Okafor")
        Field("npi", \.npi, .npi, example: NPI("1234567893"), about: "Needed where claims are made.")
        Field("taxonomy", \.taxonomy, .code(10...10, "A-Z0-9"), example: "207Q00000X")
        Field("lanes", \.lanes, .int(1...100), optional: true, about: "How many appointments at once.")
        Field("shared", \.shared, .bool, optional: true, about: "Works at several locations, at each inside its allotments.")
        Field("id", \.id, .id(), about: "Of a shared provider: the id at the location that has them already.")
    }
}

struct ChangeProviderBody: Sendable {
    var givenName: String?
    var familyName: String?
    var npi = Change<NPI>.keep
    var taxonomy = Change<String>.keep
    var lanes: Int?
    var shared: Bool?
    var active: Bool?

    static let shape = Shape("ChangeProvider", ChangeProviderBody()) {
        Field("given_name", \.givenName, .text(1...100), null: false)
        Field("family_name", \.familyName, .text(1...100), null: false)
        Field("npi", \.npi, .npi)
        Field("taxonomy", \.taxonomy, .code(10...10, "A-Z0-9"))
        Field("lanes", \.lanes, .int(1...100), null: false)
        Field("shared", \.shared, .bool, null: false)
        Field("active", \.active, .bool, null: false)
    }
}

struct ProviderQuery: Sendable {
    var active: Bool?

    static let shape = Shape("ProviderQuery", ProviderQuery()) {
        Field("active", \.active, .bool)
    }
}

extension Provider: Versioned {
    static let shape = Shape<Provider>("Provider") {
        Field("id", \.id, .id())
        Field("given_name", \.givenName, .text(1...100), example: "Grace")
        Field("family_name", \.familyName, .text(1...100), example: "Okafor")
        Field("name", \.name, .text(1...201), example: "Grace Okafor")
        Field("npi", \.npi, .npi)
        Field("taxonomy", \.taxonomy, .text(10...10))
        Field("lanes", \.lanes, .int(1...100))
        Field("shared", \.shared, .bool)
        Field("active", \.active, .bool)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct ProviderRoutes {
    let tenancy: Tenancy

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/providers",
                "Adds a provider",
                .permission(.scheduleManage),
                body: CreateProviderBody.shape,
                answer: Provider.shape,
                errors: [Provider.npiTaken, Resource.idTaken],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateProvider(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/providers",
                "Lists providers by name",
                .permission(.scheduleRead),
                query: ProviderQuery.shape,
                item: Provider.shape
            ) { call, query, page in
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, ProviderID.self)) }
                let select = ProviderStore.page(active: query.active, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("provider.list", "provider"))
                return page.page(try rows.map(ProviderStore.provider)) { [.text($0.name), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/providers/{provider}",
                "Shows a provider",
                .permission(.scheduleRead),
                answer: Provider.shape
            ) { call in
                let id = try call.path.id("provider", ProviderID.self)
                guard let row = try await call.read(ProviderStore.one(id), ReadAct("provider.read", "provider")).first else {
                    throw Problem.notFound
                }
                return try ProviderStore.provider(row)
            },
            .change(
                "/v1/locations/{location}/providers/{provider}",
                "Changes a provider",
                .permission(.scheduleManage),
                body: ChangeProviderBody.shape,
                answer: Provider.shape,
                errors: [Provider.npiTaken, Resource.allotted]
            ) { [tenancy] call, work, body in
                try await ChangeProvider(id: try call.path.id("provider", ProviderID.self), body: body, tenancy: tenancy).run(work)
            },
        ]
    }
}
