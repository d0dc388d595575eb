import Postgres
import Tenancy
import Values

extension Access {
    /// Shows the second factor again, for sensitive routes. The session goes on under a new id and token; the old one is dead.
    public func stepUp(code: String, by caller: Caller, from origin: Origin) async throws -> SignedIn {
        let (account, session) = try signedIn(caller)
        let proof = try await prove(.account(account), password: nil, code: code, from: origin)
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
        try caller.requireStepUp(at: ambient.now())
        let secret = ambient.bytes(20)
        let expires = ambient.now().adding(seconds: 600)
        let sealed = try keys.seal(secret + bigEndian(expires.microseconds), for: Access.enrolment(account))
        return TOTPEnrolment(secret: secret, issuer: settings.issuer, account: caller.actor.name, proof: Base64URL.encode(sealed))
    }

    /// Puts the new second factor in force; `code` is one of the new one's. Errors: `invalid_request` naming `/proof` or `/code`.
    public func confirmTOTP(proof text: String, code: String, by caller: Caller, from origin: Origin) async throws {
        let (account, session) = try signedIn(caller)
        let now = ambient.now()
        try caller.requireStepUp(at: now, within: 900)
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
