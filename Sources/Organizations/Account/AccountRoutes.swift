import Access
import Values
import Web

struct PasswordBody: Sendable {
    var current = ""
    var new = ""
    var code = ""

    static let shape = Shape("ChangePassword", PasswordBody()) {
        Field("current_password", \.current, .text(1...256))
        Field(
            "new_password",
            \.new,
            .text(1...256),
            about: "At least 8 characters; any are taken, known and guessable passwords are refused."
        )
        Field("code", \.code, .code(6...6, "0-9"), example: "123456")
    }
}

struct SecondFactorBody: Sendable {
    var proof = ""
    var code = ""

    static let shape = Shape("ConfirmSecondFactor", SecondFactorBody()) {
        Field("proof", \.proof, .text(1...200), about: "What the enrolment answered.")
        Field("code", \.code, .code(6...6, "0-9"), example: "123456", about: "A code of the new second factor.")
    }
}

extension Account {
    static let shape = Shape<Account>("Account") {
        Field("id", \.id, .id())
        Field("email", \.email, .text(3...254))
        Field("platform_operator", \.isPlatformOperator, .bool)
        Field("memberships", \.places, .list(of: .object(Account.Place.shape), 0...100))
    }
}

extension Account.Place {
    static let shape = Shape<Account.Place>("Membership") {
        Field("organization_id", \.organization, .id())
        Field("organization_name", \.organizationName, .text(1...100))
        Field("staff_id", \.staff, .id())
        Field("name", \.name, .text(1...100))
        Field("state", \.state, .text(1...20), example: "active")
    }
}

extension TOTPEnrolment {
    static let shape = Shape<TOTPEnrolment>("SecondFactorEnrolment") {
        Field("secret", \.secret, .text(16...64), about: "Base32, for typing into an authenticator app.")
        Field("uri", \.uri, .text(1...1000), about: "otpauth://…, for a QR code.")
        Field(
            "proof",
            \.proof,
            .text(0...200),
            about: "To be sent back with the first code; empty where an invitation's token stands for it."
        )
    }
}

/// One's own account: who one is, where one belongs, password and second factor.
struct AccountRoutes {
    var routes: [Route] {
        [
            .get("/v1/account", "Shows one's own account and where it belongs", .permission(.accountManage), answer: Account.shape) {
                call in
                try await call.access.account(of: call.caller)
            },
            .act(
                "/v1/account/password",
                "Changes one's own password and ends the other sessions",
                .permission(.accountManage),
                body: PasswordBody.shape,
                answer: Account.shape,
                errors: [SessionRoutes.refused, SessionRoutes.tooMany]
            ) { call, body in
                try await call.access.changePassword(
                    current: body.current,
                    new: body.new,
                    code: body.code,
                    by: call.caller,
                    from: call.origin
                )
                return try await call.access.account(of: call.caller)
            },
            .act(
                "/v1/account/second-factor/enrolment",
                "Begins a new second factor, which is not in force before it is confirmed; needs a step-up",
                .permission(.accountManage),
                body: NothingBody.shape,
                answer: TOTPEnrolment.shape
            ) { call, _ in
                try await call.access.beginTOTP(by: call.caller)
            }.afterStepUp(),
            .act(
                "/v1/account/second-factor",
                "Puts the new second factor in force and ends the other sessions",
                .permission(.accountManage),
                body: SecondFactorBody.shape,
                answer: Account.shape,
                errors: [Access.stepUpRequired]
            ) { call, body in
                try await call.access.confirmTOTP(proof: body.proof, code: body.code, by: call.caller, from: call.origin)
                return try await call.access.account(of: call.caller)
            },
        ]
    }
}

/// Nothing, as a body or an answer: `{}`.
struct NothingBody: Sendable {
    static let shape = Shape("NoMembers", NothingBody()) {}
}
