import Access
import Jobs
import Postgres
import Values
import Web

struct StaffRoutes {
    private static let path: StaticString = "/v1/organizations/{organization}/staff/{staff}"

    var routes: [Route] { reading + joining + changing }

    private var reading: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/staff",
                "Lists the staff members the caller may see",
                .anywhere(.staffRead),
                item: StaffMember.shape
            ) { call, page in
                let select = StaffMember.page(after: try page.after?.id(0, StaffID.self), at: try call.staffPlaces, limit: page.fetch)
                let members = try await call.read(select, ReadAct("staff.list", "staff")).map(StaffMember.init)
                return page.page(members) { [.id($0.id)] }
            },
            .get(
                StaffRoutes.path,
                "Shows one staff member",
                .anywhere(.staffRead),
                answer: StaffMember.shape
            ) { call in
                let select = StaffMember.one(try call.path.id("staff", StaffID.self), at: try call.staffPlaces)
                guard let row = try await call.read(select, ReadAct("staff.read", "staff")).first else { throw Problem.notFound }
                return try StaffMember(row)
            },
        ]
    }

    private var joining: [Route] {
        [
            .createInOrganization(
                "/v1/organizations/{organization}/staff",
                "Invites somebody; the answer holds the invitation's token",
                .anywhere(.staffManage),
                body: InviteBody.shape,
                answer: Invitation.shape,
                errors: [StaffRoutes.alreadyInvited, StaffRoutes.grantsMore],
                place: { $0.staff.description }
            ) { _, work, body in
                let grants = try body.grants.enumerated().map { index, grant in try grant.grant(at: "/grants/\(index)") }
                return try await work.staffing.invite(email: body.email, name: body.name, grants: grants)
            }.afterStepUp(),
            .createInOrganization(
                "/v1/organizations/{organization}/staff/{staff}/invitation",
                "Makes a new invitation for somebody who has not joined; the old token is dead",
                .anywhere(.staffManage),
                body: NothingBody.shape,
                answer: Invitation.shape,
                errors: [StaffRoutes.alreadyJoined]
            ) { call, work, _ in
                try await work.staffing.renewInvitation(try call.path.id("staff", StaffID.self))
            }.afterStepUp(),
        ]
    }

    private var changing: [Route] {
        [
            .changeInOrganization(
                StaffRoutes.path,
                "Renames a staff member",
                .anywhere(.staffManage),
                body: RenameStaffBody.shape,
                answer: StaffMember.shape
            ) { call, work, body in
                try await work.staffing.rename(try call.path.id("staff", StaffID.self), name: body.name)
            },
            .createInOrganization(
                "/v1/organizations/{organization}/staff/{staff}/suspension",
                "Ends a staff member's rights here and all their sessions, within a second",
                .anywhere(.staffManage),
                body: ReasonedBody.shape,
                answer: StaffMember.shape,
                errors: [StaffRoutes.lastOwner, StaffRoutes.grantsMore],
                status: 200,
                version: .optional
            ) { call, work, body in
                try await work.staffing.suspend(try call.path.id("staff", StaffID.self), reason: try body.reason.reason())
            }.followed(by: StaffRoutes.endSessions),
            .createInOrganization(
                "/v1/organizations/{organization}/staff/{staff}/resumption",
                "Gives a suspended staff member the same rights back, in a new session",
                .anywhere(.staffManage),
                body: ReasonedBody.shape,
                answer: StaffMember.shape,
                errors: [StaffRoutes.grantsMore],
                status: 200,
                version: .optional
            ) { call, work, body in
                try await work.staffing.resume(try call.path.id("staff", StaffID.self), reason: try body.reason.reason())
            }.preceded(by: StaffRoutes.endSessions).afterStepUp(),
        ]
    }

    @Sendable private static func endSessions(_ call: Call) async throws {
        try await call.access.endSessions(ofSuspended: try call.path.id("staff", StaffID.self), in: try call.organization, by: call.caller)
    }

    static let alreadyInvited = Problem.conflict("already_invited", "This address is a staff member's, or invited, already.")
    static let alreadyJoined = Problem.conflict("already_joined", "This staff member has joined already.")
    static let lastOwner = Problem.conflict("last_owner", "An organization keeps at least one owner. Make somebody else an owner first.")
    static let grantsMore = Problem.forbidden(
        "grants_more_than_held",
        "You can only grant, change or take back what you hold yourself, there and for as long."
    )
}
