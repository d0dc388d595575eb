import Access
import Jobs
import Postgres
import Values
import Web

struct RoleRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/roles",
                "Lists the built-in roles, then the organization's own",
                .anywhere(.staffRead),
                item: ListedRole.shape
            ) { call, _ in
                // An organization has at most 200 roles, so the list is short by its nature.
                let own = try await call.read(Role.page(after: nil, limit: 200), ReadAct("role.list", "role")).map(Role.init)
                return Page(BuiltInRole.allCases.filter(\.isGrantable).map { ListedRole($0) } + own.map { ListedRole($0) })
            },
            .get(
                "/v1/organizations/{organization}/roles/{role}",
                "Shows one of the organization's own roles",
                .anywhere(.staffRead),
                answer: ListedRole.shape
            ) { call in
                let select = Role.one(try call.path.id("role", RoleID.self))
                guard let row = try await call.read(select, ReadAct("role.read", "role")).first else { throw Problem.notFound }
                return ListedRole(try Role(row))
            },
            .createInOrganization(
                "/v1/organizations/{organization}/roles",
                "Makes a role",
                .permission(.rolesManage),
                body: CreateRoleBody.shape,
                answer: ListedRole.shape,
                errors: [RoleRoutes.nameTaken, StaffRoutes.grantsMore],
                place: { $0.id?.description ?? "" }
            ) { _, work, body in
                ListedRole(try await work.staffing.createRole(name: body.name, permissions: Set(body.permissions)))
            }.afterStepUp(),
            .changeInOrganization(
                "/v1/organizations/{organization}/roles/{role}",
                "Changes what everybody with this role may do, within a second",
                .permission(.rolesManage),
                body: ChangeRoleBody.shape,
                answer: ListedRole.shape,
                errors: [RoleRoutes.nameTaken, StaffRoutes.grantsMore]
            ) { call, work, body in
                let role = try await work.staffing.changeRole(
                    try call.path.id("role", RoleID.self),
                    name: body.name,
                    permissions: body.permissions.map { Set($0) },
                    reason: try body.reason.reason()
                )
                return ListedRole(role)
            }.afterStepUp(),
            .createInOrganization(
                "/v1/organizations/{organization}/roles/{role}/removal",
                "Removes a role that nobody has; answers what it was",
                .permission(.rolesManage),
                body: ReasonedBody.shape,
                answer: ListedRole.shape,
                errors: [RoleRoutes.inUse, StaffRoutes.grantsMore],
                status: 200,
                version: .optional
            ) { call, work, body in
                let id = try call.path.id("role", RoleID.self)
                guard let row = try await work.query(Role.one(id)).first else { throw Problem.notFound }
                try await work.staffing.removeRole(id, reason: try body.reason.reason())
                return ListedRole(try Role(row))
            }.afterStepUp(),
        ]
    }

    static let nameTaken = Problem.conflict("name_taken", "There is a role of this name already.")
    static let inUse = Problem.conflict("role_in_use", "Somebody has this role. Take it back first.")
}
