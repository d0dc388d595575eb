import Access
import Jobs
import Postgres
import Values
import Web

struct GrantRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/staff/{staff}/grants",
                "Lists what a staff member was granted and denied",
                .anywhere(.staffRead),
                item: Grant.shape
            ) { call, _ in
                let staff = try await call.requireVisibleStaff()
                return Page(try await call.read(Grant.of(staff), ReadAct("staff.grants", "grant")).map(Grant.init))
            },
            .createInOrganization(
                "/v1/organizations/{organization}/staff/{staff}/grants",
                "Grants or denies something to a staff member",
                .anywhere(.staffManage),
                body: AddGrantBody.shape,
                answer: Grant.shape,
                errors: [StaffRoutes.grantsMore, GrantRoutes.ownerDenied],
                place: { $0.id.description }
            ) { call, work, body in
                let staff = try call.path.id("staff", StaffID.self)
                return try await work.staffing.grant(try body.grant.grant(at: "/grant"), to: staff, reason: try body.reason.reason())
            }.afterStepUp(),
            .createInOrganization(
                "/v1/organizations/{organization}/staff/{staff}/grants/{grant}/revocation",
                "Takes a grant back, within a second",
                .anywhere(.staffManage),
                body: ReasonedBody.shape,
                answer: Grant.shape,
                errors: [StaffRoutes.grantsMore, StaffRoutes.lastOwner],
                status: 200
            ) { call, work, body in
                let id = try call.path.id("grant", GrantID.self)
                guard let row = try await work.query(Grant.one(id)).first else { throw Problem.notFound }
                let grant = try Grant(row)
                guard grant.staff == (try call.path.id("staff", StaffID.self)) else { throw Problem.notFound }
                try await work.staffing.revoke(id, reason: try body.reason.reason())
                return grant
            }.afterStepUp(),
        ]
    }

    static let ownerDenied = Problem.conflict("owner_cannot_be_denied", "Owners may do everything. Take the ownership back first.")
}
