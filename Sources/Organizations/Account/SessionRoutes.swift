import Access
import Values
import Web

/// Signing in and out, and the sessions of one's own account.
struct SessionRoutes {
    var routes: [Route] {
        [
            .act(
                "/v1/sessions",
                "Signs in with password and second factor",
                .everybody,
                body: SignInBody.shape,
                answer: Access.SignedIn.shape,
                errors: [SessionRoutes.refused, SessionRoutes.tooMany],
                status: 201
            ) { call, body in
                try await call.access.signIn(email: body.email, password: body.password, code: body.code, from: call.origin)
            },
            .list(
                "/v1/sessions",
                "Lists the open sessions of one's own account",
                .permission(.accountManage),
                item: Session.shape
            ) { call, _ in
                Page(try await call.access.sessions(of: call.caller))
            },
            .act("/v1/sessions/current", "Signs out", .permission(.accountManage), method: .delete) { call in
                try await call.access.signOut(call.caller)
            },
            .act(
                "/v1/sessions/current/step-up",
                "Proves again who one is, with a code or the password; the session goes on under a new token",
                .permission(.accountManage),
                body: StepUpBody.shape,
                answer: Access.SignedIn.shape,
                errors: [SessionRoutes.refused, SessionRoutes.tooMany],
                status: 201
            ) { call, body in
                try await call.access.stepUp(password: body.password, code: body.code, by: call.caller, from: call.origin)
            },
            .act("/v1/sessions/others", "Ends all own sessions but this one", .permission(.accountManage), method: .delete) { call in
                try await call.access.endOtherSessions(by: call.caller)
            },
            .act("/v1/sessions/{session}", "Ends one of one's own sessions", .permission(.accountManage), method: .delete) { call in
                try await call.access.endSession(try call.path.id("session", SessionID.self), by: call.caller)
            },
        ]
    }

    static let refused = Problem(.unauthenticated, "sign_in_refused", "The e-mail address, password or code is wrong.")
    static let tooMany = Problem(.tooMany, "too_many_attempts", "Too many attempts. Try again later.")
}
