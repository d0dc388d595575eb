import Access
import Values
import Web

/// Other people's sessions, for who may manage those people.
struct StaffSessionRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/staff/{staff}/sessions",
                "Lists the open sessions of a staff member",
                .anywhere(.staffManage),
                item: Session.shape,
                errors: [StaffRoutes.grantsMore]
            ) { call, _ in
                let organization = try call.organization
                let staff = try call.path.id("staff", StaffID.self)
                let sessions = try await call.access.sessions(ofStaff: staff, in: organization, by: call.caller)
                let shown = Act("staff.sessions_read", "staff", staff, objects: sessions.map(\.id.uuid))
                try await call.access.record(shown, in: .organization(organization), by: call.caller)
                return Page(sessions)
            },
            .act(
                "/v1/organizations/{organization}/staff/{staff}/sessions/ending",
                "Ends every session of a staff member, within a second",
                .anywhere(.staffManage),
                body: ReasonedBody.shape,
                answer: Ended.shape,
                errors: [StaffRoutes.grantsMore]
            ) { call, body in
                let staff = try call.path.id("staff", StaffID.self)
                let organization = try call.organization
                let reason = try body.reason.reason()
                return Ended(count: try await call.access.endSessions(ofStaff: staff, in: organization, by: call.caller, reason: reason))
            },
            .act(
                "/v1/organizations/{organization}/staff/{staff}/unlocking",
                "Forgives a staff member's failures to sign in",
                .anywhere(.staffManage),
                body: ReasonedBody.shape,
                answer: NothingBody.shape,
                errors: [StaffRoutes.grantsMore]
            ) { call, body in
                let staff = try call.path.id("staff", StaffID.self)
                try await call.access.unlock(staff, in: try call.organization, by: call.caller, reason: try body.reason.reason())
                return NothingBody()
            },
        ]
    }
}
