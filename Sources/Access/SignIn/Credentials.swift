import Postgres
import Tenancy
public import Values

extension Access {
    /// Proves again who one is, with a code or the password, for sensitive routes. The session goes on under a new id and token; the old one
    /// is dead. Errors: see `prove`; `invalid_request` when neither or both are given.
    public func stepUp(password: String? = nil, code: String? = nil, by caller: Caller, from origin: Origin) async throws -> SignedIn {
        let (account, session) = try signedIn(caller)
        guard (password == nil) != (code == nil) else {
            throw Problem.invalid("", "one_of", "Send exactly one of code and password.")
        }
        let proof = try await prove(.account(account), password: password, code: code, from: origin)
        let next = try await tenancy.signIn { tx -> SignedIn in
            try await settle(proof, in: tx)
            let ended = try await tx.query(
                """
                update control.session set ended_at = \(proof.now), ended_why = 'replaced' where id = \(session) and ended_at is null \
                returning expires_at
                """
            )
            guard let row = ended.first else { throw Access.notSignedIn }
            return try await begin(account, act: "session.stepped_up", from: origin, at: proof.now, expiresAt: try row.value(0), tx)
        }
        callers.forget { $0.session == session }
        return next
    }

    /// For sensitive acts: a person, who has proved who they are (by signing in or by a step-up) not long ago. A key has nothing to prove with,
    /// and a stolen one must not make itself others. Errors: `step_up_required`, `person_required`.
    public func requireStepUp(_ caller: Caller, at now: Instant, and grace: Int64 = 0) throws(Problem) {
        guard !caller.isTrusted else { return }
        guard caller.session != nil else { throw Problem.forbidden("person_required", "An API key cannot do this. Sign in.") }
        guard let proved = caller.steppedUpAt, now.seconds(since: proved) <= settings.stepUpSeconds + grace else {
            throw Access.stepUpRequired
        }
    }

    public static let stepUpRequired = Problem(
        .forbidden,
        "step_up_required",
        "Prove again who you are, with a code or your password: POST /v1/sessions/current/step-up.",
        extra: ["step_up": "\"/v1/sessions/current/step-up\""]
    )

    /// Errors: `sign_in_refused` when the current password or the code is wrong; `invalid_request` naming `/new_password`.
    public func changePassword(current: String, new: String, code: String, by caller: Caller, from origin: Origin) async throws {
        let (account, session) = try signedIn(caller)
        let words = try await guessableWords(account)
        try PasswordRules.check(new, pointer: "/new_password", words: words)
        let proof = try await prove(.account(account), password: current, code: code, from: origin)
        let hash = try await hash(new)
        try await tenancy.signIn { tx in
            try await settle(proof, in: tx)
            tx.enqueue(
                """
                update control.account set password_hash = \(hash), version = version + 1, updated_at = \(proof.now), updated_by = \(account) \
                where id = \(account)
                """
            )
            try await credentialsChanged(account, "password", keeping: session, from: origin, at: proof.now, tx)
        }
        callers.forget { $0.account == account }
    }

    /// A new second factor, not yet in force: the secret comes back, sealed, with `confirmTOTP`, so nothing is stored until it is proved to work.
    public func beginTOTP(by caller: Caller) async throws -> TOTPEnrolment {
        let (account, _) = try signedIn(caller)
        try requireStepUp(caller, at: ambient.now())
        let secret = ambient.bytes(20)
        let expires = ambient.now().adding(seconds: 600)
        let sealed = try keys.seal(secret + bigEndian(expires.microseconds), for: Access.enrolment(account))
        return TOTPEnrolment(secret: secret, issuer: settings.issuer, account: caller.actor.name, proof: Base64URL.encode(sealed))
    }

    /// Puts the new second factor in force; `code` is one of the new one's. Errors: `invalid_request` naming `/proof` or `/code`.
    public func confirmTOTP(proof text: String, code: String, by caller: Caller, from origin: Origin) async throws {
        let (account, session) = try signedIn(caller)
        let now = ambient.now()
        // The enrolment itself lasts ten minutes, so whoever began it in time may end it.
        try requireStepUp(caller, at: now, and: 600)
        guard text.utf8.count <= 200, let sealed = Base64URL.decode(text),
            let plain = try? keys.open(sealed, for: Access.enrolment(account)),
            plain.count == 28, now.microseconds < plain[20...].reduce(Int64(0), { $0 << 8 | Int64($1) })
        else { throw Problem.invalid("/proof", "expired", "This enrolment is over. Begin again.") }
        let secret = Array(plain.prefix(20))
        guard let step = TOTP.step(of: code, secret: secret, at: now) else {
            throw Problem.invalid("/code", "wrong_code", "This is not the code of the new second factor.")
        }
        let stored = try keys.seal(secret, for: StoredAccount.secretContext(account))
        try await tenancy.signIn { tx in
            tx.enqueue(
                """
                update control.account set totp_secret = \(stored), totp_last_step = \(step), version = version + 1, updated_at = \(now), \
                updated_by = \(account) where id = \(account)
                """
            )
            try await credentialsChanged(account, "second_factor", keeping: session, from: origin, at: now, tx)
        }
        callers.forget { $0.account == account }
    }

    private static func enrolment(_ account: AccountID) -> SealContext {
        SealContext(tenant: account.uuid, table: "account", id: account.uuid, column: "totp_enrolment")
    }

    private func credentialsChanged(
        _ account: AccountID,
        _ member: String,
        keeping session: SessionID,
        from origin: Origin,
        at now: Instant,
        _ tx: Transaction
    ) async throws {
        tx.enqueue(
            """
            update control.session set ended_at = \(now), ended_why = 'credentials_changed' \
            where account_id = \(account) and id <> \(session) and ended_at is null
            """
        )
        let act = Act("account.credentials_changed", "account", account, changed: [member])
        try await recordEverywhere(act, account, session: session, from: origin, at: now, tx)
    }

    /// Errors: `sign_in_busy`.
    func hash(_ password: String) async throws -> String {
        let bytes = Array(password.utf8)
        let salt = ambient.bytes(16)
        guard let hash = try await hashing.run({ PasswordHash().make(bytes, salt: salt) }) else {
            throw Problem(.unavailable, "sign_in_busy", "There is not enough memory at this moment. Try again.", retryAfter: 1)
        }
        return hash
    }

    /// The names a guesser would try against this account.
    private func guessableWords(_ account: AccountID) async throws -> [String] {
        let rows = try await tenancy.signInRead(
            """
            select a.email_key, m.name, o.name from control.account a left join control.staff m on m.account_id = a.id \
            left join control.organization o on o.id = m.organization_id where a.id = \(account) limit 100
            """
        )
        return try rows.decode((String, String?, String?).self).flatMap { email, name, organization in
            Access.guessable(email: email, name: name, organization: organization)
        }
    }

    static func guessable(email: String, name: String?, organization: String?) -> [String] {
        [email, String(email.prefix { $0 != "@" })] + [name, organization].compactMap { $0 }
    }
}
