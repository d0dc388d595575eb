import Access
import Values
import Web

struct InvitationTokenBody: Sendable {
    var token = ""

    static let shape = Shape("OpenInvitation", InvitationTokenBody()) {
        Field("token", \.token, .text(1...200), about: "From the invitation's link. In the body, so that no log of addresses holds it.")
    }
}

struct AcceptInvitationBody: Sendable {
    var token = ""
    var password = ""
    var code = ""

    static let shape = Shape("AcceptInvitation", AcceptInvitationBody()) {
        Field("token", \.token, .text(1...200))
        Field("password", \.password, .text(1...256), about: "A new one for a new account; the account's own for one that exists.")
        Field("code", \.code, .code(6...6, "0-9"), example: "123456")
    }
}

extension OpenedInvitation {
    static let shape = Shape<OpenedInvitation>("OpenedInvitation") {
        Field("organization_name", \.organization, .text(1...100))
        Field("email", \.email, .text(3...254))
        Field("name", \.name, .text(1...100))
        Field(
            "enrolment",
            \.enrolment,
            .object(TOTPEnrolment.shape),
            about: "For a new account: set this up first. null: the account exists, its own password and code are asked."
        )
    }
}

/// What somebody who was invited does before they can sign in.
struct InvitationRoutes {
    private static let accountExists = Problem.conflict("account_exists", "An account with this address was made meanwhile.")

    var routes: [Route] {
        [
            .act(
                "/v1/invitations/opening",
                "Shows an invitation; changes nothing",
                .everybody,
                body: InvitationTokenBody.shape,
                answer: OpenedInvitation.shape,
                errors: [.notFound]
            ) { call, body in
                try await call.access.openInvitation(token: body.token, from: call.origin)
            },
            .act(
                "/v1/invitations/acceptance",
                "Joins the organization and signs in",
                .everybody,
                body: AcceptInvitationBody.shape,
                answer: Access.SignedIn.shape,
                errors: [SessionRoutes.refused, SessionRoutes.tooMany, .notFound, InvitationRoutes.accountExists],
                status: 201
            ) { call, body in
                try await call.access.acceptInvitation(token: body.token, password: body.password, code: body.code, from: call.origin)
            },
        ]
    }
}
