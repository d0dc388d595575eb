import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

struct BillingEntityRoutes {
    let keys: KeyRing

    private static let one: StaticString = "/v1/organizations/{organization}/billing-entities/{entity}"
    private static let assignment: StaticString = "/v1/organizations/{organization}/billing-entities/{entity}/locations/{location}"

    var routes: [Route] { reading + writing + assigning }

    private var reading: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/billing-entities",
                "Lists who bills",
                .permission(.billingEntitiesRead),
                item: BillingEntity.shape
            ) { call, page in
                let select = BillingEntityStore.list(after: try page.after?.id(0, BillingEntityID.self), limit: page.fetch)
                let entities = try await call.read(select, ReadAct("billing_entity.list", "billing_entity")).map(BillingEntityStore.entity)
                return page.page(entities) { [.id($0.id)] }
            },
            .get(
                BillingEntityRoutes.one,
                "Shows one billing entity",
                .permission(.billingEntitiesRead),
                answer: BillingEntity.shape
            ) { call in
                let select = BillingEntityStore.one(try call.path.id("entity", BillingEntityID.self))
                guard let row = try await call.read(select, ReadAct("billing_entity.read", "billing_entity")).first else {
                    throw Problem.notFound
                }
                return try BillingEntityStore.entity(row)
            },
        ]
    }

    private var writing: [Route] {
        [
            .createInOrganization(
                "/v1/organizations/{organization}/billing-entities",
                "Adds a billing entity",
                .permission(.billingEntitiesManage),
                body: BillingEntityBody.shape,
                answer: BillingEntity.shape,
                errors: [BillingEntity.nameTaken],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateBillingEntity(body: body, keys: keys).run(work)
            },
            .changeInOrganization(
                BillingEntityRoutes.one,
                "Changes a billing entity",
                .permission(.billingEntitiesManage),
                body: BillingEntityChange.shape,
                answer: BillingEntity.shape,
                errors: [BillingEntity.nameTaken]
            ) { call, work, body in
                try await ChangeBillingEntity(id: try call.path.id("entity"), body: body, keys: keys).run(work)
            },
        ]
    }

    private var assigning: [Route] {
        [
            .changeInOrganization(
                BillingEntityRoutes.assignment,
                "Makes a billing entity the one that bills for a location",
                .permission(.billingEntitiesManage),
                method: .put,
                body: NothingBody.shape,
                answer: BillingEntity.shape,
                version: .none
            ) { call, work, _ in
                try await BillingEntityRoutes.assignment(call).run(work)
            },
            .removeInOrganization(
                BillingEntityRoutes.assignment,
                "Ends that a billing entity bills for a location",
                .permission(.billingEntitiesManage),
                version: .none
            ) { call, work in
                try await BillingEntityRoutes.assignment(call).undo(work)
            },
        ]
    }

    /// Errors: `not_found` when the location is another organization's than the path says.
    private static func assignment(_ call: Call) throws -> AssignBillingEntity {
        let location = try call.location
        guard location.organization == (try call.path.id("organization", OrganizationID.self)) else { throw Problem.notFound }
        return AssignBillingEntity(entity: try call.path.id("entity"), location: location.id)
    }
}
