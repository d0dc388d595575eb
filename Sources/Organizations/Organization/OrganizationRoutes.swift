import Access
import Postgres
import Tenancy
import Values
import Web

struct OrganizationRoutes {
    var routes: [Route] {
        [
            .get(
                "/v1/organizations/{organization}",
                "Shows the organization",
                .permission(.organizationsRead),
                answer: Organization.shape,
                version: { call in
                    let organization = try call.organization
                    return try await call.tenancy.organizationRead(organization, OrganizationStore.version(organization)).first?.value(0)
                }
            ) { call in
                let select = OrganizationStore.one(try call.organization)
                guard let row = try await call.read(select, ReadAct("organization.read", "organization")).first else {
                    throw Problem.notFound
                }
                return try OrganizationStore.organization(row)
            },
            .changeInOrganization(
                "/v1/organizations/{organization}",
                "Renames the organization",
                .permission(.organizationsManage),
                body: ChangeOrganizationBody.shape,
                answer: Organization.shape,
                errors: [Organization.nameTaken]
            ) { _, work, body in
                try await ChangeOrganization(body: body).run(work)
            },
        ]
    }
}
